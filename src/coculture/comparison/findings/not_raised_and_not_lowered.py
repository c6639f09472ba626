"""Findings "not_raised" and "not_lowered": an arm differs from none by the margin, on one side.

A test of non-inferiority: the interval of the rise (fall) must be below the margin.
"""

from dataclasses import dataclass

import numpy as np

from coculture.comparison.design.arms import NO_TREATMENT, Design, same_setting
from coculture.comparison.findings import sentences
from coculture.comparison.findings.claims import Side
from coculture.comparison.findings.comparison_kind import ComparisonKind
from coculture.comparison.findings.finding_result import FindingResult
from coculture.comparison.settings import Finding
from coculture.comparison.statistics.group_means import GroupMeans


@dataclass(frozen=True)
class _NoChange(ComparisonKind):
    """A finding that an arm is not beyond others by the margin.

    Attributes
    ----------
    change
        What is excluded: a rise or a fall.
    beyond
        Where the arm would then be: above or below the others.
    sign
        Of that change.
    """

    name: str
    description: str
    side: Side
    change: str
    beyond: str
    sign: float

    limits = ("margin_points", "margin_ratio", "alpha_margin")
    needs_staining = True
    needs_margin = True

    @property
    def infinitive(self) -> str:
        """What the arm does not do."""
        return "raise" if self.sign > 0 else "lower"

    @property
    def verb(self) -> str:
        """The same in the past."""
        return "raised" if self.sign > 0 else "lowered"

    def claimed(self, finding: Finding) -> str:
        """That a rise (fall) is below the margin."""
        return f"a {self.change} below {finding.margin_shown}"

    def level(self, finding: Finding) -> float:
        """The error rate of a margin."""
        return finding.alpha_margin

    def tested_against(self, finding: Finding) -> float:
        """The rise (a fall is negative) that must be excluded, on the analysis scale."""
        return self.sign * finding.margin_on_scale

    def margin(self, finding: Finding) -> float:
        """The same in points, or as a ratio."""
        on_scale = self.tested_against(finding)
        return on_scale if finding.margin.ratio is None else float(np.exp(on_scale))

    def limits_shown(self, finding: Finding) -> str:
        """The margin, and its level."""
        margin = finding.margin_shown or "not given"
        return f"margin {margin}, one-sided level {finding.alpha_margin:g}"

    def method(self, finding: Finding) -> str:  # noqa: ARG002
        """How it is tested."""
        return f"that a value is not {self.verb}, one-sided against a {self.change} by the margin"

    def sentence(
        self,
        result: FindingResult,
        means: GroupMeans,  # noqa: ARG002
        design: Design,
    ) -> str:
        """The result in one sentence: no rise, a rise, or a rise that is not excluded."""
        test = sentences.deciding_test(result)
        arm, other = sentences.arms_of(test, design)
        quantity = result.subject
        margin = result.finding.margin_shown
        change = f"{sentences.change(result, test, design)} ({sentences.interval(result)})"
        size = f"{sentences.amount(result, self.sign)} ({sentences.interval(result, self.sign)})"
        treatment = design.treatment_given(arm)
        setting = f"In {design.cells_and_setting(arm)}"
        changed = self._changed(result)
        if not same_setting(arm, other):
            subject = f"{setting} {quantity} with {treatment}"
            there = f"that in {design.display_label(other)}"
            if result.is_shown and changed:
                return f"{subject} was {self.beyond} {there}, by less than {margin}: {change}."
            if result.is_shown:
                return f"{subject} was not {self.beyond} {there} by {margin} or more: {change}."
            if changed:
                text = f"{subject} was {self.beyond} {there} by {size}."
            else:
                text = f"{subject} may be {self.beyond} {there} by {margin} or more: {change}."
            return f"{sentences.not_shown(result.finding)} {text}"
        preposition = "over" if self.sign > 0 else "below"
        there = design.treatment_given(other)
        over = "" if there == NO_TREATMENT else f" {preposition} {there}"
        if result.is_shown and changed:
            return (
                f"{setting} {treatment} {self.verb} {quantity}{over}, by less than {margin}: "
                f"{change}."
            )
        if result.is_shown:
            return (
                f"{setting} {treatment} did not {self.infinitive} {quantity}{over} by {margin} or "
                f"more: {change}."
            )
        if changed:
            text = f"{setting} {treatment} {self.verb} {quantity}{over} by {size}."
        else:
            text = (
                f"{setting} a {self.change}{over} of {margin} or more with {treatment} is not "
                f"excluded: {change}."
            )
        return f"{sentences.not_shown(result.finding)} {text}"

    def _changed(self, result: FindingResult) -> bool:
        """Whether a change of any size is shown, on the side that the finding is about.

        That is a difference, so it is tested at the level of differences. A change that is only
        known to be at most this much is not shown.
        """
        test = sentences.deciding_test(result)
        p = test.contrast.p_greater if self.sign > 0 else test.contrast.p_less
        at_most = "<=" if self.sign > 0 else ">="
        return p <= result.finding.alpha_difference and test.relation != at_most


NOT_RAISED = _NoChange(
    "not_raised",
    "the arm exceeds none of the arms it is compared with by the margin",
    "less",
    "rise",
    "above",
    1.0,
)
NOT_LOWERED = _NoChange(
    "not_lowered",
    "the arm is below none of the arms it is compared with by the margin",
    "greater",
    "fall",
    "below",
    -1.0,
)
