"""A fitted curve: the response at a concentration, and the concentration of a response."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from coculture.curves.models import PARAMETERS, Floats, exponent_at, fractions, logarithm
from coculture.curves.variance_function import UPPER_TAIL, VarianceFunction
from coculture.distributions import t_quantile
from coculture.linear_algebra import product

WIDEST = 1e4
"""Limits that are farther from a concentration than this factor say nothing about it."""


@dataclass(frozen=True)
class FittedCurve:
    """The result of a fit, and what can be read from it.

    Attributes
    ----------
    model, weighting
        As given to the fit.
    parameters
        A (response at zero), D (response at infinity), b (slope), c (mid-point, in the unit of the
        concentrations), for 5PL g (asymmetry); for log_log intercept and slope.
    standard_errors
        Of the parameters; 0 for fixed ones, infinity for those that the data do not determine.
    covariance
        Of the parameters, in their order; rows and columns of fixed ones are 0.
    weighted_sum_of_squares
        Sum of w (y - f)^2 over the fitted wells.
    degrees_of_freedom
        Wells minus free parameters.
    scale
        The factor of the covariance: the residual variance for weights that are known up to a
        factor, 1 with an estimated variance function.
    variance_function
        The one that gave the weights, or None.
    concentrations, responses, weights
        The fitted wells; those that the robust fit leaves out have no weight.
    at_bound
        Names of the parameters (b, c, g) at which the search stopped at a bound.
    wells_not_fitted
        Number of wells at or below zero that a log-log line cannot use.
    left_out
        Positions of the fitted wells that the robust fit leaves out.
    undecided_level
        The concentration at which the robust fit cannot say which well is wrong, or None.
    well_scatter
        How wells scatter, if it is known, whatever gave the weights; None if it is not.
    """

    model: str
    weighting: str
    parameters: dict[str, float]
    standard_errors: dict[str, float]
    covariance: Floats
    weighted_sum_of_squares: float
    degrees_of_freedom: int
    scale: float
    variance_function: VarianceFunction | None
    concentrations: Floats
    responses: Floats
    weights: Floats
    at_bound: tuple[str, ...] = ()
    wells_not_fitted: int = 0
    left_out: tuple[int, ...] = ()
    undecided_level: float | None = None
    well_scatter: VarianceFunction | None = None

    @property
    def rising(self) -> float:
        """1 for a curve that rises with the concentration, -1 for one that falls."""
        p = self.parameters
        rise = p["slope"] if self.model == "log_log" else p["D"] - p["A"]
        return 1.0 if rise >= 0 else -1.0

    @property
    def r_squared(self) -> float:
        """Weighted share of the variation between the wells that the curve explains."""
        if not self.weights.sum() > 0:
            return float("nan")
        mean = float((self.weights * self.responses).sum() / self.weights.sum())
        total = float((self.weights * (self.responses - mean) ** 2).sum())
        residual = self.responses - self.response(self.concentrations)
        explained = total - float((self.weights * residual**2).sum())
        return explained / total if total > 0 else float("nan")

    def response(self, concentration: ArrayLike) -> Floats:
        """Response at each concentration (array of any shape, in the unit of the fitted ones)."""
        x = np.asarray(concentration, dtype=float)
        if self.model == "log_log":
            with np.errstate(divide="ignore"):
                line: Floats = np.exp(
                    self.parameters["intercept"] + self.parameters["slope"] * np.log(x)
                )
            return line
        at = fractions(self.model, logarithm(x.ravel()), self._shape())
        a, d = self.parameters["A"], self.parameters["D"]
        mixed = np.where(at.risen < 0.5, a + (d - a) * at.risen, d + (a - d) * at.left)
        return mixed.reshape(x.shape)

    def response_standard_error(self, concentration: ArrayLike) -> Floats:
        """Standard error of the curve itself at n concentrations, in the unit of the response."""
        gradient = self._gradient(np.atleast_1d(np.asarray(concentration, dtype=float)))
        error: Floats = np.sqrt(self._curve_variance(gradient))
        return error

    def well_variance(self, response: ArrayLike) -> Floats:
        """Variance of a single well whose expected response is `response`."""
        mean = np.asarray(response, dtype=float)
        if self.weighting == "variance_function" and self.variance_function is not None:
            return self.scale * self.variance_function.variance(mean)
        if self.model == "log_log":
            return self.scale * mean**2
        power = {"none": 0, "1/y": 1, "1/y2": 2}[self.weighting]
        variance: Floats = self.scale * np.abs(mean) ** power
        return variance

    @property
    def quantile(self) -> float:
        """Multiplier of a standard error for 95 % limits.

        It is Student's t with the degrees of freedom of the variance. NaN without any.
        """
        if self.variance_function is not None and self.variance_function.estimated:
            return self.variance_function.quantile
        freedom = float(self.degrees_of_freedom)
        return t_quantile(UPPER_TAIL, freedom) if freedom > 0 else float("nan")

    def well_error(self, concentration: ArrayLike, scatter: VarianceFunction) -> Floats:
        """Standard error of ln concentration of a single well, from its own scatter alone.

        Parameters
        ----------
        concentration
            True concentrations in the wells, above zero, shape (wells,).
        scatter
            The scatter of these wells.
        """
        x = np.atleast_1d(np.asarray(concentration, dtype=float))
        with np.errstate(divide="ignore", invalid="ignore"):
            error: Floats = np.sqrt(scatter.variance(self.response(x))) / np.abs(self._slope(x)) / x
        return error

    def concentration(
        self, response: ArrayLike, scatter: VarianceFunction | None = None
    ) -> pd.DataFrame:
        """Concentrations read back from responses.

        Parameters
        ----------
        response
            Responses of single wells; NaN is a missing reading, infinity an overflow.
        scatter
            The scatter of these wells; without it they scatter as the fitted ones do.

        Returns
        -------
        One row for each response, with the columns

        concentration
            In the unit of the fitted ones; NaN for a response beyond an asymptote.
        se_curve
            Standard error from the uncertainty of the curve, linear scale (delta method).
        se
            The same, with the scatter of the well added.
        lower, upper
            95 % limits on the log scale: concentration times exp(-/+ quantile se / concentration).
        state
            ok, below_curve (beyond the asymptote at zero or not to be told from it, or an overflow
            of a falling curve), above_curve (likewise at infinity), not_determined (between the
            standards, but without limits, or with limits of `WIDEST` and more: the curve is flat
            there, or no degrees of freedom are left), overflow, missing. Only ok has a
            concentration, and it has finite limits.

        >>> from coculture.curves.fitting import fit_curve
        >>> x = [0, 10, 30, 100, 300, 1000]
        >>> y = [0.05, 0.21, 0.47, 1.05, 1.75, 2.4]
        >>> curve = fit_curve(x, y)
        >>> curve.concentration([0.0, 1.05])["state"].tolist()
        ['below_curve', 'ok']
        """
        y = np.atleast_1d(np.asarray(response, dtype=float))
        x, state = self._invert(y)
        ok = state == "ok"
        se_curve = np.full(y.shape, np.nan)
        se = np.full(y.shape, np.nan)
        if ok.any():
            gradient = self._gradient(x[ok])
            slope = np.abs(self._slope(x[ok]))
            variance = self._curve_variance(gradient)
            with np.errstate(divide="ignore", invalid="ignore"):
                se_curve[ok] = np.sqrt(variance) / slope
                own = self.well_variance(y[ok]) if scatter is None else scatter.variance(y[ok])
                se[ok] = np.sqrt(variance + own) / slope
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            factor = np.exp((self.quantile if scatter is None else scatter.quantile) * se / x)
            lower, upper = x / factor, x * factor
        # Without degrees of freedom the limits are NaN; where the curve is flat, they overflow.
        endless = ok & ~((lower > 0) & np.isfinite(upper) & (factor < WIDEST))
        positive = self.concentrations[self.concentrations > 0]
        state[endless] = "not_determined"
        state[endless & (x < positive.min())] = "below_curve"
        state[endless & (x > positive.max())] = "above_curve"
        for values in (x, lower, upper):
            values[endless] = np.nan
        return pd.DataFrame(
            {
                "concentration": x,
                "se_curve": se_curve,
                "se": se,
                "lower": lower,
                "upper": upper,
                "state": state,
            }
        )

    def inverse(self, response: ArrayLike) -> Floats:
        """Concentration of each of n responses, also without limits; NaN beyond an asymptote."""
        return self._invert(np.atleast_1d(np.asarray(response, dtype=float)))[0]

    def _shape(self) -> Floats:
        """ln b, ln c and (5PL) ln g."""
        return np.log([self.parameters[name] for name in PARAMETERS[self.model][2:]])

    def _invert(self, y: Floats) -> tuple[Floats, NDArray[np.object_]]:
        state = np.full(y.shape, "ok", dtype=object)
        x = np.full(y.shape, np.nan)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            if self.model == "log_log":
                x = np.exp((np.log(y) - self.parameters["intercept"]) / self.parameters["slope"])
                state[~(y > 0)] = "below_curve" if self.rising > 0 else "above_curve"
            else:
                a, d = self.parameters["A"], self.parameters["D"]
                fraction = (y - d) / (a - d)
                risen = (y - a) / (d - a)
                exponent = exponent_at(self.model, fraction, risen, self.parameters.get("g", 1.0))
                x = self.parameters["c"] * np.exp(exponent / self.parameters["b"])
                state[~(fraction > 0)] = "above_curve"
                state[~(risen > 0)] = "below_curve"
        # On a falling curve the highest responses are the lowest concentrations.
        state[np.isposinf(y)] = "overflow" if self.rising > 0 else "below_curve"
        state[np.isnan(y)] = "missing"
        unusable = (state == "ok") & ~(np.isfinite(x) & (x > 0))
        state[unusable] = np.where(np.isposinf(x[unusable]), "above_curve", "below_curve")
        x[state != "ok"] = np.nan
        return x, state

    def _gradient(self, x: Floats) -> Floats:
        """Derivative of the response at n concentrations by each of q parameters (n x q)."""
        if self.model == "log_log":
            y = self.response(x)
            return np.stack([y, y * np.log(x)], axis=-1)
        shape = self._shape()
        at = fractions(self.model, logarithm(x), shape)
        span = self.parameters["A"] - self.parameters["D"]
        by_natural = span * at.by_shape / np.exp(shape)[:, None]
        rows = np.concatenate([at.left[None, :], at.risen[None, :], by_natural])
        return rows.T

    def _curve_variance(self, gradient: Floats) -> Floats:
        variance: Floats = (product(gradient, self.covariance) * gradient).sum(axis=1)
        return np.maximum(variance, 0)

    def _slope(self, x: Floats) -> Floats:
        """Derivative of the response with respect to the concentration."""
        if self.model == "log_log":
            line: Floats = self.response(x) * self.parameters["slope"] / x
            return line
        by_shape = fractions(self.model, logarithm(x), self._shape()).by_shape
        # The response depends on ln x - ln c only, so the two derivatives differ in sign.
        slope: Floats = -(self.parameters["A"] - self.parameters["D"]) * by_shape[1] / x
        return slope
