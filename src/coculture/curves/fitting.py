"""Fitting many dose-response or standard curves at once."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypedDict, Unpack

import numpy as np
from numpy.typing import ArrayLike

from coculture.curves.deletion_test import verdict
from coculture.curves.fitted_curve import FittedCurve
from coculture.curves.models import PARAMETERS, Floats, fractions, logarithm
from coculture.curves.separable_problem import Booleans, range_of
from coculture.curves.variable_projection import SigmoidFits, fit_sigmoids
from coculture.curves.variance_function import VarianceFunction, starting_variance_function
from coculture.curves.weights import WEIGHTINGS, Batch, well_weights
from coculture.exchange.problems import CocultureError
from coculture.linear_algebra import inverted, product, singular_values

MODELS = tuple(PARAMETERS)
_REWEIGHTINGS = 30
_SEARCHES = 2
"""Fits that search the whole grid; later ones start from the fit before."""
_NEARLY_SETTLED, _SETTLED = 1e-9, 1e-12
"""Changes of ln b, ln c and ln g; reweighting ends below the smaller one, and below the larger one
where changes no longer shrink, which are rounding."""
_RESTARTS = 4
_FARTHEST_ASYMPTOTE = 10.0
"""In ranges of the responses: the wells then show at most a tenth of the curve."""
_UNDETERMINED_SHARE = 1e-3
"""Of a direction of the scaled parameters that the data do not determine."""
_NO_BETTER = 1e-6
"""A search that lowers the sum of squares by a smaller share has found the same fit."""
_SHAPE_PARAMETERS = ("b", "c", "g")


class CurveError(CocultureError):
    """The data or the options do not allow a curve; the message says why."""


class FitOptions(TypedDict, total=False):
    """Keywords of every function that fits curves.

    Attributes
    ----------
    fixed
        Parameters that are known, for example `{"A": 0}` after a blank was subtracted.
    variance_function
        For the weighting of that name; without one, starting values are used.
    bisquare
        Leave out the one well, if any, that lies farther off the curve through the others than
        chance explains (:mod:`coculture.curves.deletion_test`). The name is that of the biweight
        that did this before.
    """

    fixed: Mapping[str, float] | None
    variance_function: VarianceFunction | None
    bisquare: bool


def fit_curve(
    concentration: ArrayLike,
    response: ArrayLike,
    model: str = "4PL",
    weighting: str = "none",
    **options: Unpack[FitOptions],
) -> FittedCurve:
    """Fit one curve.

    Parameters
    ----------
    concentration, response
        One value for each well; concentrations of 0 or more. Wells with a NaN response are not
        used.
    model
        4PL, 5PL_pos, 5PL_neg or log_log (see :mod:`coculture.curves.models`).
    weighting
        none, 1/y, 1/y2 (of the observed response) or variance_function, which weights by
        1 / variance at the fitted response, refitted until it no longer changes.
    options
        See :class:`FitOptions`.

    Raises
    ------
    CurveError
        If there are too few wells or concentrations, a negative concentration, or an unknown
        model, weighting or parameter. Other finite data always give a curve.

    >>> curve = fit_curve([0, 10, 30, 100, 300, 1000], [0.05, 0.21, 0.47, 1.05, 1.75, 2.4])
    >>> sorted(curve.parameters)
    ['A', 'D', 'b', 'c']
    """
    (curve,) = fit_curves(
        np.asarray(concentration, dtype=float).reshape(1, -1),
        np.asarray(response, dtype=float).reshape(1, -1),
        model,
        weighting,
        **options,
    )
    return curve


def fit_curves(
    concentration: Floats,
    response: Floats,
    model: str = "4PL",
    weighting: str = "none",
    *,
    fixed: Mapping[str, float] | None = None,
    variance_function: VarianceFunction | None = None,
    bisquare: bool = False,
) -> list[FittedCurve]:
    """Fit n curves of p wells each at once.

    Parameters
    ----------
    concentration, response
        n x p, or shapes that broadcast to it; NaN responses are absent wells.

    The other parameters, and the errors, are those of :func:`fit_curve`.
    """
    x, y = np.broadcast_arrays(np.atleast_2d(concentration), np.atleast_2d(response))
    fixed = dict(fixed or {})
    _check(x, y, model, weighting, fixed)
    batch = Batch(
        np.array(x, dtype=float),
        np.array(y, dtype=float),
        model,
        weighting,
        fixed,
        _variance_functions(y, weighting, variance_function),
    )
    curves = _fit(batch)
    return [_robust(curve, fixed, variance_function) for curve in curves] if bisquare else curves


def _fit(batch: Batch) -> list[FittedCurve]:
    return _fit_lines(batch) if batch.model == "log_log" else _fit_sigmoids(batch)


def _robust(
    curve: FittedCurve, fixed: dict[str, float], given: VarianceFunction | None
) -> FittedCurve:
    """The fit without the well that the deletion test leaves out.

    The test always has the weights of the variance function: with others, the scatter of the high
    wells hides what is wrong with a low one.
    """
    function = given or curve.variance_function or starting_variance_function(curve.responses)
    found = verdict(curve, _without_each_well(curve, fixed, function))
    if found.well is None:
        return replace(curve, undecided_level=found.undecided)
    x, y, well = curve.concentrations, curve.responses, found.well
    rest = np.delete(np.arange(len(x)), well)
    (fit,) = fit_curves(
        x[None, rest],
        y[None, rest],
        curve.model,
        curve.weighting,
        fixed=fixed,
        variance_function=given,
    )
    return replace(
        fit,
        concentrations=x,
        responses=y,
        weights=np.insert(fit.weights, well, 0.0),
        wells_not_fitted=curve.wells_not_fitted,
        left_out=(well,),
    )


def _without_each_well(
    curve: FittedCurve, fixed: dict[str, float], function: VarianceFunction
) -> list[FittedCurve | None]:
    """Fits without one well each; None where fewer than two degrees of freedom are left."""
    x, y = curve.concentrations, curve.responses
    needed = len(PARAMETERS[curve.model]) - len(fixed)
    possible = [
        well
        for well in range(len(x))
        if len(np.unique(np.delete(x, well))) >= needed and len(x) - 1 - needed >= 2
    ]
    if not possible:
        return [None] * len(x)
    left = np.tile(y, (len(possible), 1))
    left[np.arange(len(possible)), possible] = np.nan
    fits = fit_curves(
        x[None, :],
        left,
        curve.model,
        "variance_function",
        fixed=fixed,
        variance_function=function,
    )
    of_well = dict(zip(possible, fits, strict=True))
    return [of_well.get(well) for well in range(len(x))]


def _check(x: Floats, y: Floats, model: str, weighting: str, fixed: dict[str, float]) -> None:
    if model not in MODELS:
        raise CurveError(f'"{model}" is not a curve; choose one of {", ".join(MODELS)}')
    if weighting not in WEIGHTINGS:
        raise CurveError(f'"{weighting}" is not a weighting; choose one of {", ".join(WEIGHTINGS)}')
    unknown = set(fixed) - set(PARAMETERS[model])
    if unknown or (model == "log_log" and fixed):
        raise CurveError(f"{model} has no parameter {', '.join(sorted(fixed))} to fix")
    if any(not value > 0 for name, value in fixed.items() if name in _SHAPE_PARAMETERS):
        raise CurveError("a fixed slope, mid-point or asymmetry must be above 0")
    if not (np.isfinite(x) & (x >= 0)).all():
        raise CurveError("concentrations must be numbers of 0 or more")
    usable = np.isfinite(y) if model != "log_log" else np.isfinite(y) & (x > 0) & (y > 0)
    needed = len(PARAMETERS[model]) - len(fixed)
    ordered = np.sort(np.where(usable, x, np.nan), axis=1)
    levels = (np.diff(ordered, axis=1) > 0).sum(axis=1) + usable.any(axis=1)
    if (levels < needed).any():
        raise CurveError(
            f"{levels.min()} concentrations do not determine the {needed} parameters of {model}"
        )


def _variance_functions(
    y: Floats, weighting: str, given: VarianceFunction | None
) -> list[VarianceFunction] | None:
    if weighting != "variance_function":
        return None
    return [given or starting_variance_function(row) for row in y]


def _fit_sigmoids(batch: Batch) -> list[FittedCurve]:
    log_x = logarithm(batch.x)
    weight = well_weights(batch, batch.y)
    fits = fit_sigmoids(batch.model, log_x, batch.y, weight, batch.fixed)
    if batch.variance_functions is not None:
        weight, fits = _reweighted(batch, log_x, fits)
    return _curves(batch, weight, fits)


def _reweighted(batch: Batch, log_x: Floats, fits: SigmoidFits) -> tuple[Floats, SigmoidFits]:
    """Weights that follow from the fit, and the fit that is the best with these weights.

    Weights that settle near a local minimum keep the fit there, so the whole grid is searched once
    more with them; where that finds a better fit, the weights settle again from it. Where every
    settled fit has a better one with its own weights, the weights of the likeliest of them stay.
    """
    weight, fits = _settled(batch, log_x, fits, _SEARCHES)
    likeliest, least = weight.copy(), _deviance(batch, weight, fits)
    curves = np.arange(len(batch.y))
    for restart in range(_RESTARTS + 1):
        last = restart == _RESTARTS
        if last:
            weight[curves] = likeliest[curves]
        part, among = batch.take(curves), log_x[curves]
        again = fit_sigmoids(part.model, among, part.y, weight[curves], part.fixed)
        better = again.sum_of_squares < (1 - _NO_BETTER) * fits.sum_of_squares[curves]
        if last or not better.any():
            fits = fits.replaced(curves, again) if last else fits
            break
        curves, again = curves[better], again.take(np.flatnonzero(better))
        part = batch.take(curves)
        weight[curves], settled = _settled(part, log_x[curves], again, 1)
        fits = fits.replaced(curves, settled)
        deviance = _deviance(part, weight[curves], settled)
        likelier = curves[deviance < least[curves]]
        likeliest[likelier] = weight[likelier]
        least[curves] = np.minimum(least[curves], deviance)
    return weight, fits


def _deviance(batch: Batch, weight: Floats, fits: SigmoidFits) -> Floats:
    """-2 ln likelihood of each curve (n) but for a constant; weights are 1 / variance."""
    present = batch.present
    logs = np.log(np.where(present, weight, 1.0)).sum(axis=1)
    known = [f.estimated for f in batch.variance_functions or ()]
    sums = np.maximum(fits.sum_of_squares, np.finfo(float).tiny)
    scatter = np.where(known, sums, present.sum(axis=1) * np.log(sums))
    deviance: Floats = scatter - logs
    return deviance


def _settled(
    batch: Batch, log_x: Floats, fits: SigmoidFits, searches: int
) -> tuple[Floats, SigmoidFits]:
    """Refitted with the weights of the fit before until neither changes; the first fits search."""
    weight, last = np.empty(0), np.inf
    for repeat in range(_REWEIGHTINGS):
        before = fits.shape
        weight = well_weights(batch, _fitted(batch, log_x, fits))
        start = None if repeat < searches - 1 else before
        fits = fit_sigmoids(batch.model, log_x, batch.y, weight, batch.fixed, start)
        change = float(np.abs(fits.shape - before).max())
        if repeat and (change < _SETTLED or (change < _NEARLY_SETTLED and change > last / 2)):
            break
        last = change
    return weight, fits


def _fitted(batch: Batch, log_x: Floats, fits: SigmoidFits) -> Floats:
    at = fractions(batch.model, log_x, fits.shape)
    a, d = fits.response_at_zero[:, None], fits.response_at_infinity[:, None]
    fitted: Floats = np.where(at.risen < 0.5, a + (d - a) * at.risen, d + (a - d) * at.left)
    return fitted


def _curves(batch: Batch, weight: Floats, fits: SigmoidFits) -> list[FittedCurve]:
    names = PARAMETERS[batch.model]
    values = np.column_stack(
        [fits.response_at_zero, fits.response_at_infinity, np.exp(fits.shape)]
    ).tolist()
    freedom = ((weight > 0).sum(axis=1) - sum(batch.free)).tolist()
    sums = fits.sum_of_squares.tolist()
    scales = [_scale(batch, i, sums[i], freedom[i]) for i in range(len(values))]
    inverse, undetermined = _inverse_information(batch, weight, fits)
    covariance = inverse * np.array(scales)[:, None, None]
    errors = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    undetermined |= _is_far_from_the_wells(batch, weight, fits) & np.array(batch.free)
    errors = np.where(undetermined, np.inf, errors).tolist()
    at_bound = fits.at_bound.tolist()
    present = batch.present
    wells: list[Any] = list(present)
    if present.all():
        wells = [slice(None)] * len(values)
    return [
        FittedCurve(
            model=batch.model,
            weighting=batch.weighting,
            parameters=dict(zip(names, values[i], strict=True)),
            standard_errors=dict(zip(names, errors[i], strict=True)),
            covariance=covariance[i],
            weighted_sum_of_squares=sums[i],
            degrees_of_freedom=freedom[i],
            scale=scales[i],
            variance_function=batch.variance_function_of(i),
            concentrations=batch.x[i, wells[i]],
            responses=batch.y[i, wells[i]],
            weights=weight[i, wells[i]],
            at_bound=tuple(
                name for name, at in zip(_SHAPE_PARAMETERS, at_bound[i], strict=False) if at
            ),
        )
        for i in range(len(values))
    ]


def _is_far_from_the_wells(batch: Batch, weight: Floats, fits: SigmoidFits) -> Booleans:
    """Which parameters (n x q) lie so far from the wells that the data cannot determine them.

    Their standard errors hold only near the fit, where the curve through the wells hardly changes
    with them. They are asymptotes many ranges of the responses away, a mid-point more than the
    range of ln x beyond the wells, and parts of the shape at a bound of the search.
    """
    used = weight > 0
    low = np.where(used, batch.y, np.inf).min(axis=1)
    high = np.where(used, batch.y, -np.inf).max(axis=1)
    reach = _FARTHEST_ASYMPTOTE * (high - low)
    lowest, span = range_of(logarithm(batch.x), weight)
    log_c = fits.shape[:, 1]
    far = np.column_stack(
        [
            (value < low - reach) | (value > high + reach)
            for value in (fits.response_at_zero, fits.response_at_infinity)
        ]
        + [fits.at_bound]
    )
    far[:, 3] |= (log_c < lowest - span) | (log_c > lowest + 2 * span)
    return far


def _inverse_information(
    batch: Batch, weight: Floats, fits: SigmoidFits
) -> tuple[Floats, Booleans]:
    """(J' W J)^-1 in the parameters of the model (n x q x q), 0 where fixed.

    Directions that the data do not determine are left out rather than blown up, so that the error
    of the curve itself stays right; the second value marks the parameters (n x q) that they change.
    """
    shape = fits.shape
    at = fractions(batch.model, logarithm(batch.x), shape)
    span = (fits.response_at_zero - fits.response_at_infinity)[:, None, None]
    by_natural = span * at.by_shape / np.exp(shape)[:, :, None]
    jacobian = np.concatenate([at.left[:, None, :], at.risen[:, None, :], by_natural], axis=1)
    free = np.array(batch.free)
    weighted = np.swapaxes(jacobian[:, free] * np.sqrt(weight)[:, None, :], 1, 2)
    size = np.sqrt((weighted**2).sum(axis=1, keepdims=True))
    divisor = np.where(size > 0, size, 1.0)
    # What overflows (responses of 1e200) has no covariance, but is no error either.
    scaled = np.nan_to_num(weighted / divisor, nan=0.0, posinf=0.0, neginf=0.0)
    singular, directions = singular_values(scaled)
    determined = singular > 1e-10 * singular[:, :1]
    inverse = np.where(determined, 1 / np.where(determined, singular, 1.0), 0.0)
    root = np.swapaxes(directions, 1, 2) * inverse[:, None, :]
    root = root / np.swapaxes(divisor, 1, 2)
    full = np.zeros((len(shape), len(free), len(free)))
    full[:, np.outer(free, free)] = product(root, np.swapaxes(root, 1, 2)).reshape(len(shape), -1)
    share = np.where(determined[:, :, None], 0.0, np.abs(directions)).max(axis=1, initial=0.0)
    undetermined = np.zeros((len(shape), len(free)), dtype=bool)
    undetermined[:, free] = (share > _UNDETERMINED_SHARE) | ~(size[:, 0, :] > 0)
    return full, undetermined


def _scale(batch: Batch, curve: int, sum_of_squares: float, freedom: int) -> float:
    functions = batch.variance_functions
    if functions is not None and functions[curve].estimated:
        return 1.0
    return sum_of_squares / freedom if freedom > 0 else float("nan")


def _fit_lines(batch: Batch) -> list[FittedCurve]:
    return [_fit_line(batch, i) for i in range(len(batch.y))]


def _fit_line(batch: Batch, curve: int) -> FittedCurve:
    """ln y on ln x; a weight of the response becomes one of its logarithm, times y^2."""
    x, y = batch.x[curve], batch.y[curve]
    usable = np.isfinite(y) & (x > 0) & (y > 0)
    log_x, log_y = np.log(x[usable]), np.log(y[usable])
    functions = batch.variance_functions
    weight = np.ones_like(log_y)
    if functions is not None:
        weight = y[usable] ** 2 / functions[curve].variance(y[usable])
    elif batch.weighting != "none":
        weight = y[usable] ** {"1/y": 1.0, "1/y2": 0.0}[batch.weighting]
    design = np.column_stack([np.ones_like(log_x), log_x])
    covariance_of_one = inverted(product(design.T, weight[:, None] * design))
    intercept, slope = product(covariance_of_one, product(design.T, weight * log_y))
    residual = log_y - intercept - slope * log_x
    sum_of_squares = float((weight * residual**2).sum())
    freedom = len(log_y) - 2
    scale = _scale(batch, curve, sum_of_squares, freedom)
    covariance = covariance_of_one * scale
    errors = np.sqrt(np.diag(covariance))
    return FittedCurve(
        model=batch.model,
        weighting=batch.weighting,
        parameters={"intercept": float(intercept), "slope": float(slope)},
        standard_errors={"intercept": float(errors[0]), "slope": float(errors[1])},
        covariance=covariance,
        weighted_sum_of_squares=sum_of_squares,
        degrees_of_freedom=freedom,
        scale=scale,
        variance_function=batch.variance_function_of(curve),
        concentrations=x[usable],
        responses=y[usable],
        weights=weight,
        wells_not_fitted=int((batch.present[curve] & ~usable).sum()),
    )
