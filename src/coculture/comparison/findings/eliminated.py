"""Finding "eliminated": a treatment has an effect, and elsewhere it has not.

Two differences, the effect and the residual: for example DEX against untreated, and the same with
added IL-6 in both arms.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from coculture.comparison import number_formats
from coculture.comparison.design.arms import Design
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.findings import sentences
from coculture.comparison.findings.claims import (
    Claim,
    ClaimResult,
    Side,
    difference,
    weighted_sum,
)
from coculture.comparison.findings.finding_result import Estimate, FindingResult
from coculture.comparison.findings.kind import EstimateScale, Pair
from coculture.comparison.settings import ComparisonError, Finding
from coculture.comparison.statistics.between_experiments import (
    ArmGroup,
    arm_groups,
    contrast_of,
    entering,
)
from coculture.comparison.statistics.contrasts import Contrast, Weights, per_experiment_contrast
from coculture.comparison.statistics.fieller import fieller_interval, inverted_interval
from coculture.comparison.statistics.group_means import GroupMeans

EFFECT, RESIDUAL = "effect", "residual"
"""The two differences in the config, and the tests of each: an effect is there, and what is left of
it is below the margin."""
REDUCTION, FRACTION = "reduction", "residual_fraction"
"""Tests of both: the residual is smaller than the effect, and below a fraction of it."""
DIRECTION = "effect_is"
_SIGNS = {"raised": 1.0, "lowered": -1.0}
CONFIDENCE = 0.95
"""Of the interval of the eliminated fraction."""
_SCALE = EstimateScale(
    "percent of the effect eliminated",
    "percent of the effect eliminated",
    " (orange: at least required)",
    100.0,
    has_tests=False,
)


@dataclass(frozen=True)
class _Eliminated:
    name = "eliminated"
    description = (
        "a treatment has an effect, and in another setting this effect is eliminated (the residual)"
    )
    required = (EFFECT, RESIDUAL)
    limits = (
        *("margin_points", "margin_ratio"),
        *("residual_fraction", "alpha_difference", "alpha_margin"),
    )
    needs_staining = True
    needs_margin = True

    @property
    def keys(self) -> Mapping[str, Mapping[str, Any]]:
        """`effect`, `residual` and `effect_is`."""
        parts = {part: {"$ref": "#/$defs/difference"} for part in (EFFECT, RESIDUAL)}
        return parts | {
            DIRECTION: {
                "description": (
                    "Whether the effect that is eliminated raises or lowers the endpoint; "
                    "without it raised."
                ),
                "enum": list(_SIGNS),
            }
        }

    def claims(self, finding: Finding, pairs: Sequence[Pair], design: Design) -> list[Claim]:
        """The effect is there, the residual is smaller, and it is below margin and fraction.

        Raises
        ------
        ComparisonError
            If effect and residual are the same difference.
        """
        effect, residual = _effect_and_residual(pairs)
        if _are_same(effect, residual):
            raise ComparisonError("the effect and its residual are the same comparison")
        arm, other = design.label(effect.arm), design.label(effect.compared_with)
        left_arm, left_other = design.label(residual.arm), design.label(residual.compared_with)
        effect_text, residual_text = f"{arm} against {other}", f"{left_arm} against {left_other}"
        effect_weights, residual_weights = difference(arm, other), difference(left_arm, left_other)
        sign, fraction = _sign(finding), finding.residual_fraction
        towards: Side = "less" if sign > 0 else "greater"

        def about_residual(
            part: str, claim: str, weights: dict[str, float], margin: float, level: float
        ) -> Claim:
            text = f"{residual_text}: {claim}"
            return Claim(part, text, left_arm, left_other, weights, towards, margin, level)

        return [
            Claim(
                part=EFFECT,
                text=f"{effect_text}: {'higher' if sign > 0 else 'lower'}",
                arm=arm,
                compared_with=other,
                weights=effect_weights,
                side="greater" if sign > 0 else "less",
                margin=0.0,
                level=finding.alpha_difference,
            ),
            about_residual(
                REDUCTION,
                f"less than {effect_text}",
                weighted_sum(residual_weights, effect_weights, -1.0),
                0.0,
                finding.alpha_difference,
            ),
            about_residual(
                RESIDUAL,
                f"below {finding.margin_shown}",
                residual_weights,
                self.tested_against(finding),
                finding.alpha_margin,
            ),
            about_residual(
                FRACTION,
                f"below {100 * fraction:g} % of {effect_text}",
                weighted_sum(residual_weights, effect_weights, -fraction),
                0.0,
                finding.alpha_margin,
            ),
        ]

    def problems(self, pairs: Sequence[Pair]) -> Iterator[tuple[str, str]]:
        """Effect and residual are the same difference."""
        if _are_same(*_effect_and_residual(pairs)):
            yield RESIDUAL, "compares the same arms as effect; name other arms in residual."

    def scale(self, endpoint: Endpoint) -> EstimateScale:  # noqa: ARG002
        """Percent of the effect eliminated."""
        return _SCALE

    def estimate(
        self,
        endpoint: Endpoint,  # noqa: ARG002
        tests: Sequence[ClaimResult],
        deciding: ClaimResult,  # noqa: ARG002
        means: GroupMeans,
    ) -> Estimate:
        """100 (1 - residual / effect) with Fieller's interval, of experiments that have both.

        If the arms of both share no experiment, the interval is between experiments.
        """
        by_part = {test.claim.part: test.claim for test in tests}
        of_effect_arms, of_residual_arms = (by_part[part].weights for part in (EFFECT, RESIDUAL))
        groups = arm_groups(means.cultured, [*of_effect_arms, *of_residual_arms])
        if len(groups) > 1:
            return _estimate_between(of_effect_arms, of_residual_arms, means.estimates, groups)
        effect, residual = (
            per_experiment_contrast(means.estimates, weights)
            for weights in (of_effect_arms, of_residual_arms)
        )
        both = pd.concat([effect.values, residual.values], axis=1).dropna()  # noqa: PD011
        of_effect, of_residual = both.to_numpy().T
        low = high = float("nan")
        if effect.varies or residual.varies:
            low, high = fieller_interval(of_residual, of_effect, CONFIDENCE)
        left = float("nan")
        if len(both) and of_effect.mean():
            left = float(of_residual.mean() / of_effect.mean())
        return Estimate(
            100 * (1 - left), 100 * (1 - high), 100 * (1 - low), CONFIDENCE, _SCALE.unit
        )

    def tested_against(self, finding: Finding) -> float:
        """The residual effect that must be excluded, on the analysis scale."""
        return _sign(finding) * finding.margin_on_scale

    def margin(self, finding: Finding) -> float:
        """The percent of the effect that must be eliminated."""
        return 100 * (1 - finding.residual_fraction)

    def method(self, finding: Finding) -> str:
        """How it is tested."""
        return (
            "that an effect is eliminated, by one-sided tests that the effect exists, that it is "
            "smaller where it is said to be eliminated, and that the residual effect is below "
            f"{finding.margin_in_methods} and below "
            f"{100 * finding.residual_fraction:g} % of the effect"
        )

    def sentence(
        self,
        result: FindingResult,
        means: GroupMeans,  # noqa: ARG002
        design: Design,
    ) -> str:
        """The effect, the residual and the eliminated fraction in one sentence."""
        effect, residual = result.part(EFFECT), result.part(RESIDUAL)
        treatment = design.additions(design.difference(*sentences.arms_of(effect, design)))
        changed = "raised" if _sign(result.finding) > 0 else "lowered"
        verb = "itself changed" if effect.outcome == "fails" else changed
        subject = f"{treatment} {verb} {result.finding.endpoint} "
        numbers = sentences.capital(
            f"{_change(subject, effect, result, design)} and "
            f"{_change('', residual, result, design)}{_eliminated(result)}, "
            f"{number_formats.experiments(*result.n_each)}."
        )
        if result.is_shown:
            return numbers
        return f"{sentences.not_shown(result.finding)} {numbers}"


ELIMINATED = _Eliminated()


def _estimate_between(
    effect: Weights, residual: Weights, means: pd.DataFrame, groups: Sequence[ArmGroup]
) -> Estimate:
    """The eliminated fraction if effect and residual are from different experiments.

    Only experiments that have every arm of their group enter.
    """
    known = means.index[entering(means, groups)]
    complete = [
        ArmGroup(group.arms, tuple(one for one in group.experiments if one in known))
        for group in groups
    ]

    def left(ratio: float) -> Contrast:
        return contrast_of(means, weighted_sum(residual, effect, -ratio), complete)

    of_residual = left(0.0).estimate
    of_effect = of_residual - left(1.0).estimate
    ratio = of_residual / of_effect if of_effect else float("nan")
    low, high = inverted_interval(left, ratio, CONFIDENCE)
    return Estimate(100 * (1 - ratio), 100 * (1 - high), 100 * (1 - low), CONFIDENCE, _SCALE.unit)


def _sign(finding: Finding) -> float:
    """1 if the effect raises the endpoint, -1 if it lowers it."""
    return _SIGNS[finding.options.get(DIRECTION, "raised")]


def _effect_and_residual(pairs: Sequence[Pair]) -> tuple[Pair, Pair]:
    by_part = {pair.part: pair for pair in pairs}
    return by_part[EFFECT], by_part[RESIDUAL]


def _are_same(effect: Pair, residual: Pair) -> bool:
    return (effect.arm, effect.compared_with) == (residual.arm, residual.compared_with)


def _change(subject: str, test: ClaimResult, result: FindingResult, design: Design) -> str:
    arm, other = sentences.arms_of(test, design)
    points = _size_with_interval(test, result)
    is_below = _sign(result.finding) < 0
    shared = design.shared(arm, other)
    if other != shared:
        # They differ in dose, cells, stroma or hours, not in having a drug or not.
        return (
            f"{result.finding.endpoint} in {design.display_label(arm)} was {points} "
            f"{'below' if is_below else 'above'} that in {design.display_label(other)}"
        )
    setting = design.cells_and_setting(arm)
    if design.given(shared):
        setting += f" with {design.additions(shared)}"
    return f"{subject}by {points} in {setting}"


def _eliminated(result: FindingResult) -> str:
    estimate = result.estimate
    if np.isnan(estimate.lower):
        return "; the eliminated fraction has no finite interval"
    limits = f"{estimate.lower:.0f} to {estimate.upper:.0f} %".replace("-", "−")
    share = f"{estimate.value:.0f} %".replace("-", "−")
    if estimate.upper <= 0:
        return f": none of the effect was eliminated ({share}, 95 % CI {limits})"
    return f": {share} of the effect was eliminated (95 % CI {limits})"


def _size_with_interval(test: ClaimResult, result: FindingResult) -> str:
    """The change in points or as a ratio, in the direction of the effect.

    With its own n if the tests of the finding have different ones.
    """
    differ = len({each.contrast.n_each for each in result.tests}) > 1
    n = f", {number_formats.experiments(*test.contrast.n_each)}" if differ else ""
    ends = sorted(_sign(result.finding) * limit for limit in test.interval)
    estimate = _sign(result.finding) * test.contrast.estimate
    size = _size(estimate, result)
    if np.isnan(ends[0]):
        alike = test.contrast.n > 1 and not test.contrast.varies
        return f"{size} ({'the same in every experiment' if alike else 'no interval'}{n})"
    limits = " to ".join(_size(end, result, with_unit=False) for end in ends)
    return f"{size} ({100 * test.claim.confidence:.0f} % CI {limits}{n})"


def _size(value: float, result: FindingResult, *, with_unit: bool = True) -> str:
    """A change on the analysis scale, in points or as a ratio."""
    if result.endpoint.is_ratio:
        return f"{number_formats.significant(float(np.exp(value)))}{'-fold' * with_unit}"
    unit = f" {sentences.unit_of_points(result.endpoint)}" if with_unit else ""
    return f"{sentences.in_points(result.endpoint, value)}{unit}"
