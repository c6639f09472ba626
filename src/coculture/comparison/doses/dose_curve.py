"""The dose-response curve of one experiment.

A 4PL through the means of the doses (`coculture.curves.dose_response`). With four or five doses its
plateau at dose zero is the untreated mean of the same experiment; from six doses on all four
parameters are free. EC50 is the dose midway between its own two plateaus, on the analysis scale. It
is believed only between the lowest dose and the second highest: above, fewer than two doses show
the other plateau, and below, no dose shows where the curve begins. Outside only a bound is given:
the lowest dose, or the dose with half of the effect that is seen at the highest dose.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coculture.curves.dose_response import fit_dose_response
from coculture.curves.models import exponent_at, fractions, logarithm

Floats = NDArray[np.float64]

DOSES_OF_A_CURVE = 4
"""With fewer, three free parameters and a plateau leave nothing to see a misfit with."""
DOSES_OF_A_FREE_CURVE = 6
"""From here on the plateau at dose zero is fitted, too."""
DOSES_BEYOND = 2
"""Doses beyond the half effect without which the other plateau is not seen."""
_MOST_EFFECT = 2.0
"""The plateau at infinity lies at most this many times the largest effect from untreated: the rule
that doses lie beyond the half effect, as a bound of the fit."""

State = Literal[
    "curve", "not_reached", "below_doses", "no_effect", "too_few_doses", "no_untreated", "bound"
]
"""curve: EC50 lies inside the doses. not_reached: fewer than two doses lie beyond the half effect.
below_doses: all of them do. no_effect: nothing changes in the direction of the curve. bound: the
mean of a dose or of the untreated wells is only a bound."""


@dataclass(frozen=True)
class Potency:
    """A dose, or a bound of it: `relation` is ">=" or "<=". NaN if nothing is known.

    `fitted_beyond` is the dose beyond which the curve puts it. That is no bound, because it rests
    on a plateau that no dose shows, but where a likelihood of all experiments takes it as censored.
    """

    value: float
    relation: str = ""
    fitted_beyond: float = float("nan")


UNKNOWN = Potency(float("nan"))


@dataclass(frozen=True)
class DoseCurve:
    """The curve of one experiment, on the analysis scale (points, or ln of a concentration).

    Attributes
    ----------
    doses, responses
        The doses above zero that the experiment has, ascending, and their means.
    untreated
        The mean of its untreated wells; NaN without.
    direction
        1 for a curve that rises with the dose, -1 for one that falls.
    plateau_at_zero, plateau
        The response at dose zero and at infinity. NaN, as slope and mid-point, if there is no fit.
    slope
        The Hill slope, above 0 in both directions.
    midpoint
        The dose midway between the plateaus, also where it is not believed: see `ec50`.
    """

    doses: tuple[float, ...]
    responses: tuple[float, ...]
    untreated: float
    direction: int
    state: State
    plateau_at_zero: float = float("nan")
    plateau: float = float("nan")
    slope: float = float("nan")
    midpoint: float = float("nan")

    @property
    def is_fitted(self) -> bool:
        """Whether there is a curve with an EC50 inside the doses."""
        return self.state == "curve"

    @property
    def ec50(self) -> Potency:
        """The dose midway between the plateaus, or its bound."""
        if self.state == "curve":
            return Potency(self.midpoint)
        if self.state == "below_doses":
            return Potency(self.doses[0], "<=")
        if self.state == "not_reached":
            return Potency(self._half_of_seen, ">=", self.doses[-DOSES_BEYOND])
        if self.state == "no_effect":
            return Potency(self.doses[-DOSES_BEYOND], ">=")
        return UNKNOWN

    @property
    def _half_of_seen(self) -> float:
        """The dose with half of the effect that the curve has at the highest dose.

        The plateau lies at or beyond that effect, wherever it is, so the EC50 is not lower. The
        fitted mid-point is no bound: it rests on a plateau that no dose shows.
        """
        seen = float(self.response([self.doses[-1]])[0])
        half = float(self.dose_at([(self.plateau_at_zero + seen) / 2])[0])
        return min(half, self.doses[-1])

    def dose_of_level(self, level: float) -> Potency:
        """The dose at which the curve passes `level`, as IC50 at half of untreated; or its bound.

        It is read inside the doses only, where the curve is believed. Otherwise it is at least the
        highest dose up to which no mean has passed the level.
        """
        if self.state == "curve":
            dose = float(self.dose_at([level])[0])
            if self.doses[0] <= dose <= self.doses[-1]:
                return Potency(dose)
            has_passed = self.direction * (float(self.response([self.doses[0]])[0]) - level) >= 0
            return Potency(self.doses[0], "<=") if has_passed else Potency(self.doses[-1], ">=")
        if self.state in ("not_reached", "no_effect"):
            passed = self.direction * (np.array(self.responses) - level) >= 0
            before = int(np.argmax(passed)) if passed.any() else len(passed)
            return Potency(self.doses[before - 1], ">=") if before else UNKNOWN
        return UNKNOWN

    def response(self, dose: ArrayLike) -> Floats:
        """The fitted response at doses of 0 or more, of any shape; NaN without a fit."""
        x = np.asarray(dose, dtype=float)
        at = fractions("4PL", logarithm(x.ravel()), np.log([self.slope, self.midpoint]))
        span = self.plateau - self.plateau_at_zero
        return np.asarray(self.plateau_at_zero + span * at.risen).reshape(x.shape)

    def dose_at(self, response: ArrayLike) -> Floats:
        """The dose of each response, of any shape, also outside the doses; the inverse of
        `response`. NaN at and beyond a plateau, and without a fit."""
        y = np.asarray(response, dtype=float)
        span = self.plateau - self.plateau_at_zero
        with np.errstate(divide="ignore", invalid="ignore"):
            risen = (y - self.plateau_at_zero) / span
            inside = (risen > 0) & (risen < 1)
            risen = np.where(inside, risen, np.nan)
            exponent = exponent_at("4PL", 1 - risen, risen, 1.0)
        return np.asarray(self.midpoint * np.exp(exponent / self.slope))


def dose_curve(
    doses: Sequence[float],
    responses: Sequence[float],
    untreated: float,
    direction: int,
    bounds: tuple[float, float] | None = None,
) -> DoseCurve:
    """The curve of one experiment: `dose_curves` of a single one.

    >>> curve = dose_curve([1, 3, 10, 30, 100], [12, 24, 50, 68, 71], 10, 1, (0, 100))
    >>> curve.state, round(curve.ec50.value, 1)
    ('curve', 6.8)
    """
    (curve,) = dose_curves(
        np.asarray(doses, dtype=float),
        np.asarray(responses, dtype=float)[None, :],
        np.array([untreated], dtype=float),
        direction,
        bounds,
    )
    return curve


def dose_curves(
    doses: Floats,
    responses: Floats,
    untreated: Floats,
    direction: int,
    bounds: tuple[float, float] | None = None,
) -> list[DoseCurve]:
    """The curves of n experiments, fitted at once.

    Parameters
    ----------
    doses
        The p doses above zero, ascending.
    responses
        n x p means on the analysis scale; NaN where an experiment lacks a dose, infinite where its
        mean is only a bound.
    untreated
        The mean of each experiment's untreated wells (n); NaN and infinite likewise.
    direction
        1 if the response rises with the dose, -1 if it falls: that of all experiments together
        (`direction_of`), so that noise does not decide it for one of them.
    bounds
        Of the endpoint, such as 0 and 100 for a percent.
    """
    present = ~np.isnan(responses)
    patterns, of_pattern = np.unique(present, axis=0, return_inverse=True)
    found: dict[int, DoseCurve] = {}
    for i, pattern in enumerate(patterns):
        rows = np.flatnonzero(of_pattern.reshape(-1) == i)
        curves = _of_same_doses(
            doses[pattern], responses[rows][:, pattern], untreated[rows], direction, bounds
        )
        found |= dict(zip(rows.tolist(), curves, strict=True))
    return [found[row] for row in range(len(responses))]


def direction_of(responses: Floats, untreated: Floats) -> int:
    """1 if the response rises with the dose, else -1: from the trend of all experiments together.

    The trend is the contrast that is linear in the rank of the dose, untreated being the lowest.
    Responses (n x p) and untreated means (n) are those of `dose_curves`.
    """
    every = np.column_stack([untreated, responses])
    usable = np.where(np.isfinite(every), every, np.nan)
    usable = usable[np.isfinite(usable).any(axis=1)][:, np.isfinite(usable).any(axis=0)]
    mean = np.nanmean(usable - np.nanmean(usable, axis=1, keepdims=True), axis=0)
    rank = np.flatnonzero(np.isfinite(every).any(axis=0)) - every.shape[1] / 2 + 0.5
    return 1 if float(np.nansum(rank * mean)) >= 0 else -1


def _of_same_doses(
    doses: Floats,
    responses: Floats,
    untreated: Floats,
    direction: int,
    bounds: tuple[float, float] | None,
) -> list[DoseCurve]:
    """Those of experiments that all have the same doses."""
    with np.errstate(invalid="ignore"):
        most = (direction * (responses - untreated[:, None])).max(axis=1, initial=-np.inf)
    states = [
        _state_without_fit(len(doses), row, u, effect)
        for row, u, effect in zip(responses, untreated, most, strict=True)
    ]
    given = tuple(doses.tolist())
    curves = [
        DoseCurve(given, tuple(row.tolist()), float(u), direction, state or "no_effect")
        for row, u, state in zip(responses, untreated, states, strict=True)
    ]
    rows = np.array([i for i, state in enumerate(states) if state is None], dtype=int)
    if len(rows):
        for i, curve in zip(
            rows.tolist(),
            _fitted(doses, responses[rows], untreated[rows], direction, most[rows], bounds),
            strict=True,
        ):
            curves[i] = curve
    return curves


def _state_without_fit(
    doses: int, responses: Floats, untreated: float, most: float
) -> State | None:
    """Why an experiment has no fit; None if it can have one."""
    if np.isnan(untreated):
        return "no_untreated"
    if not np.isfinite([untreated, *responses]).all():
        return "bound"
    if doses < DOSES_OF_A_CURVE:
        return "too_few_doses"
    return None if most > 0 else "no_effect"


def _fitted(
    doses: Floats,
    responses: Floats,
    untreated: Floats,
    direction: int,
    most: Floats,
    bounds: tuple[float, float] | None,
) -> list[DoseCurve]:
    farthest = np.clip(untreated + direction * _MOST_EFFECT * most, *(bounds or (None, None)))
    plateau = np.sort(np.column_stack([untreated, farthest]), axis=1)
    if len(doses) >= DOSES_OF_A_FREE_CURVE:
        every = np.column_stack([untreated, responses])
        fits = fit_dose_response(np.concatenate([[0.0], doses]), every, plateau)
    else:
        fits = fit_dose_response(doses, responses, plateau, untreated)
    slopes, midpoints = np.exp(fits.shape).T
    return [
        DoseCurve(
            doses=tuple(doses.tolist()),
            responses=tuple(responses[i].tolist()),
            untreated=float(untreated[i]),
            direction=direction,
            state=_state(doses, midpoints[i], direction * (high - low)),
            plateau_at_zero=float(low),
            plateau=float(high),
            slope=float(slopes[i]),
            midpoint=float(midpoints[i]),
        )
        for i, (low, high) in enumerate(
            zip(fits.response_at_zero, fits.response_at_infinity, strict=True)
        )
    ]


def _state(doses: Floats, midpoint: float, effect: float) -> State:
    if not effect > 0:
        return "no_effect"
    if midpoint < doses[0]:
        return "below_doses"
    return "curve" if (doses > midpoint).sum() >= DOSES_BEYOND else "not_reached"
