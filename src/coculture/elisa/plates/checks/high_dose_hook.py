"""High-dose hook: the highest standard reads too low (prozone effect)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from coculture.curves.fitted_curve import FittedCurve
from coculture.curves.fitting import CurveError, fit_curves
from coculture.curves.models import Floats
from coculture.elisa.plates.checks.check_result import CheckResult, finite

DROP_LIMIT = 1.0
SHORTFALL_LIMIT = 2.5
"""In standard deviations: of a drop from a lower to the highest standard, and of the highest
standard below the curve through the others. In simulations (benchmarks/elisa_hard_curves.py) they
find more than nine of ten hooks that lower the highest standard by 30 %, and flag about one in
twenty sound curves."""

_HIGH = 4
"""Standards above a quarter of the largest response scatter in proportion to their mean."""


def results(curve: FittedCurve) -> Iterator[CheckResult]:
    """A warning where the drop or the shortfall is above its limit; the larger one is stated."""
    drop_sd, shortfall_sd = drop(curve), shortfall(curve)
    by_drop = not drop_sd / DROP_LIMIT < shortfall_sd / SHORTFALL_LIMIT
    number, limit = (drop_sd, DROP_LIMIT) if by_drop else (shortfall_sd, SHORTFALL_LIMIT)
    below = "a lower standard" if by_drop else "the curve through the other standards"
    is_hook = number > limit
    yield CheckResult(
        "high_dose_hook",
        "high-dose hook",
        finite(number),
        limit,
        "SD",
        "warning" if is_hook else "pass",
        f"How far the highest standard reads below {below}.",
        f"High-dose hook: the highest standard reads {number:.1f} SD below {below} (limit "
        f"{limit:g} SD). Samples of very high concentration may read too low; dilute them further."
        if is_hook
        else "",
    )


def drop(curve: FittedCurve) -> float:
    """How far the highest standard reads below a lower one, in standard deviations.

    The scatter is that of the variance function where it was estimated, otherwise that of the
    replicates among the high standards. NaN with fewer than two standards.
    """
    standards = _standards(curve)
    means = standards.means
    if len(means) < 2:
        return float("nan")
    best = int(np.argmax(means[:-1]))
    if means[best] <= means[-1]:
        return 0.0
    error = np.sqrt(_variances_of_means(curve, standards)[[best, -1]].sum())
    return float((means[best] - means[-1]) / error) if error > 0 else float("inf")


def shortfall(curve: FittedCurve) -> float:
    """How far the highest standard reads below a curve through the others, in standard deviations.

    They are those of the difference. NaN where the other standards do not determine a curve.
    """
    standards = _standards(curve)
    highest = standards.levels[-1:]
    lower = curve.concentrations < highest[0]
    known = {name: curve.parameters[name] for name, se in curve.standard_errors.items() if se == 0}
    try:
        (others,) = fit_curves(
            curve.concentrations[None, lower],
            curve.responses[None, lower],
            curve.model,
            curve.weighting,
            fixed=known,
            variance_function=curve.variance_function,
        )
    except CurveError:
        return float("nan")
    expected = curve.rising * others.response(highest)
    variance = others.response_standard_error(highest) ** 2
    with_expected = standards.with_highest_mean(expected[0])
    error = np.sqrt(variance[0] + _variances_of_means(curve, with_expected)[-1])
    difference = float(expected[0] - standards.means[-1])
    return difference / error if error > 0 else float("nan")


@dataclass(frozen=True)
class _Standards:
    """n concentrations in rising order, their wells' responses, and the means.

    The sign of the responses of a falling curve is changed, so that they rise.
    """

    levels: Floats
    wells: list[Floats]
    means: Floats

    def with_highest_mean(self, mean: float) -> "_Standards":
        return _Standards(self.levels, self.wells, np.array([*self.means[:-1], mean]))


def _standards(curve: FittedCurve) -> _Standards:
    levels = np.unique(curve.concentrations)
    wells = [curve.rising * curve.responses[curve.concentrations == level] for level in levels]
    return _Standards(levels, wells, np.array([values.mean() for values in wells]))


def _variances_of_means(curve: FittedCurve, standards: _Standards) -> Floats:
    """Variance of the mean of each level, from the variance function or from replicates."""
    means = standards.means
    counts = np.array([len(values) for values in standards.wells])
    if curve.variance_function is not None and curve.variance_function.estimated:
        known: Floats = curve.variance_function.variance(means) / counts
        return known
    high = (counts > 1) & (np.abs(means) > np.abs(means).max() / _HIGH)
    if not high.any():
        residual: Floats = curve.well_variance(means) / counts
        return residual
    within = np.array(
        [values.var(ddof=1) for values, use in zip(standards.wells, high, strict=True) if use]
    )
    squared_cv = float(np.average(within / means[high] ** 2, weights=counts[high] - 1))
    variances: Floats = squared_cv * means**2 / counts
    return variances
