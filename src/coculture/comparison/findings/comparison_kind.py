"""What the kinds of findings have in common that compare one arm with others."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from coculture.comparison.design.arms import Design
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.findings.claims import Claim, ClaimResult, Side, difference
from coculture.comparison.findings.finding_result import Estimate
from coculture.comparison.findings.kind import EstimateScale, Pair, TestedOnMeans
from coculture.comparison.settings import COMPARISON, Finding
from coculture.comparison.statistics.group_means import GroupMeans

_RATIO, _ODDS_RATIO = (
    EstimateScale(
        name, f"{name} to the arm it is compared with", " (orange: margin)", 1.0, is_log=True
    )
    for name in ("ratio", "odds ratio")
)


def _points(unit: str) -> EstimateScale:
    """Differences in the unit of the endpoint."""
    return EstimateScale(
        unit, f"{unit} from the arm it is compared with".strip(), " (orange: margin)", 0.0
    )


class ComparisonKind(TestedOnMeans, ABC):
    """A kind of finding with the keys `arm` and `compared_with`: one test for each pair of arms.

    A kind adds what `FindingKind` lists and is not here.
    """

    side: Side
    """The alternative of its tests."""
    required: tuple[str, ...] = ("arm", "compared_with")
    needs_staining = False
    needs_margin = False

    @abstractmethod
    def claimed(self, finding: Finding) -> str:
        """What a test claims about its two arms, as in the result tables: "lower"."""

    @abstractmethod
    def level(self, finding: Finding) -> float:
        """The one-sided error rate of a test."""

    @abstractmethod
    def tested_against(self, finding: Finding) -> float:
        """The difference on the analysis scale that is tested against; 0 for no difference."""

    @abstractmethod
    def margin(self, finding: Finding) -> float | None:
        """The same in the unit of the estimate; None for no difference."""

    @property
    def keys(self) -> Mapping[str, Mapping[str, Any]]:
        """`arm` and `compared_with`."""
        return {"arm": {"$ref": "#/$defs/arm"}, "compared_with": {"$ref": "#/$defs/arms"}}

    def claims(self, finding: Finding, pairs: Sequence[Pair], design: Design) -> list[Claim]:
        """One test against each arm that it is compared with."""
        named = [(design.label(pair.arm), design.label(pair.compared_with)) for pair in pairs]
        return [
            Claim(
                part=COMPARISON,
                text=f"{arm} against {other}: {self.claimed(finding)}",
                arm=arm,
                compared_with=other,
                weights=difference(arm, other),
                side=self.side,
                margin=self.tested_against(finding),
                level=self.level(finding),
            )
            for arm, other in named
        ]

    def problems(
        self,
        finding: Finding,  # noqa: ARG002
        pairs: Sequence[Pair],  # noqa: ARG002
        design: Design,  # noqa: ARG002
    ) -> Iterator[tuple[str, str]]:
        """None."""
        return iter(())

    def scale(self, endpoint: Endpoint) -> EstimateScale:
        """A ratio, of odds or not, or points in the unit of the endpoint."""
        if endpoint.is_odds:
            return _ODDS_RATIO
        return _RATIO if endpoint.is_ratio else _points(endpoint.unit)

    def estimate(
        self,
        endpoint: Endpoint,
        tests: Sequence[ClaimResult],  # noqa: ARG002
        deciding: ClaimResult,
        means: GroupMeans,  # noqa: ARG002
    ) -> Estimate:
        """The difference of the deciding test, with the interval that agrees with the test.

        A difference of logarithms is given as a ratio.
        """
        value, lower, upper = deciding.contrast.estimate, *deciding.interval
        if endpoint.is_ratio:
            value, lower, upper = (float(np.exp(number)) for number in (value, lower, upper))
        return Estimate(
            value,
            lower,
            upper,
            deciding.confidence,
            self.scale(endpoint).unit,
            deciding.relation,
        )

    def second_estimate(
        self,
        tests: Sequence[ClaimResult],  # noqa: ARG002
        means: GroupMeans,  # noqa: ARG002
    ) -> Estimate | None:
        """None: the difference says it all."""
        return None


class DifferenceKind(ComparisonKind):
    """A kind whose tests are against no difference: its only limit is the level of differences."""

    limits = ("alpha_difference",)

    def level(self, finding: Finding) -> float:
        """The error rate of a difference."""
        return finding.alpha_difference

    def tested_against(self, finding: Finding) -> float:  # noqa: ARG002
        """No difference."""
        return 0.0

    def margin(self, finding: Finding) -> None:
        """None: it is tested against no difference."""

    def limits_shown(self, finding: Finding) -> str:
        """The level of a difference."""
        return f"one-sided level {finding.alpha_difference:g}"
