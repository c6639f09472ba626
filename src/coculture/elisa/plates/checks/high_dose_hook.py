"""High-dose hook: the highest standard reads too low (prozone effect)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coculture.curves.fitted_curve import FittedCurve
from coculture.curves.fitting import CurveError, fit_curves
from coculture.curves.variance_function import VarianceFunction, starting_variance_function
from coculture.elisa.plates.checks.check_result import CheckResult, finite

Floats = NDArray[np.float64]

DROP_LIMIT = 1.8
SHORTFALL_LIMIT, SHORTFALL_LIMIT_OF_START = 2.3, 2.5
"""In standard deviations: of a drop from the next lower to the highest standard, and of the highest
standard below the curve through the others, where the scatter of wells is estimated, or assumed.
The latter is the likelihood ratio of a free highest standard against the nearest rising curve. Of
200 to 300 simulated curves that reach their plateau 0.5 to 2 % are flagged, and 94 to 96 % of hooks
of 20 % are found with 2-fold steps and duplicates of a CV of 5 % (90 % where the CV is assumed).
With 3-fold steps and a CV of 8 % it is 90 % of hooks of 30 %, where the most is 92 % (52 and 57 %
of 20 %); the distance from a predicted highest standard found 69 %. A CV of 8 % that is assumed to
be 6 % gives 2 to 3 % false flags, and a limit that gives 2 % finds fewer than 90 % of hooks of 20 %
with a CV of 5 %; of the plates of a study the scatter is known."""
LEAST_DROP = 0.10
"""Smaller ones matter less than the scatter of a well."""
_PRIOR_DF = 12
"""Of the variance function, beside the degrees of freedom of the curve through the others."""


@dataclass(frozen=True)
class Shortfall:
    """How far the highest standard reads below what was expected.

    Attributes
    ----------
    share
        Of the expected response.
    deviations
        In standard deviations: of the difference, or, from the curve, the signed root of the
        likelihood ratio (highest standard on a rising curve with the others, or free).
    limit
        Of the deviations.
    """

    share: float
    deviations: float
    limit: float


_NONE = Shortfall(float("nan"), float("nan"), float("nan"))


def results(curve: FittedCurve) -> Iterator[CheckResult]:
    """A warning where one of the two differences is beyond its limit; the larger one is stated."""
    drop, shortfall = _differences(curve)
    by_drop = not _in_limits(drop) < _in_limits(shortfall)
    found = drop if by_drop else shortfall
    below = "the next lower standard" if by_drop else "the curve through the other standards"
    is_hook = _in_limits(found) > 1
    yield CheckResult(
        "high_dose_hook",
        "high-dose hook",
        finite(found.deviations),
        finite(found.limit),
        "SD",
        "warning" if is_hook else "pass",
        f"How far the highest standard reads below {below}.",
        f"High-dose hook: the highest standard reads {100 * found.share:.0f} % "
        f"({found.deviations:.1f} SD) below {below} (limits {100 * LEAST_DROP:.0f} % and "
        f"{found.limit:g} SD). Samples of very high concentration may read too low; dilute them "
        "further."
        if is_hook
        else "",
    )


def _in_limits(found: Shortfall) -> float:
    """A difference in limits; one that is too small to matter counts as at most one limit."""
    if not np.isfinite(found.deviations):
        return -np.inf
    multiple = found.deviations / found.limit
    return multiple if found.share >= LEAST_DROP else min(multiple, 1.0)


def _differences(curve: FittedCurve) -> tuple[Shortfall, Shortfall]:
    """From the next lower standard, and from the curve through the others."""
    kept = curve.weights > 0
    x, y = curve.concentrations[kept], curve.responses[kept]
    levels = np.unique(x)
    if len(levels) < 2:
        return _NONE, _NONE
    function = curve.variance_function or curve.well_scatter
    function = function or starting_variance_function(curve.responses)
    is_top = x == levels[-1]
    fits = _with_and_without(curve, function, x, y, is_top)
    scatter = 1.0
    if fits is not None:
        freedom = _PRIOR_DF + fits.others.degrees_of_freedom
        scatter = (_PRIOR_DF + fits.others.weighted_sum_of_squares) / freedom
    top, below = y[is_top], y[x == levels[-2]]
    found, lower = curve.rising * float(top.mean()), curve.rising * float(below.mean())
    of_drop = scatter * float(function.variance(lower)) * (1 / len(top) + 1 / len(below))
    drop = _shortfall(
        lower, found, (lower - found) / of_drop**0.5 if of_drop > 0 else np.nan, DROP_LIMIT
    )
    if fits is None:
        return drop, _NONE
    expected = curve.rising * float(fits.others.response(levels[-1:])[0])
    # What the likelihood gains if the highest standard need not lie on the curve.
    gain = _deviance(fits.whole, function, x, y)
    gain -= _deviance(fits.others, function, x[~is_top], y[~is_top])
    gain -= _deviance_from(top, float(top.mean()), function)
    deviations = float(np.sign(expected - found) * np.sqrt(max(gain, 0.0) / scatter))
    limit = SHORTFALL_LIMIT if function.estimated else SHORTFALL_LIMIT_OF_START
    return drop, _shortfall(expected, found, deviations, limit)


def _shortfall(expected: float, found: float, deviations: float, limit: float) -> Shortfall:
    share = (expected - found) / abs(expected) if expected else float("nan")
    return Shortfall(share, deviations, limit)


def _deviance(fit: FittedCurve, function: VarianceFunction, x: Floats, y: Floats) -> float:
    """Minus twice the log-likelihood of wells around a curve, but for a constant."""
    return _deviance_from(y, fit.response(x), function)


def _deviance_from(y: Floats, expected: Floats | float, function: VarianceFunction) -> float:
    variance = function.variance(expected)
    return float(np.sum(np.log(variance) + (y - expected) ** 2 / variance))


@dataclass(frozen=True)
class _Fits:
    """The best rising (or falling) curves through all standards and without the highest."""

    whole: FittedCurve
    others: FittedCurve


def _with_and_without(
    curve: FittedCurve,
    function: VarianceFunction,
    x: Floats,
    y: Floats,
    is_top: NDArray[np.bool_],
) -> _Fits | None:
    """Both curves, always weighted by the scatter of wells; None if the others are too few.

    Without weights the low standards count for nothing, and the error of the curve is that of the
    high ones. A log-log line has no plateau; a 4PL is fitted in its place.
    """
    known = {name: curve.parameters[name] for name, se in curve.standard_errors.items() if se == 0}
    is_line = curve.model == "log_log"
    try:
        whole, others = fit_curves(
            x[None, :],
            np.stack([y, np.where(is_top, np.nan, y)]),
            "4PL" if is_line else curve.model,
            "variance_function",
            fixed={} if is_line else known,
            variance_function=function,
        )
    except CurveError:
        return None
    return _Fits(whole, others) if others.degrees_of_freedom > 0 else None
