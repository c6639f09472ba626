"""Whether one well lies so far off the curve through the others that it is not to be believed.

Each well is predicted from the curve through all others. The well that lies farthest off, in
standard errors of the prediction, is left out if Student's t with Bonferroni's correction for the
number of wells says so (R. D. Cook and S. Weisberg, Residuals and Influence in Regression, 1982,
section 2.2). Only one well is left out. Where leaving out another well of the same concentration
explains the rest as well, none is: the data do not say which of them is right.
"""

from dataclasses import dataclass

import numpy as np

from coculture.curves.fitted_curve import FittedCurve
from coculture.distributions import t_below

_KNOWN_LEVEL, _OWN_LEVEL = 0.02, 0.05
"""Chance that a sound curve loses a well, with a variance function that was estimated from more
plates, and with the scatter of the curve alone."""
_PRIOR_DF = 12
"""Of the estimated variance function, beside those of the curve."""
_AS_GOOD = 6.63
"""Difference of the sums of squares in variances: the 99 % point of chi-square with 1 df."""


@dataclass(frozen=True)
class Verdict:
    """The well that is left out, or the concentration of wells of which one may be wrong.

    Attributes
    ----------
    well
        Its position among the wells; None if all are kept.
    undecided
        The concentration; None if no well is far off, or it is known which one.
    """

    well: int | None = None
    undecided: float | None = None


def verdict(curve: FittedCurve, without: list[FittedCurve | None]) -> Verdict:
    """Judge the wells of a curve.

    Parameters
    ----------
    curve
        The fit of all p wells.
    without
        p fits, weighted by the variance function, each without one well; None where the rest does
        not determine a curve.
    """
    t = np.array(
        [
            0.0 if fit is None else abs(_standardised(curve, well, fit))
            for well, fit in enumerate(without)
        ]
    )
    worst = int(np.argmax(t))
    best = without[worst]
    if best is None:
        return Verdict()
    level = _KNOWN_LEVEL if _is_known(best) else _OWN_LEVEL
    if 2 * len(t) * t_below(-float(t[worst]), _freedom(best)) >= level:
        return Verdict()
    x = curve.concentrations
    rivals = [
        fit
        for well, fit in enumerate(without)
        if well != worst and x[well] == x[worst] and fit is not None
    ]
    limit = best.weighted_sum_of_squares + _AS_GOOD * _scatter(best)
    if any(rival.weighted_sum_of_squares < limit for rival in rivals):
        return Verdict(undecided=float(x[worst]))
    return Verdict(well=worst)


def _standardised(curve: FittedCurve, well: int, fit: FittedCurve) -> float:
    """A well minus its prediction by the others, in standard errors."""
    x = curve.concentrations[[well]]
    expected = fit.response(x)
    of_curve = fit.response_standard_error(x) ** 2 / fit.scale
    of_well = fit.well_variance(expected) / fit.scale
    error = np.sqrt(_scatter(fit) * (of_curve + of_well))[0]
    off = float(curve.responses[well] - expected[0])
    return off / float(error) if error > 0 else 0.0


def _is_known(fit: FittedCurve) -> bool:
    return fit.variance_function is not None and fit.variance_function.estimated


def _scatter(fit: FittedCurve) -> float:
    """Variance of the wells as a multiple of the variance function."""
    prior = _PRIOR_DF if _is_known(fit) else 0
    return (prior + fit.weighted_sum_of_squares) / _freedom(fit)


def _freedom(fit: FittedCurve) -> int:
    return fit.degrees_of_freedom + (_PRIOR_DF if _is_known(fit) else 0)
