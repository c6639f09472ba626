"""Finding "not_raised": an arm exceeds none of the arms it is compared with by the margin.

A test of non-inferiority: the interval of the rise must be below the margin.
"""

from dataclasses import dataclass

from coculture.comparison import number_formats
from coculture.comparison.design.arms import NO_TREATMENT, Design, same_setting
from coculture.comparison.findings import sentences
from coculture.comparison.findings.comparison_kind import ComparisonKind
from coculture.comparison.findings.finding_result import FindingResult
from coculture.comparison.settings import APOPTOSIS, Finding
from coculture.comparison.statistics.group_means import GroupMeans
from coculture.exchange.vocabulary import SHOWN


@dataclass(frozen=True)
class _NotRaised(ComparisonKind):
    name = "not_raised"
    description = "the arm exceeds none of the arms it is compared with by the margin"
    side = "less"
    limits = ("margin_points", "alpha_margin")
    endpoint = APOPTOSIS
    needs_staining = True

    def claimed(self, finding: Finding) -> str:
        """That a rise is below the margin."""
        return f"a rise below {finding.margin_points:g} points"

    def level(self, finding: Finding) -> float:
        """The error rate of a margin."""
        return finding.alpha_margin

    def margin(self, finding: Finding) -> float:
        """The rise, in percentage points, that must be excluded."""
        return finding.margin_points

    def method(self, finding: Finding) -> str:
        """How it is tested."""
        return (
            "that a value is not raised, one-sided against a rise by "
            f"{finding.margin_points:g} percentage points"
        )

    def sentence(
        self,
        result: FindingResult,
        means: GroupMeans,  # noqa: ARG002
        design: Design,
    ) -> str:
        """The result in one sentence: no rise, a rise, or a rise that is not excluded."""
        arm, other = sentences.arms_of(sentences.deciding_test(result), design)
        margin = f"{result.finding.margin_points:g} points"
        interval = sentences.interval(result)
        change = f"{number_formats.points(result.estimate.value, sign=True)} points ({interval})"
        rise = f"{number_formats.points(result.estimate.value)} points ({interval})"
        treatment = design.treatment_given(arm)
        setting = f"In {design.cells_and_setting(arm)}"
        raised = result.estimate.lower > 0
        if not same_setting(arm, other):
            subject = f"{setting} apoptosis with {treatment}"
            there = f"that in {design.display_label(other)}"
            if result.verdict == SHOWN:
                return f"{subject} was not above {there} by {margin} or more: {change}."
            if raised:
                text = f"{subject} was above {there} by {rise}."
            else:
                text = f"{subject} may be above {there} by {margin} or more: {change}."
            return f"{sentences.not_shown(result.finding)} {text}"
        there = design.treatment_given(other)
        over = "" if there == NO_TREATMENT else f" over {there}"
        if result.verdict == SHOWN:
            return (
                f"{setting} {treatment} did not raise apoptosis{over} by {margin} or more: "
                f"{change}."
            )
        if raised:
            text = f"{setting} {treatment} raised apoptosis{over} by {rise}."
        else:
            text = (
                f"{setting} a rise{over} of {margin} or more with {treatment} is not excluded: "
                f"{change}."
            )
        return f"{sentences.not_shown(result.finding)} {text}"


NOT_RAISED = _NotRaised()
