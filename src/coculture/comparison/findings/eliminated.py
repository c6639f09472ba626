"""Finding "eliminated": a treatment has an effect, and elsewhere it has not.

Two differences, the effect and the residual: for example DEX against untreated, and the same with
added IL-6 in both arms. The residual is the same treatment in another setting, the rescuer: an
added drug, other cells, another time. That the effect is missing there is not enough: the rescuer
may have moved the baseline as far as the treatment does. So with the rescuer the treated arm must
also be below the middle between untreated and treated (above it, if the effect lowers).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from coculture.comparison import number_formats
from coculture.comparison.design.arms import Arm, Design, written
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.findings import sentences
from coculture.comparison.findings.claims import (
    Claim,
    ClaimResult,
    Side,
    difference,
    evaluate,
    weighted_sum,
)
from coculture.comparison.findings.finding_result import Estimate, FindingResult
from coculture.comparison.findings.kind import EstimateScale, Pair, TestedOnMeans
from coculture.comparison.settings import ComparisonError, Finding
from coculture.comparison.statistics.between_experiments import (
    ArmGroup,
    contrast_of,
    entering,
)
from coculture.comparison.statistics.contrasts import Contrast, Weights, per_experiment_contrast
from coculture.comparison.statistics.fieller import fieller_interval, inverted_interval
from coculture.comparison.statistics.group_means import GroupMeans
from coculture.comparison.statistics.outside_range import arms_outside
from coculture.exchange.vocabulary import listed

EFFECT, RESIDUAL = "effect", "residual"
"""The two differences in the config, and the tests of each: an effect is there, and what is left of
it is below the margin."""
REDUCTION, FRACTION = "reduction", "residual_fraction"
"""Tests of both: the residual is smaller than the effect, and below a fraction of it."""
RESCUE = "rescue"
"""Test that with the rescuer the treated arm is past the middle between treated and untreated. The
middle, because "better than treated" still passes where 25 % are rescued; it takes .001 of power
where all is rescued and .006 where 72 % is (simulated, 3 to 6 experiments)."""
BASELINE = "baseline"
"""No test of the finding: that the rescuer itself moves the untreated arm as the treatment does."""
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

RESCUED = "percent rescued"
"""Unit of 100 (T - TR) / (T - U): how far the rescuer brings the treated arm back to untreated."""


@dataclass(frozen=True)
class _Eliminated(TestedOnMeans):
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
        """The effect is there, the residual is smaller, below margin and fraction, and a rescue.

        Raises
        ------
        ComparisonError
            If effect and residual are the same difference, or different treatments.
        """
        effect, residual = _effect_and_residual(pairs)
        if _are_same(effect, residual):
            raise ComparisonError("the effect and its residual are the same comparison")
        if design.changes(*_arms(effect)) != design.changes(*_arms(residual)):
            raise ComparisonError(
                "the residual is not the treatment of the effect in another setting: "
                f"{_changes_in_words(residual, design)}, and the effect "
                f"{_changes_in_words(effect, design)}"
            )
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
            Claim(
                part=RESCUE,
                text=(
                    f"{left_arm}: {'below' if sign > 0 else 'above'} the middle between {arm} and "
                    f"{other}"
                ),
                arm=left_arm,
                compared_with=arm,
                weights=weighted_sum({left_arm: 1.0}, {arm: 0.5, other: 0.5}, -1.0),
                side=towards,
                margin=0.0,
                level=finding.alpha_margin,
            ),
        ]

    def problems(
        self,
        finding: Finding,  # noqa: ARG002
        pairs: Sequence[Pair],
        design: Design,
    ) -> Iterator[tuple[str, str]]:
        """The residual is the effect itself, or another treatment."""
        effect, residual = _effect_and_residual(pairs)
        if _are_same(effect, residual):
            yield RESIDUAL, "compares the same arms as effect; name other arms in residual."
        elif design.changes(*_arms(effect)) != design.changes(*_arms(residual)):
            yield (
                RESIDUAL,
                f"{_changes_in_words(residual, design)}, but effect "
                f"{_changes_in_words(effect, design)}; the residual must be the same treatment in "
                "the same direction, in another setting that both of its arms have.",
            )

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

        If the arms of both share no experiment, the interval is between experiments. Of an effect
        that is not shown there is no number, and none with wells outside the range, which Fieller's
        interval would need.
        """
        effect, residual = _test_of(EFFECT, tests), _test_of(RESIDUAL, tests)
        if effect.outcome != "holds" or _has_outside(tests, means):
            return Estimate.missing(_SCALE.unit)
        left, low, high = _ratio(residual.claim.weights, effect.claim.weights, means)
        return Estimate(
            100 * (1 - left), 100 * (1 - high), 100 * (1 - low), CONFIDENCE, _SCALE.unit
        )

    def second_estimate(self, tests: Sequence[ClaimResult], means: GroupMeans) -> Estimate | None:
        """100 (treated - rescued) / (treated - untreated), in the same way."""
        effect, rescue = _test_of(EFFECT, tests), _test_of(RESCUE, tests)
        if effect.outcome != "holds" or _has_outside(tests, means):
            return None
        back = difference(effect.claim.arm, rescue.claim.arm)
        share, low, high = _ratio(back, effect.claim.weights, means)
        return Estimate(100 * share, 100 * low, 100 * high, CONFIDENCE, RESCUED)

    def tested_against(self, finding: Finding) -> float:
        """The residual effect that must be excluded, on the analysis scale."""
        return _sign(finding) * finding.margin_on_scale

    def margin(self, finding: Finding) -> float:
        """The percent of the effect that must be eliminated."""
        return 100 * (1 - finding.residual_fraction)

    def limits_shown(self, finding: Finding) -> str:
        """The margin, the fraction that may be left, and both levels."""
        margin = finding.margin_shown or "not given"
        return (
            f"margin {margin}, less than {100 * finding.residual_fraction:g} % of the effect left, "
            f"one-sided level {finding.alpha_difference:g} of effect and reduction, "
            f"{finding.alpha_margin:g} of the others"
        )

    def method(self, finding: Finding) -> str:  # noqa: ARG002
        """How it is tested."""
        return (
            "that an effect is eliminated, by one-sided tests that the effect exists, that it is "
            "smaller where it is said to be eliminated, that the residual effect is below the "
            "margin and below a fraction of the effect, and that where it is said to be eliminated "
            "the treated arm is past the middle between treated and untreated"
        )

    def sentence(self, result: FindingResult, means: GroupMeans, design: Design) -> str:
        """The effect, the residual, and the parts eliminated and rescued in one sentence."""
        effect, residual = result.part(EFFECT), result.part(RESIDUAL)
        sign = _sign(result.finding)
        treatment = design.additions(design.difference(*sentences.arms_of(effect, design)))
        quantity = result.subject
        if effect.outcome == "holds":
            verb = "raised" if sign > 0 else "lowered"
            first = _change(f"{treatment} {verb} {quantity}", effect, result, design, sign)
            if sign * residual.contrast.estimate < 0:
                second = _change("changed it", residual, result, design)
            else:
                second = _change("", residual, result, design, sign)
        else:
            first = _change(f"{treatment} itself changed {quantity}", effect, result, design)
            second = _change("", residual, result, design)
        numbers = sentences.capital(
            f"{first} and {second}{_eliminated(result)}, {_replicates(result)}."
        )
        numbers += _baseline(result, means, design)
        return numbers if result.is_shown else f"{sentences.not_shown(result.finding)} {numbers}"


ELIMINATED = _Eliminated()


def _test_of(part: str, tests: Sequence[ClaimResult]) -> ClaimResult:
    return next(test for test in tests if test.claim.part == part)


def _ratio(
    numerator: Weights, denominator: Weights, means: GroupMeans
) -> tuple[float, float, float]:
    """The ratio of two contrasts with Fieller's interval, of experiments that have both."""
    groups = means.groups(dict.fromkeys([*numerator, *denominator], 1.0))
    if len(groups) > 1:
        return _ratio_between(numerator, denominator, means.estimates, groups)
    top, bottom = (
        per_experiment_contrast(means.estimates, weights) for weights in (numerator, denominator)
    )
    both = pd.concat([top.values, bottom.values], axis=1).dropna()  # noqa: PD011
    tops, bottoms = means.by_unit(both).to_numpy().T
    low = high = ratio = float("nan")
    if top.varies or bottom.varies:
        low, high = fieller_interval(tops, bottoms, CONFIDENCE)
    if len(both) and bottoms.mean():
        ratio = float(tops.mean() / bottoms.mean())
    return ratio, low, high


def _ratio_between(
    numerator: Weights, denominator: Weights, means: pd.DataFrame, groups: Sequence[ArmGroup]
) -> tuple[float, float, float]:
    """The same if both are from different experiments.

    Only experiments that have every arm of their group enter.
    """
    known = means.index[entering(means, groups)]
    complete = [
        replace(group, experiments=tuple(one for one in group.experiments if one in known))
        for group in groups
    ]

    def left(ratio: float) -> Contrast:
        return contrast_of(means, weighted_sum(numerator, denominator, -ratio), complete)

    top = left(0.0).estimate
    bottom = top - left(1.0).estimate
    ratio = top / bottom if bottom else float("nan")
    return ratio, *inverted_interval(left, ratio, CONFIDENCE)


def _has_outside(tests: Sequence[ClaimResult], means: GroupMeans) -> bool:
    """Whether wells of the arms are outside the range."""
    each = (arms_outside(means, test.claim.weights) for test in tests)
    return any(bool(one.any(axis=None)) for one in each)


def _replicates(result: FindingResult) -> str:
    """The experiments and donors of the test with the fewest."""
    assert result.fewest is not None
    return sentences.replicates(result.fewest)


def _sign(finding: Finding) -> float:
    """1 if the effect raises the endpoint, -1 if it lowers it."""
    return _SIGNS[finding.options.get(DIRECTION, "raised")]


def _effect_and_residual(pairs: Sequence[Pair]) -> tuple[Pair, Pair]:
    by_part = {pair.part: pair for pair in pairs}
    return by_part[EFFECT], by_part[RESIDUAL]


def _are_same(effect: Pair, residual: Pair) -> bool:
    return (effect.arm, effect.compared_with) == (residual.arm, residual.compared_with)


def _arms(pair: Pair) -> tuple[Arm, Arm]:
    return pair.arm, pair.compared_with


def _changes_in_words(pair: Pair, design: Design) -> str:
    """The treatment of a difference: "changes dex_nM from 0 to 1000"."""
    each = [
        f"{column} from {written(before)} to {written(after)}"
        for column, (before, after) in design.changes(*_arms(pair)).items()
    ]
    return f"changes {listed(each)}" if each else "changes nothing"


def _change(
    verb: str, test: ClaimResult, result: FindingResult, design: Design, sign: float | None = None
) -> str:
    """A change with its verb: "DEX raised apoptosis by 28.0 points (...) in control cells".

    `sign` is the direction of the verb, in which the number is given; without it the number has
    its own sign. If the arms differ in more than having a drug or not, both are named instead.
    """
    arm, other = sentences.arms_of(test, design)
    shared = design.shared(arm, other)
    if other != shared:
        # They differ in dose, cells, stroma or hours, not in having a drug or not.
        own_sign = -1.0 if test.contrast.estimate < 0 else 1.0
        return (
            f"{result.subject} in {design.display_label(arm)} was "
            f"{_size_with_interval(test, result, own_sign)} "
            f"{'below' if own_sign < 0 else 'above'} that in {design.display_label(other)}"
        )
    setting = design.cells_and_setting(arm)
    if design.given(shared):
        setting += f" with {design.additions(shared)}"
    preposition = "to" if sign is None and result.endpoint.is_ratio else "by"
    size = _size_with_interval(test, result, 1.0 if sign is None else sign)
    return f"{verb} {preposition} {size} in {setting}".lstrip()


def _eliminated(result: FindingResult) -> str:
    """The parts eliminated and rescued; none of an effect that is not shown."""
    if result.part(EFFECT).outcome != "holds":
        return "; what is eliminated has no percentage, because the effect itself is not shown"
    estimate, rescued = result.estimate, result.second_estimate
    if np.isnan(estimate.value) and any(test.relation or test.against for test in result.tests):
        return "; wells outside the range leave no percentage of it that was eliminated"
    if np.isnan(estimate.lower):
        return "; the eliminated fraction has no finite interval"
    share = f"{_percent(estimate.value)} %"
    limits = f"95 % CI {_limits(estimate)} %"
    if estimate.upper <= 0:
        text = f": none of the effect was eliminated ({share}, {limits})"
    else:
        text = f": {share} of the effect was eliminated ({limits})"
    if rescued is None or np.isnan(rescued.lower):
        return text
    return f"{text} and {_percent(rescued.value)} % rescued (95 % CI {_limits(rescued)} %)"


def _percent(value: float) -> str:
    return f"{value:.0f}".replace("-0", "0").replace("-", "−")


def _limits(estimate: Estimate) -> str:
    return f"{_percent(estimate.lower)} to {_percent(estimate.upper)}"


def _baseline(result: FindingResult, means: GroupMeans, design: Design) -> str:
    """A sentence if the rescuer itself moves the baseline as the treatment does; else empty."""
    effect, residual = result.part(EFFECT), result.part(RESIDUAL)
    untreated, with_rescuer = effect.claim.compared_with, residual.claim.compared_with
    if untreated == with_rescuer:
        return ""
    moved = evaluate(
        replace(
            effect.claim,
            part=BASELINE,
            arm=with_rescuer,
            compared_with=untreated,
            weights=difference(with_rescuer, untreated),
        ),
        means,
        result.endpoint,
    )
    if moved.outcome != "holds":
        return ""
    sign = _sign(result.finding)
    size = _size_with_interval(moved, result, sign)
    above, raised = ("above", "raised") if sign > 0 else ("below", "lowered")
    names = [design.display_label(design.by_label[one]) for one in (with_rescuer, untreated)]
    return (
        f" The baseline was {raised} too: {result.subject} in {names[0]} was {size} "
        f"{above} that in {names[1]}."
    )


def _size_with_interval(test: ClaimResult, result: FindingResult, sign: float) -> str:
    """The change in points or as a ratio, in the direction of `sign`.

    With its own n if the tests of the finding have different ones.
    """
    differ = len({each.contrast.n_each for each in result.tests}) > 1
    n = f", {sentences.replicates(test.contrast)}" if differ else ""
    ends = [sign * limit for limit in (test.interval if sign > 0 else reversed(test.interval))]
    size = sentences.bound(test.relation, sign) + _size(sign * test.contrast.estimate, result)
    if np.isnan(ends).sum() == 1:
        side, end = ("upper", ends[1]) if np.isnan(ends[0]) else ("lower", ends[0])
        limit = _size(end, result, with_unit=False)
        return f"{size} (one-sided {100 * test.confidence:g} % {side} limit {limit}{n})"
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
