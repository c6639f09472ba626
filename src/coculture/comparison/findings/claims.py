"""The one-sided tests of a finding, and their results on group means that may be bounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.statistics.between_experiments import contrast_of, entering
from coculture.comparison.statistics.contrasts import (
    MIN_EXPERIMENTS,
    MIN_EXPERIMENTS_BETWEEN,
    Contrast,
    PooledError,
    Weights,
)
from coculture.comparison.statistics.group_means import GroupMeans
from coculture.comparison.statistics.outside_range import (
    arms_outside,
    has_outside,
    limits,
)
from coculture.exchange.vocabulary import listed, many

_OTHER_DOSES = "Repeat the series with doses that reach the half effect of both."
_REPEAT_IN_RANGE = (
    "Measure the cultures outside the quantifiable range again at a dilution inside it."
)

Side = Literal["less", "greater"]
Outcome = Literal["holds", "fails", "untestable"]


@dataclass(frozen=True)
class Claim:
    """One test: the weighted sum of the arms is below (or above) `margin`.

    Attributes
    ----------
    part
        The part of the finding that it tests, for example "effect" or "residual".
    text
        What is tested, with the arms named as in the result tables.
    arm, compared_with
        The names of the two arms that it is about; `weights` may have more.
    weights
        Arm to weight.
    side
        The alternative: less or greater than the margin.
    margin
        On the scale of the endpoint.
    level
        One-sided error rate.
    reads
        The arms that the test reads, if `weights` are not of arms but of what is derived from them,
        as an EC50; else empty.
    needs_room
        Whether a claim against a margin that no change can reach is not testable. It is not needed
        where another test of the finding can fail.
    """

    part: str
    text: str
    arm: str
    compared_with: str
    weights: Mapping[str, float]
    side: Side
    margin: float
    level: float
    reads: tuple[str, ...] = ()
    needs_room: bool = True

    @property
    def arms(self) -> tuple[str, ...]:
        """The names of all arms that it is about."""
        return self.reads or tuple(arm for arm, weight in self.weights.items() if weight)

    @property
    def confidence(self) -> float:
        """Confidence of the two-sided interval that agrees with the test."""
        return 1 - 2 * self.level


@dataclass(frozen=True)
class OutsideGroup:
    """An arm in an experiment with wells outside the range whose values argue against a claim.

    Attributes
    ----------
    is_below
        Whether they are below the range, or above it.
    shift
        The mean that enters the test minus that with these wells at their limit, on the analysis
        scale; NaN if no well has a number, so that the claim has no such mean.
    """

    experiment: str
    arm: str
    is_below: bool
    shift: float


@dataclass(frozen=True)
class ClaimResult:
    """The result of one test.

    Attributes
    ----------
    contrast
        The tested contrast, without the margin subtracted.
    relation
        "<=" or ">=" if the estimate is a bound because wells are outside the quantifiable range.
    reason, advice
        Why it cannot be tested or decided, and what to do; empty otherwise.
    pooled_p
        One-sided p of the pooled-error analysis; NaN if it has none.
    interval
        The confidence limits that agree with the test. NaN on a side on which there is none: beside
        a bound there is only one.
    against
        The groups with wells outside the range whose values argue against the claim.
    """

    claim: Claim
    contrast: Contrast
    p: float
    outcome: Outcome
    relation: str
    reason: str
    advice: str
    pooled_p: float
    interval: tuple[float, float]
    against: tuple[OutsideGroup, ...] = ()

    @property
    def undecided(self) -> bool:
        """Whether it fails only because wells outside the range count at the unfavourable limit."""
        unfavourable = "<=" if self.claim.side == "less" else ">="
        return self.outcome == "fails" and self.relation == unfavourable

    @property
    def confidence(self) -> float:
        """Confidence of the interval; of a single limit, that of the one-sided test."""
        one_limit = np.isnan(self.interval).sum() == 1
        return 1 - self.claim.level if one_limit else self.claim.confidence


def difference(arm: str, other: str) -> dict[str, float]:
    """The weights of one arm minus another."""
    return weighted_sum({arm: 1.0}, {other: 1.0}, -1.0)


def weighted_sum(first: Weights, second: Weights, factor: float) -> dict[str, float]:
    """The weights `first` + `factor` x `second`.

    >>> weighted_sum({"a": 1.0, "b": -1.0}, {"b": 1.0}, -0.5)
    {'a': 1.0, 'b': -1.5}
    """
    arms = dict.fromkeys([*first, *second])
    return {arm: first.get(arm, 0.0) + factor * second.get(arm, 0.0) for arm in arms}


def evaluate(
    claim: Claim, means: GroupMeans, endpoint: Endpoint, *, in_full: bool = True
) -> ClaimResult:
    """Test `claim`, with wells outside the range.

    In a group whose wells beyond the limit favour the claim they enter at their limit. In a group
    where they argue against it the mean is the censored-likelihood mean. If none of its wells has
    a number (all comparator wells of an experiment below LLOQ), the claim cannot be tested, unless
    the contrast is on the wrong side of the margin even with these wells at the limit that argues
    for it. Without `in_full` there is no p of the pooled-error analysis.
    """
    upwards = claim.side == "less"
    used = means.for_test(claim.weights, highest=upwards)
    groups = means.groups(claim.weights)
    contrast = contrast_of(_finite(used), claim.weights, groups)
    against = _against(claim, means)
    unbounded = _unbounded(claim, means, used)
    if unbounded:
        favourable = means.extreme(claim.weights, highest=not upwards)
        best = contrast_of(_finite(favourable), claim.weights, groups)
        undecided = _unbounded(claim, means, favourable)
        if undecided or not best.has_enough or _supports(claim, best):
            nothing = _without_value(claim, means)
            return _untestable(claim, nothing, *unbounded, (np.nan, np.nan), against)
        contrast, used = best, favourable
    relation = _relation(claim, means, used)
    interval = (
        limits(means, claim.weights, relation, claim.confidence)
        if has_outside(means, claim.weights)
        else contrast.interval(claim.confidence)
    )
    why_not = _why_not_testable(claim, means, endpoint, contrast, relation)
    if why_not:
        return _untestable(claim, contrast, *why_not, interval, against, relation)
    p = _p(claim, contrast)
    pooled = (
        PooledError.fit(means.by_unit(_finite(used))).contrast(claim.weights) if in_full else None
    )
    result = ClaimResult(
        claim=claim,
        contrast=contrast,
        p=p,
        outcome="holds" if p <= claim.level else "fails",
        relation=relation,
        reason="",
        advice="",
        pooled_p=_p(claim, pooled) if pooled is not None else float("nan"),
        interval=interval,
        against=against,
    )
    advice = _OTHER_DOSES if claim.reads else _REPEAT_IN_RANGE
    return replace(result, advice=advice) if result.undecided else result


def _why_not_testable(
    claim: Claim, means: GroupMeans, endpoint: Endpoint, contrast: Contrast, relation: str
) -> tuple[str, str] | None:
    """Reason and advice if there is no test of the contrast; None if there is one."""
    if not contrast.has_enough:
        return _too_few(contrast)
    impossible = _no_change_possible(claim, means, endpoint)
    if impossible or contrast.varies:
        return impossible
    return _no_variation(claim, contrast, relation)


def _against(claim: Claim, means: GroupMeans) -> tuple[OutsideGroup, ...]:
    """The groups with wells outside the range that argue against the claim."""
    if not has_outside(means, claim.weights):
        return ()
    highest = claim.side == "less"
    entered = list(map(str, arms_outside(means, claim.weights).index))
    used = means.for_test(claim.weights, highest)
    found = []
    for arm, weight in claim.weights.items():
        is_low = (weight > 0) == highest
        unlimited = np.isinf((means.high if is_low else means.low).loc[entered, arm])
        for experiment in map(str, unlimited.index[unlimited] if weight else ()):
            shift = float((used[arm] - means.at_limit[arm])[experiment])
            shift = shift if np.isfinite(shift) else float("nan")
            found.append(OutsideGroup(experiment, arm, not is_low, shift))
    return tuple(found)


def _p(claim: Claim, contrast: Contrast) -> float:
    shifted = contrast.shifted(claim.margin)
    return shifted.p_less if claim.side == "less" else shifted.p_greater


def _supports(claim: Claim, contrast: Contrast) -> bool:
    """Whether the estimate is on the claimed side of the margin.

    A p value of bounds would not show it: an extreme value also increases the variation.
    """
    beyond = contrast.estimate - claim.margin
    return beyond < 0 if claim.side == "less" else beyond > 0


def _finite(means: pd.DataFrame) -> pd.DataFrame:
    # Most studies have no infinite mean, and this runs for each test of each alternative.
    is_infinite = np.isinf(means.to_numpy(dtype=float))
    return means.mask(is_infinite) if is_infinite.any() else means


_LOWER = "at a lower dilution, or with a more sensitive assay if they were not diluted"


def _unbounded(claim: Claim, means: GroupMeans, used: pd.DataFrame) -> tuple[str, str] | None:
    """Reason and advice if an arm of the claim has no bound on the side that is needed."""
    if not np.isinf(used.to_numpy(dtype=float)).any():
        return None
    arms = [arm for arm, weight in claim.weights.items() if weight]
    complete = entering(used, means.groups(claim.weights))
    infinite = [arm for arm in arms if np.isinf(used.loc[complete, arm]).any()]
    if not infinite:
        return None
    if claim.reads:
        return _ec50_unbounded(used, infinite)
    low, high = (table.loc[complete, arms] for table in (means.low, means.high))
    for limit, is_open, how in (
        ("below LLOQ", low == -np.inf, _LOWER),
        ("above ULOQ", high == np.inf, "at a higher dilution"),
    ):
        # Other arms matter only in experiments that lack the bound that is needed.
        undecided = is_open[is_open[infinite].any(axis=1)]
        outside = [arm for arm in arms if undecided[arm].any()]
        if set(infinite) <= set(outside):
            where = undecided.index
            text = f"{'both ' if len(outside) > 1 else ''}{limit}: {listed(outside)}"
            only = f" in {listed(where)}" if len(where) < len(is_open) else ""
            return f"{text}{only}", f"Measure these cultures again {how}."
    return (
        f"outside the quantifiable range: {listed(infinite)}",
        "Measure these cultures again at dilutions inside the range.",
    )


def _ec50_unbounded(used: pd.DataFrame, infinite: Sequence[str]) -> tuple[str, str]:
    """Reason and advice if an EC50 has no bound on the side that is needed."""
    beyond = used[list(infinite)]
    where = listed(map(str, beyond.index[np.isinf(beyond.to_numpy(dtype=float)).any(axis=1)]))
    is_above = bool((beyond == np.inf).any(axis=None))
    if is_above:
        reason = f"the doses do not reach the {listed(infinite)} in {where}"
        return reason, f"Repeat {where} with higher doses."
    reason = f"every dose is beyond the {listed(infinite)} in {where}"
    return reason, f"Repeat {where} with lower doses."


def _relation(claim: Claim, means: GroupMeans, used: pd.DataFrame) -> str:
    """Whether the tested contrast is a bound of the true one: "<=", ">=", or "" if it is none."""
    if not has_outside(means, claim.weights):
        return ""
    weights = {arm: weight for arm, weight in claim.weights.items() if weight}
    complete = entering(used, means.groups(weights))
    sides = set()
    for arm, weight in weights.items():
        mean, low, high = (table.loc[complete, arm] for table in (used, means.low, means.high))
        if ((mean == high) & np.isinf(low)).any():
            sides.add("<=" if weight > 0 else ">=")
        if ((mean == low) & np.isinf(high)).any():
            sides.add(">=" if weight > 0 else "<=")
    return sides.pop() if len(sides) == 1 else ""


def _without_value(claim: Claim, means: GroupMeans) -> Contrast:
    """The contrast without numbers, with the experiments that measured every arm of the claim."""
    measured = contrast_of(means.at_limit, claim.weights, means.groups(claim.weights))
    nothing = float("nan")
    values = measured.values * nothing  # noqa: PD011
    return replace(measured, estimate=nothing, se=nothing, values=values)


def _no_change_possible(
    claim: Claim, means: GroupMeans, endpoint: Endpoint
) -> tuple[str, str] | None:
    """Reason and advice if the level is so near a bound that a change by the margin cannot occur.

    A claim that cannot fail is not shown.
    """
    if endpoint.bounds is None or claim.margin == 0 or not claim.needs_room:
        return None
    lowest, highest = endpoint.bounds
    entered = entering(means.mean, means.groups(claim.weights))
    level = float(means.mean.loc[entered, claim.compared_with].mean())
    is_rise = claim.margin > 0
    room = highest - level if is_rise else level - lowest
    if room > abs(claim.margin):
        return None
    change, others = ("rise", "more") if is_rise else ("fall", "less")
    cells = " apoptotic cells" if endpoint.columns.value == "percent_apoptotic" else ""
    percent = f"{level:.3g} {endpoint.unit_shown}".rstrip() + (cells or f" {endpoint.subject}")
    advice = (
        "Choose a dose or a time at which more cells stay viable."
        if cells and is_rise
        else f"Choose a dose or a time at which {endpoint.subject} can change {others}."
    )
    return (
        f"no {change} possible: {claim.compared_with} has {percent}, so a {change} by "
        f"{abs(claim.margin):g} points cannot occur",
        advice,
    )


def _no_variation(claim: Claim, contrast: Contrast, relation: str) -> tuple[str, str]:
    which = "experiments of each arm" if contrast.is_between else f"{contrast.n} experiments"
    if relation and not claim.reads:
        return (
            f"no variation ({claim.text}): all {which} have the same limits of "
            "the quantifiable range, so there is no variation to test against",
            _REPEAT_IN_RANGE,
        )
    return (
        f"no variation ({claim.text}): all {which} have the same value, so there "
        "is no variation to test against",
        "Check that the experiments are independent and their values are not copies.",
    )


def _too_few(contrast: Contrast) -> tuple[str, str]:
    if contrast.is_between:
        return _too_few_between(contrast)
    lacking = contrast.left_out_as_text()
    return (
        f"{_have(contrast.n)} all arms of the claim, and a claim needs {MIN_EXPERIMENTS}"
        + (f" ({lacking})" if lacking else ""),
        repeat_arms(contrast.n),
    )


def _too_few_between(contrast: Contrast) -> tuple[str, str]:
    """Reason and advice if a group of arms that share no experiment has too few experiments."""
    short = [
        (len(part.by_experiment), listed(part.weights))
        for part in contrast.parts
        if len(part.by_experiment) < MIN_EXPERIMENTS_BETWEEN
    ]
    lacking = contrast.left_out_as_text()
    each = " and ".join(f"{_have(n)} {arms}" for n, arms in short)
    return (
        f"{each}, and arms that share no experiment need {MIN_EXPERIMENTS_BETWEEN} experiments each"
        + (f" ({lacking})" if lacking else ""),
        " ".join(
            f"Repeat {arms} in {many(MIN_EXPERIMENTS_BETWEEN - n, 'more experiment')}."
            for n, arms in short
        ),
    )


def _have(n: int) -> str:
    counted = {0: "no experiment has", 1: "only 1 experiment has"}
    return counted.get(n, f"only {n} experiments have")


def repeat_arms(n: int) -> str:
    """The advice for a test that only `n` experiments can enter."""
    return f"Repeat these arms in {many(MIN_EXPERIMENTS - n, 'more experiment')}."


def _untestable(
    claim: Claim,
    contrast: Contrast,
    reason: str,
    advice: str,
    interval: tuple[float, float],
    against: tuple[OutsideGroup, ...],
    relation: str = "",
) -> ClaimResult:
    nothing = float("nan")
    return ClaimResult(
        claim, contrast, nothing, "untestable", relation, reason, advice, nothing, interval, against
    )
