"""Finding "equivalent": an arm differs from none by the margin, on neither side.

Two one-sided tests (D. J. Schuirmann, J. Pharmacokinet. Biopharm. 15 (1987) 657): a rise and a fall
by the margin must both be excluded.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coculture.comparison.design.arms import Design, same_setting
from coculture.comparison.findings import sentences
from coculture.comparison.findings.claims import Claim, Side, difference
from coculture.comparison.findings.comparison_kind import ComparisonKind
from coculture.comparison.findings.finding_result import FindingResult
from coculture.comparison.findings.kind import Pair
from coculture.comparison.settings import COMPARISON, Finding
from coculture.comparison.statistics.group_means import GroupMeans

_SIDES: tuple[tuple[Side, float, str], ...] = (("less", 1.0, "rise"), ("greater", -1.0, "fall"))


@dataclass(frozen=True)
class _Equivalent(ComparisonKind):
    """A finding that an arm is as others, but for less than the margin."""

    name: str = "equivalent"
    description: str = (
        "the arm differs from none of the arms it is compared with by the margin, up or down "
        "(two one-sided tests)"
    )

    limits = ("margin_points", "margin_ratio", "alpha_margin")
    needs_staining = True
    needs_margin = True
    has_two_margins = True

    def claims(self, finding: Finding, pairs: Sequence[Pair], design: Design) -> list[Claim]:
        """Two tests against each arm: no rise and no fall by the margin."""
        named = [(design.label(pair.arm), design.label(pair.compared_with)) for pair in pairs]
        return [
            Claim(
                part=COMPARISON,
                text=f"{arm} against {other}: a {change} below {finding.margin_shown}",
                arm=arm,
                compared_with=other,
                weights=difference(arm, other),
                side=side,
                margin=sign * finding.margin_on_scale,
                level=self.level(finding),
                # A fall that cannot occur is excluded; the finding can still fail by a rise.
                needs_room=False,
            )
            for arm, other in named
            for side, sign, change in _SIDES
        ]

    def claimed(self, finding: Finding) -> str:
        """That a difference is below the margin."""
        return f"a difference below {finding.margin_shown}"

    def level(self, finding: Finding) -> float:
        """The error rate of a margin, for each side."""
        return finding.alpha_margin

    def tested_against(self, finding: Finding) -> float:
        """The rise that must be excluded, on the analysis scale; the fall is its negative."""
        return finding.margin_on_scale

    def margin(self, finding: Finding) -> float:
        """The same in points, or as a ratio."""
        on_scale = finding.margin_on_scale
        return on_scale if finding.margin.ratio is None else float(np.exp(on_scale))

    def limits_shown(self, finding: Finding) -> str:
        """The margin, and the level of each side."""
        margin = finding.margin_shown or "not given"
        return f"margin {margin} to both sides, one-sided level {finding.alpha_margin:g} of each"

    def method(self, finding: Finding) -> str:  # noqa: ARG002
        """How it is tested."""
        return (
            "that two values are equivalent, by two one-sided tests against a rise and a fall by "
            "the margin"
        )

    def sentence(
        self,
        result: FindingResult,
        means: GroupMeans,  # noqa: ARG002
        design: Design,
    ) -> str:
        """The result in one sentence: equivalent, or a difference that is not excluded."""
        test = sentences.deciding_test(result)
        arm, other = sentences.arms_of(test, design)
        margin = result.finding.margin_shown
        change = f"{sentences.change(result, test, design)} ({sentences.interval(result)})"
        setting = f"In {design.cells_and_setting(arm)}"
        treatment = design.treatment_given(arm)
        there = (
            f"with {design.treatment_given(other)}"
            if same_setting(arm, other)
            else f"in {design.display_label(other)}"
        )
        if result.is_shown:
            return (
                f"{setting} {result.subject} with {treatment} was equivalent to that {there}, "
                f"within {margin}: {change}."
            )
        return (
            f"{sentences.not_shown(result.finding)} {setting} a difference of {margin} or more "
            f"between {result.subject} with {treatment} and that {there} is not excluded: {change}."
        )


EQUIVALENT = _Equivalent()
