"""Finding "dose_trend": the endpoint rises, or falls, with the dose of a drug.

One contrast inside experiments, linear in the rank of the dose (`doses.trend`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coculture.comparison import number_formats
from coculture.comparison.design.arms import Arm, Design
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.doses.series import series_of
from coculture.comparison.doses.trend import reversal, trend_weights
from coculture.comparison.findings import sentences
from coculture.comparison.findings.claims import Claim, Side
from coculture.comparison.findings.comparison_kind import DifferenceKind
from coculture.comparison.findings.finding_result import FindingResult
from coculture.comparison.findings.kind import EstimateScale, Pair
from coculture.comparison.settings import COMPARISON, ComparisonError, Factor, Finding
from coculture.comparison.statistics.group_means import GroupMeans

_DIRECTION = "direction"
_SIDES: Mapping[str, tuple[Side, int, str]] = {
    "rise": ("greater", 1, "rose"),
    "fall": ("less", -1, "fell"),
}


@dataclass(frozen=True)
class _DoseTrend(DifferenceKind):
    """A finding about all doses from one arm to another."""

    name: str = "dose_trend"
    description: str = (
        "the endpoint rises or falls (direction) over all doses of one drug, from the lowest "
        "(compared_with, such as untreated) to the highest (arm)"
    )

    required = ("arm", "compared_with", _DIRECTION)

    @property
    def keys(self) -> Mapping[str, Mapping[str, Any]]:
        """`arm` and `compared_with`, and the direction."""
        direction = {
            "description": "Of a dose_trend - rise or fall of the endpoint with the dose.",
            "enum": list(_SIDES),
        }
        return {**super().keys, _DIRECTION: direction}

    def claims(self, finding: Finding, pairs: Sequence[Pair], design: Design) -> list[Claim]:
        """The trend over the doses of each pair of arms.

        Raises
        ------
        ComparisonError
            If two arms are not the ends of a series of doses.
        """
        side, _, _ = _SIDES[finding.options[_DIRECTION]]
        return [
            Claim(
                part=COMPARISON,
                text=f"{design.label(pair.arm)} from {design.label(pair.compared_with)} on: "
                f"{self.claimed(finding)}",
                arm=design.label(pair.arm),
                compared_with=design.label(pair.compared_with),
                weights=trend_weights(_levels(pair, design)),
                side=side,
                margin=0.0,
                level=self.level(finding),
            )
            for pair in pairs
        ]

    def problems(
        self, finding: Finding, pairs: Sequence[Pair], design: Design
    ) -> Iterator[tuple[str, str]]:
        """Arms that are not the ends of a series of doses."""
        del finding
        for pair in pairs:
            try:
                _levels(pair, design)
            except ComparisonError as error:
                yield "arm", f"{error}."

    def claimed(self, finding: Finding) -> str:
        """A rise or a fall."""
        return f"a {finding.options[_DIRECTION]} with the dose"

    def method(self, finding: Finding) -> str:  # noqa: ARG002
        """How it is tested."""
        return (
            "that a value rises or falls with the dose, one-sided, by the contrast linear in the "
            "rank of the dose"
        )

    def scale(self, endpoint: Endpoint) -> EstimateScale:
        """Points or a ratio for each step of the dose."""
        unit = f"{super().scale(endpoint).unit} per dose step".strip()
        no_effect = 1.0 if endpoint.is_ratio else 0.0
        return EstimateScale(unit, unit, "", no_effect, is_log=endpoint.is_ratio)

    def sentence(self, result: FindingResult, means: GroupMeans, design: Design) -> str:
        """The trend for each step, and a step that goes the other way."""
        test = sentences.deciding_test(result)
        arm, other = sentences.arms_of(test, design)
        _, sign, verb = _SIDES[result.finding.options[_DIRECTION]]
        estimate = result.estimate
        numbers = (estimate.value, estimate.lower, estimate.upper)
        value, low, high = _numbers(result.endpoint, numbers, sign if result.is_shown else 0)
        confidence = f"{100 * estimate.confidence:g} % CI"
        n = sentences.replicates(test.contrast)
        if result.endpoint.is_ratio:
            unit = "-fold"
        else:
            unit = f" {sentences.unit_of_points(result.endpoint)}"
        known = not np.isnan([estimate.lower, estimate.upper]).any()
        limits = f"{confidence} {low} to {high}, {n}" if known else n
        size = f"{sentences.bound(test.relation)}{value}{unit} for each dose step ({limits})"
        setting = f"In {design.cells_and_setting(arm)}"
        doses = f"from {design.treatment(other)} to {design.treatment(arm)}"
        if result.is_shown:
            text = f"{setting} {result.subject} {verb} with the dose {doses}, by {size}."
        else:
            text = (
                f"{sentences.not_shown(result.finding)} {setting} {result.subject} changed {doses} "
                f"by {size}."
            )
        return text + _other_way(result, list(test.claim.weights), sign, means, design)


def _numbers(endpoint: Endpoint, values: Sequence[float], sign: int) -> list[str]:
    """Value, lower and upper limit in the direction `sign`; of 0 with their own signs."""
    if sign < 0:
        value, low, high = ((1 / one if endpoint.is_ratio else -one) for one in values)
        values = (value, high, low)
    if endpoint.is_ratio:
        return [number_formats.significant(one) for one in values]
    return [sentences.in_points(endpoint, one, sign=not sign) for one in values]


def _other_way(
    result: FindingResult, labels: Sequence[str], sign: int, means: GroupMeans, design: Design
) -> str:
    """A sentence about a step that goes against a trend that is shown; empty without."""
    turned = reversal(means, labels, sign) if result.is_shown else None
    if turned is None:
        return ""
    position, _ = turned
    low, high = (design.treatment(design.by_label[one]) for one in labels[position : position + 2])
    change = "fell" if sign > 0 else "rose"
    return f" It is not monotone: from {low} to {high} it {change}."


def _levels(pair: Pair, design: Design) -> list[str]:
    """The names of the arms from one end of a series to the other.

    Raises
    ------
    ComparisonError
        If the arms differ in anything but the dose of one drug, or have no dose between them.
    """
    factor = _changed(pair.arm, pair.compared_with, design)
    series = None if factor is None else series_of(design, factor, pair.arm)
    low, high = design.label(pair.compared_with), design.label(pair.arm)
    if series is not None:
        labels = series.labels(design)
        if {low, high} <= set(labels):
            found = labels[labels.index(low) : labels.index(high) + 1]
            if len(found) >= 3:
                return found
    raise ComparisonError(
        "must be the highest dose of a drug and compared_with its lowest level, with at least one "
        "more dose between them and nothing else that differs"
    )


def _changed(arm: Arm, other: Arm, design: Design) -> Factor | None:
    """The factor in which two arms differ, if it is one only."""
    changed = [one for one in design.factors if design.level(arm, one) != design.level(other, one)]
    if len(changed) != 1 or design.with_level(arm, changed[0], design.level(other, changed[0])) != (
        other
    ):
        return None
    return changed[0]


DOSE_TREND = _DoseTrend()
