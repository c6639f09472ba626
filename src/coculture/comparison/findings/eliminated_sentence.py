"""The sentence of a finding "eliminated": effect, residual, and what is eliminated and rescued."""

import numpy as np

from coculture.comparison.design.arms import Design
from coculture.comparison.findings import sentences
from coculture.comparison.findings.claims import ClaimResult
from coculture.comparison.findings.eliminated_baseline import baseline
from coculture.comparison.findings.eliminated_parts import EFFECT, RESIDUAL, sign_of
from coculture.comparison.findings.eliminated_sizes import size_with_interval
from coculture.comparison.findings.finding_result import Estimate, FindingResult
from coculture.comparison.statistics.group_means import GroupMeans


def eliminated(result: FindingResult, means: GroupMeans, design: Design) -> str:
    """The effect, the residual, and the parts eliminated and rescued in one sentence."""
    effect, residual = result.part(EFFECT), result.part(RESIDUAL)
    sign = sign_of(result.finding)
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
    numbers += baseline(result, means, design)
    return numbers if result.is_shown else f"{sentences.not_shown(result.finding)} {numbers}"


def _replicates(result: FindingResult) -> str:
    """The experiments and donors of the test with the fewest."""
    assert result.fewest is not None
    return sentences.replicates(result.fewest)


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
            f"{size_with_interval(test, result, own_sign)} "
            f"{'below' if own_sign < 0 else 'above'} that in {design.display_label(other)}"
        )
    setting = design.cells_and_setting(arm)
    if design.given(shared):
        setting += f" with {design.additions(shared)}"
    preposition = "to" if sign is None and result.endpoint.is_ratio else "by"
    size = size_with_interval(test, result, 1.0 if sign is None else sign)
    return f"{verb} {preposition} {size} in {setting}".lstrip()


def _eliminated(result: FindingResult) -> str:
    """The parts eliminated and rescued; none of an effect that is not shown."""
    if result.part(EFFECT).outcome != "holds":
        return "; what is eliminated has no percentage, because the effect itself is not shown"
    estimate, rescued = result.estimate, result.second_estimate
    if np.isnan(estimate.value):
        return "; wells outside the range leave no percentage of it that was eliminated"
    if np.isnan(estimate.lower):
        return "; the eliminated fraction has no finite interval"
    share = f"{sentences.bound(estimate.relation)}{_percent(estimate.value)} %"
    limits = _limits(estimate)
    if estimate.upper <= 0:
        text = f": none of the effect was eliminated ({share}, {limits})"
    else:
        text = f": {share} of the effect was eliminated ({limits})"
    if rescued is None or np.isnan(rescued.lower):
        return text
    percent = f"{sentences.bound(rescued.relation)}{_percent(rescued.value)}"
    return f"{text} and {percent} % rescued ({_limits(rescued)})"


def _percent(value: float) -> str:
    return f"{value:.0f}".replace("-0", "0").replace("-", "−")


def _limits(estimate: Estimate) -> str:
    """The interval, or the one-sided limit that there is with wells outside the range."""
    confidence = f"{100 * estimate.confidence:g} %"
    if np.isnan(estimate.upper):
        return f"one-sided {confidence} lower limit {_percent(estimate.lower)} %"
    return f"{confidence} CI {_percent(estimate.lower)} to {_percent(estimate.upper)} %"
