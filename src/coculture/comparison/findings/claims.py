"""The one-sided tests a finding consists of, and their outcome on cell means with bounds."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from coculture.comparison.design.arms import Arm, Design
from coculture.comparison.design.endpoints import Cells
from coculture.comparison.settings import ComparisonError, Finding
from coculture.comparison.statistics.contrasts import (
    Contrast,
    PooledError,
    Weights,
    per_experiment_contrast,
)
from coculture.exchange.vocabulary import listed

FEWEST_EXPERIMENTS = 3

_CLOSER = "Measure the cultures outside the quantifiable range again at a dilution inside it."

Side = Literal["less", "greater"]
Outcome = Literal["holds", "fails", "untestable"]


@dataclass(frozen=True)
class Claim:
    """One test: the weighted arms lie below (or above) `margin`, at one-sided `level`."""

    words: str
    weights: dict[str, float]
    side: Side
    margin: float
    level: float

    @property
    def confidence(self) -> float:
        """Confidence of the two-sided interval that agrees with the test."""
        return 1 - 2 * self.level


@dataclass(frozen=True)
class Judged:
    """A claim and its outcome; `contrast` is not shifted by the margin.

    `relation` is "<=" or ">=" where the estimate is a bound because wells were censored.
    """

    claim: Claim
    contrast: Contrast
    p: float
    outcome: Outcome
    relation: str
    reason: str
    advice: str
    pooled_p: float

    @property
    def undecided(self) -> bool:
        """Whether censored wells, at the bound that argues against it, alone make it fail."""
        worst = "<=" if self.claim.side == "less" else ">="
        return self.outcome == "fails" and self.relation == worst

    @property
    def interval(self) -> tuple[float, float]:
        """The interval that agrees with the test."""
        return self.contrast.interval(self.claim.confidence)


def claims_of(finding: Finding, design: Design) -> list[Claim]:
    """The tests of which every one must hold for the finding to be shown (intersection-union).

    R. L. Berger, Technometrics 24 (1982) 295: each at its full level, no correction among them.

    Raises
    ------
    ComparisonError
        If an arm of the finding cannot be resolved, or is compared with itself.
    """
    pairs = [
        (design.resolve(difference.arm), design.resolve(difference.compared_with))
        for difference in finding.differences
    ]
    for arm, other in pairs:
        if arm == other:
            raise ComparisonError(f"{design.display_label(arm)} is compared with itself")
    if finding.kind == "eliminated" and pairs[0] == pairs[1]:
        raise ComparisonError("the effect and its residual are the same comparison")
    if finding.kind == "eliminated":
        return _eliminated(finding, design, *pairs)
    claims = []
    for arm, other in pairs:
        against = f"{design.label(arm)} against {design.label(other)}"
        weights = _difference(design, arm, other)
        if finding.kind == "not_raised":
            words = f"{against}: a rise below {finding.margin_points:g} points"
            margin, level = finding.margin_points, finding.alpha_margin
            claims.append(Claim(words, weights, "less", margin, level))
        else:
            side: Side = "less" if finding.kind == "lower" else "greater"
            words = f"{against}: {finding.kind}"
            claims.append(Claim(words, weights, side, 0.0, finding.alpha_difference))
    return claims


def judge(claim: Claim, cells: Cells) -> Judged:
    """Test `claim`, censored wells at the bound that argues against it.

    Where a cell has no bound on that side (a well below LLOQ in the arm that should be the higher
    one) the claim cannot be decided, unless the contrast lies on the wrong side of the margin even
    at the bound that argues for it. What is put in a censored well's place for estimates may favour
    the claim, and is not used here.
    """
    upwards = claim.side == "less"
    against = cells.extreme(claim.weights, highest=upwards)
    contrast = per_experiment_contrast(_finite(against), claim.weights)
    unbounded = _unbounded(claim, cells, against)
    if unbounded:
        favourable = cells.extreme(claim.weights, highest=not upwards)
        best = per_experiment_contrast(_finite(favourable), claim.weights)
        undecided = _unbounded(claim, cells, favourable)
        if undecided or best.n < FEWEST_EXPERIMENTS or _supports(claim, best):
            return _untestable(claim, _without_value(claim, cells), *unbounded)
        contrast, against = best, favourable
    relation = _relation(claim, cells, against)
    if contrast.n < FEWEST_EXPERIMENTS:
        return _untestable(claim, contrast, *_too_few(contrast), relation)
    full = _no_room(claim, cells)
    if full:
        return _untestable(claim, contrast, *full, relation)
    if not contrast.varies:
        return _untestable(claim, contrast, *_no_variation(claim, contrast, relation), relation)
    p = _p(claim, contrast)
    pooled = PooledError.fit(_finite(against)).contrast(claim.weights)
    judged = Judged(
        claim=claim,
        contrast=contrast,
        p=p,
        outcome="holds" if p <= claim.level else "fails",
        relation=relation,
        reason="",
        advice="",
        pooled_p=_p(claim, pooled) if pooled is not None else float("nan"),
    )
    return replace(judged, advice=_CLOSER) if judged.undecided else judged


def _eliminated(
    finding: Finding, design: Design, effect: tuple[Arm, Arm], residual: tuple[Arm, Arm]
) -> list[Claim]:
    there, left = _difference(design, *effect), _difference(design, *residual)
    fraction, points = finding.residual_fraction, finding.margin_points
    effect_words = f"{design.label(effect[0])} against {design.label(effect[1])}"
    left_words = f"{design.label(residual[0])} against {design.label(residual[1])}"
    return [
        Claim(f"{effect_words}: higher", there, "greater", 0.0, finding.alpha_difference),
        Claim(
            f"{left_words}: less than {effect_words}",
            _sum(left, there, -1.0),
            "less",
            0.0,
            finding.alpha_difference,
        ),
        Claim(f"{left_words}: below {points:g} points", left, "less", points, finding.alpha_margin),
        Claim(
            f"{left_words}: below {100 * fraction:g} % of {effect_words}",
            _sum(left, there, -fraction),
            "less",
            0.0,
            finding.alpha_margin,
        ),
    ]


def _difference(design: Design, arm: Arm, other: Arm) -> dict[str, float]:
    return _sum({design.label(arm): 1.0}, {design.label(other): 1.0}, -1.0)


def _sum(first: Weights, second: Weights, times: float) -> dict[str, float]:
    arms = dict.fromkeys([*first, *second])
    return {arm: first.get(arm, 0.0) + times * second.get(arm, 0.0) for arm in arms}


def _p(claim: Claim, contrast: Contrast) -> float:
    shifted = contrast.shifted(claim.margin)
    return shifted.p_less if claim.side == "less" else shifted.p_greater


def _supports(claim: Claim, contrast: Contrast) -> bool:
    """Whether the estimate itself lies on the claimed side of the margin.

    Of a bound no p can say that: an extreme value widens the variation too.
    """
    beyond = contrast.estimate - claim.margin
    return beyond < 0 if claim.side == "less" else beyond > 0


def _finite(means: pd.DataFrame) -> pd.DataFrame:
    return means.where(np.isfinite(means))


def _unbounded(claim: Claim, cells: Cells, means: pd.DataFrame) -> tuple[str, str] | None:
    """Why and what to do, where an arm of the claim has no bound on the side that is needed."""
    used = [arm for arm, weight in claim.weights.items() if weight]
    complete = means[used].notna().all(axis=1)
    infinite = [arm for arm in used if np.isinf(means.loc[complete, arm]).any()]
    if not infinite:
        return None
    low, high = (table.loc[complete, used] for table in (cells.low, cells.high))
    for limit, open_side, dilution in (
        ("below LLOQ", low == -np.inf, "a lower dilution"),
        ("above ULOQ", high == np.inf, "a higher dilution"),
    ):
        # Only where a bound that is needed is open does another arm's matter.
        undecided = open_side[open_side[infinite].any(axis=1)]
        arms = [arm for arm in used if undecided[arm].any()]
        if set(infinite) <= set(arms):
            where = undecided.index
            words = f"{'both ' if len(arms) > 1 else ''}{limit}: {listed(arms)}"
            only = f" in {listed(where)}" if len(where) < len(open_side) else ""
            return f"{words}{only}", f"Measure these cultures again at {dilution}."
    return (
        f"outside the quantifiable range: {listed(infinite)}",
        "Measure these cultures again at dilutions inside the range.",
    )


def _relation(claim: Claim, cells: Cells, means: pd.DataFrame) -> str:
    """Whether the truth lies on one side of the tested contrast: "<=", ">=", or "" for neither."""
    used = {arm: weight for arm, weight in claim.weights.items() if weight}
    complete = means[list(used)].notna().all(axis=1)
    sides = set()
    for arm, weight in used.items():
        mean, low, high = (table.loc[complete, arm] for table in (means, cells.low, cells.high))
        if ((mean == high) & np.isinf(low)).any():
            sides.add("<=" if weight > 0 else ">=")
        if ((mean == low) & np.isinf(high)).any():
            sides.add(">=" if weight > 0 else "<=")
    return sides.pop() if len(sides) == 1 else ""


def _without_value(claim: Claim, cells: Cells) -> Contrast:
    """The experiments that measured every arm of a claim whose contrast has no bound."""
    measured = per_experiment_contrast(cells.at_limit, claim.weights)
    nothing = float("nan")
    values = measured.values * nothing  # noqa: PD011
    return replace(measured, estimate=nothing, se=nothing, values=values)


def _no_room(claim: Claim, cells: Cells) -> tuple[str, str] | None:
    """Why and what to do, where even the death of every cell would be no rise by the margin.

    Claims with a margin are about percentage points. One that cannot fail is not shown.
    """
    if claim.side == "greater" or claim.margin == 0:
        return None
    used = [arm for arm, weight in claim.weights.items() if weight]
    complete = cells.mean[used].dropna()
    (other,) = (arm for arm, weight in claim.weights.items() if weight < 0)
    percent = float(complete[other].mean())
    if 100 - percent > claim.margin:
        return None
    return (
        f"no room for a rise: {other} has {percent:.3g} % apoptotic cells, so a rise by "
        f"{claim.margin:g} points cannot occur",
        "Choose a dose or a time at which more of the cells stay viable.",
    )


def _no_variation(claim: Claim, contrast: Contrast, relation: str) -> tuple[str, str]:
    if relation:
        return (
            f"no variation ({claim.words}): known by the same limits of the quantifiable range in "
            f"all {contrast.n} experiments, so there is nothing to test against",
            _CLOSER,
        )
    return (
        f"no variation ({claim.words}): the same value in all {contrast.n} experiments, so there "
        "is nothing to test against",
        "Check that the experiments are independent and their values not copied.",
    )


def _too_few(contrast: Contrast) -> tuple[str, str]:
    counted = {0: "no experiment has", 1: "only 1 experiment has"}
    have = counted.get(contrast.n, f"only {contrast.n} experiments have")
    # Not "; ", which parts the reasons of a finding.
    lacking = ", ".join(
        f"{experiment} lacks {listed(arms)}" for experiment, arms in contrast.left_out.items()
    )
    return (
        f"{have} every arm it needs, and a claim needs {FEWEST_EXPERIMENTS}"
        + (f" ({lacking})" if lacking else ""),
        repeat_arms(contrast.n),
    )


def repeat_arms(n: int) -> str:
    """What to do about a test that only `n` experiments can enter."""
    more = FEWEST_EXPERIMENTS - n
    return f"Repeat these arms in {more} more experiment{'s' if more > 1 else ''}."


def _untestable(
    claim: Claim, contrast: Contrast, reason: str, advice: str, relation: str = ""
) -> Judged:
    nothing = float("nan")
    return Judged(claim, contrast, nothing, "untestable", relation, reason, advice, nothing)
