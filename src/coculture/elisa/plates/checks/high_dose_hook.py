"""High-dose hook: the highest standard reads too low (prozone effect)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from coculture.curves.fitted_curve import FittedCurve
from coculture.curves.fitting import CurveError, fit_curves
from coculture.curves.variance_function import VarianceFunction, starting_variance_function
from coculture.elisa.plates.checks.check_result import CheckResult, finite

DROP_LIMIT = 1.8
SHORTFALL_LIMIT = 2.2
"""In standard deviations: of a drop from the next lower to the highest standard, and of the highest
standard below the curve through the others. By benchmarks/elisa_hooks.py at most one in fifty sound
curves that reach their plateau is flagged, and more than nine of ten hooks of 20 % are found with
2-fold steps and duplicates of a CV of 5 %. With 3-fold steps and a CV of 8 % it is 70 to 85 % of
hooks of 30 %; a likelihood ratio against the nearest rising 4PL, with the error known, finds 92 %
at most (57 % of 20 %)."""
LEAST_DROP = 0.10
"""Smaller ones matter less than the scatter of a well."""
_LARGEST_ERROR = 0.12
"""Of the curve through the others, as a share of its response: beyond it, it predicts nothing."""
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
        In standard deviations of the difference.
    """

    share: float
    deviations: float


_NONE = Shortfall(float("nan"), float("nan"))


def results(curve: FittedCurve) -> Iterator[CheckResult]:
    """A warning where one of the two differences is beyond its limit; the larger one is stated."""
    drop, shortfall = _differences(curve)
    by_drop = not _in_limits(drop, DROP_LIMIT) < _in_limits(shortfall, SHORTFALL_LIMIT)
    found, limit = (drop, DROP_LIMIT) if by_drop else (shortfall, SHORTFALL_LIMIT)
    below = "the next lower standard" if by_drop else "the curve through the other standards"
    is_hook = _in_limits(found, limit) > 1
    yield CheckResult(
        "high_dose_hook",
        "high-dose hook",
        finite(found.deviations),
        limit,
        "SD",
        "warning" if is_hook else "pass",
        f"How far the highest standard reads below {below}.",
        f"High-dose hook: the highest standard reads {100 * found.share:.0f} % "
        f"({found.deviations:.1f} SD) below {below} (limits {100 * LEAST_DROP:.0f} % and {limit:g} "
        "SD). Samples of very high concentration may read too low; dilute them further."
        if is_hook
        else "",
    )


def _in_limits(found: Shortfall, limit: float) -> float:
    """A difference in limits; one that is too small to matter counts as at most one limit."""
    if not np.isfinite(found.deviations):
        return -np.inf
    multiple = found.deviations / limit
    return multiple if found.share >= LEAST_DROP else min(multiple, 1.0)


def _differences(curve: FittedCurve) -> tuple[Shortfall, Shortfall]:
    """From the next lower standard, and from the curve through the others."""
    kept = curve.weights > 0
    x, y = curve.concentrations[kept], curve.rising * curve.responses[kept]
    levels = np.unique(x)
    if len(levels) < 2:
        return _NONE, _NONE
    function = curve.variance_function or starting_variance_function(curve.responses)
    others = _through_the_others(curve, function, x < levels[-1])
    scatter = 1.0
    if others is not None:
        freedom = _PRIOR_DF + others.degrees_of_freedom
        scatter = (_PRIOR_DF + others.weighted_sum_of_squares) / freedom
    top, below = (y[x == level] for level in levels[[-1, -2]])

    def well_variance(response: float) -> float:
        return scatter * float(function.variance(response))

    lower = float(below.mean())
    of_drop = well_variance(lower) * (1 / len(top) + 1 / len(below))
    drop = _shortfall(lower, float(top.mean()), of_drop)
    if others is None:
        return drop, _NONE
    expected = curve.rising * float(others.response(levels[-1:])[0])
    of_curve = float(others.response_standard_error(levels[-1:])[0] ** 2)
    of_curve *= scatter / others.scale if others.scale > 0 else np.inf
    if not of_curve <= (_LARGEST_ERROR * expected) ** 2:
        return drop, _NONE
    variance = of_curve + well_variance(expected) / len(top)
    return drop, _shortfall(expected, float(top.mean()), variance)


def _shortfall(expected: float, found: float, variance: float) -> Shortfall:
    if not (variance > 0 and expected):
        return _NONE
    difference = expected - found
    return Shortfall(difference / abs(expected), float(difference / np.sqrt(variance)))


def _through_the_others(
    curve: FittedCurve,
    function: VarianceFunction,
    lower: "np.ndarray[tuple[int], np.dtype[np.bool_]]",
) -> FittedCurve | None:
    """The curve through the standards below the highest, always weighted by the scatter of wells.

    Without weights the low standards count for nothing, and the error of the curve is that of the
    high ones. A log-log line has no plateau; a 4PL is fitted in its place.
    """
    kept = curve.weights > 0
    known = {name: curve.parameters[name] for name, se in curve.standard_errors.items() if se == 0}
    is_line = curve.model == "log_log"
    try:
        (others,) = fit_curves(
            curve.concentrations[kept][None, lower],
            curve.responses[kept][None, lower],
            "4PL" if is_line else curve.model,
            "variance_function",
            fixed={} if is_line else known,
            variance_function=function,
        )
    except CurveError:
        return None
    return others if others.degrees_of_freedom > 0 else None
