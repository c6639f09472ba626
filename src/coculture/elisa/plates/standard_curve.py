"""Standard curves: fitting the standards of a plate, and what is doubtful about the fit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from coculture.curves.fitted_curve import FittedCurve
from coculture.curves.fitting import CurveError, fit_curves
from coculture.curves.models import Floats
from coculture.curves.variance_function import VarianceFunction

_NOT_IDENTIFIED = 0.5

HOOK_DROP_LIMIT = 1.0
HOOK_SHORTFALL_LIMIT = 2.5
"""Standard deviations that make a high-dose hook: of a drop from a lower to the highest standard,
and of the highest standard below the curve through the others. In simulations (benchmarks/) they
find what lowers the highest standard by 30 % in more than nine of ten curves, and are wrong on
about one in twenty sound ones."""


@dataclass(frozen=True)
class StandardCurve(FittedCurve):
    """A fitted curve that turns responses into concentrations and says what is doubtful about it.

    Its attributes, and the way from responses to concentrations, are those of
    :class:`coculture.curves.fitted_curve.FittedCurve`.
    """

    @property
    def flags(self) -> tuple[str, ...]:
        """What is doubtful, in words: `notes`, asymptotes or asymmetry that the wells do not
        identify ("upper asymptote not identified"), and "high-dose hook"."""
        flags = list(self.notes)
        if self.model != "log_log":
            span = abs(self.parameters["D"] - self.parameters["A"])
            for name, words in (("A", "lower"), ("D", "upper")):
                if not self.standard_errors[name] <= _NOT_IDENTIFIED * span:
                    flags.append(f"{words} asymptote not identified")
        if "g" in self.parameters and not self.standard_errors["g"] <= self.parameters["g"]:
            flags.append("asymmetry not identified")
        if self.hook_drop > HOOK_DROP_LIMIT or self.hook_shortfall > HOOK_SHORTFALL_LIMIT:
            flags.append("high-dose hook")
        return tuple(flags)

    @property
    def hook_drop(self) -> float:
        """How far the highest standard reads below a lower one, in standard deviations.

        The scatter is that of the variance function where it was estimated, otherwise that of the
        replicates among the high standards.
        """
        levels, wells, means = self._level_means()
        if len(levels) < 2:
            return float("nan")
        best = int(np.argmax(means[:-1]))
        if means[best] <= means[-1]:
            return 0.0
        error = np.sqrt(self._level_variances(wells, means)[[best, -1]].sum())
        return float((means[best] - means[-1]) / error) if error > 0 else float("inf")

    @property
    def hook_shortfall(self) -> float:
        """How far the highest standard reads below a curve through the others, in standard
        deviations of the two; NaN where the others do not determine a curve."""
        levels, wells, means = self._level_means()
        lower = self.concentrations < levels[-1]
        known = {
            name: self.parameters[name] for name, se in self.standard_errors.items() if se == 0
        }
        try:
            others = fit_standard_curve(
                self.concentrations[lower],
                self.responses[lower],
                self.model,
                self.weighting,
                fixed=known,
                variance_function=self.variance_function,
            )
        except CurveError:
            return float("nan")
        expected = self.rising * others.response(levels[-1:])
        variance = others.response_standard_error(levels[-1:]) ** 2
        means[-1:] = expected
        error = np.sqrt(variance[0] + self._level_variances(wells, means)[-1])
        shortfall = float(expected[0] - self.rising * self._mean_at(levels[-1]))
        return shortfall / error if error > 0 else float("nan")

    def to_dict(self) -> dict[str, Any]:
        """Everything, as plain values for JSON; `from_dict` is the inverse."""
        return {
            "model": self.model,
            "weighting": self.weighting,
            "parameters": self.parameters,
            "standard_errors": self.standard_errors,
            "covariance": self.covariance.tolist(),
            "weighted_sum_of_squares": self.weighted_sum_of_squares,
            "degrees_of_freedom": self.degrees_of_freedom,
            "scale": self.scale,
            "variance_function": self.variance_function and self.variance_function.to_dict(),
            "r_squared": self.r_squared,
            "flags": list(self.flags),
            "notes": list(self.notes),
            "concentrations": self.concentrations.tolist(),
            "responses": self.responses.tolist(),
            "weights": self.weights.tolist(),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "StandardCurve":
        """The inverse of `to_dict`; also after JSON, which writes null for NaN."""
        variance_function = values["variance_function"]
        return cls(
            model=values["model"],
            weighting=values["weighting"],
            parameters={name: _number(value) for name, value in values["parameters"].items()},
            standard_errors={
                name: _number(value) for name, value in values["standard_errors"].items()
            },
            covariance=np.array(values["covariance"], dtype=float),
            weighted_sum_of_squares=values["weighted_sum_of_squares"],
            degrees_of_freedom=values["degrees_of_freedom"],
            scale=_number(values["scale"]),
            variance_function=variance_function and VarianceFunction.from_dict(variance_function),
            concentrations=np.array(values["concentrations"], dtype=float),
            responses=np.array(values["responses"], dtype=float),
            weights=np.array(values["weights"], dtype=float),
            notes=tuple(values["notes"]),
        )

    def _level_means(self) -> tuple[Floats, list[Floats], Floats]:
        """Levels, their wells' responses and means, turned so that the curve rises."""
        levels = np.unique(self.concentrations)
        wells = [self.rising * self.responses[self.concentrations == level] for level in levels]
        return levels, wells, np.array([values.mean() for values in wells])

    def _mean_at(self, level: float) -> float:
        return float(self.responses[self.concentrations == level].mean())

    def _level_variances(self, wells: list[Floats], means: Floats) -> Floats:
        """Variance of each level's mean, from the variance function or from replicates."""
        counts = np.array([len(values) for values in wells])
        if self.variance_function is not None and self.variance_function.estimated:
            known: Floats = self.variance_function.variance(means) / counts
            return known
        high = (counts > 1) & (np.abs(means) > np.abs(means).max() / 4)
        if not high.any():
            residual: Floats = self.well_variance(means) / counts
            return residual
        relative = [values.var(ddof=1) for values, use in zip(wells, high, strict=True) if use]
        squared_cv = float(np.average(relative / means[high] ** 2, weights=counts[high] - 1))
        variances: Floats = squared_cv * means**2 / counts
        return variances


def fit_standard_curve(
    concentration: ArrayLike,
    response: ArrayLike,
    model: str = "4PL",
    weighting: str = "none",
    *,
    fixed: Mapping[str, float] | None = None,
    variance_function: VarianceFunction | None = None,
    bisquare: bool = False,
) -> StandardCurve:
    """Fit the standards of one plate.

    Parameters
    ----------
    concentration, response
        One value a well; concentrations of 0 or more. Wells with a NaN response are left out.
    model
        4PL, 5PL_pos, 5PL_neg or log_log.
    weighting
        none, 1/y, 1/y2 (of the observed response) or variance_function, which weights by
        1 / variance at the fitted response, refitted until it no longer changes.
    fixed
        Parameters that are known, e.g. `{"A": 0}` for a blank that was subtracted.
    variance_function
        For that weighting; without one, starting values are used.
    bisquare
        Let wells far off the curve count less (Tukey's biweight, c = 4.685).

    Raises
    ------
    CurveError
        If there are too few wells or concentrations, a negative concentration, or an unknown
        model, weighting or parameter. Finite data never fail otherwise: what is doubtful about a
        fit stands in `.flags`.

    >>> curve = fit_standard_curve([0, 10, 30, 100, 300, 1000], [0.05, 0.21, 0.47, 1.05, 1.75, 2.4])
    >>> sorted(curve.parameters)
    ['A', 'D', 'b', 'c']
    """
    x = np.asarray(concentration, dtype=float).reshape(1, -1)
    y = np.asarray(response, dtype=float).reshape(1, -1)
    return fit_standard_curves(
        x,
        y,
        model,
        weighting,
        fixed=fixed,
        variance_function=variance_function,
        bisquare=bisquare,
    )[0]


def fit_standard_curves(
    concentration: Floats,
    response: Floats,
    model: str = "4PL",
    weighting: str = "none",
    *,
    fixed: Mapping[str, float] | None = None,
    variance_function: VarianceFunction | None = None,
    bisquare: bool = False,
) -> list[StandardCurve]:
    """Fit many curves at once; rows are curves, columns wells, NaN responses are absent wells.

    The other parameters, and the errors, are those of :func:`fit_standard_curve`.
    """
    x, y = np.broadcast_arrays(np.atleast_2d(concentration), np.atleast_2d(response))
    fits = fit_curves(x, y, model, weighting, fixed or {}, variance_function, bisquare)
    return [StandardCurve(**vars(fit)) for fit in fits]


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
