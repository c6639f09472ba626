"""The standard curve of a plate: a fit with its flags, and its form in curve.json."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np
from numpy.typing import ArrayLike

from coculture.curves.fitted_curve import FittedCurve
from coculture.curves.fitting import FitOptions, fit_curve, fit_curves
from coculture.curves.models import Floats
from coculture.curves.variance_function import VarianceFunction
from coculture.elisa.plates.checks import fit_results


@dataclass(frozen=True)
class StandardCurve(FittedCurve):
    """A fitted curve that turns responses into concentrations and says what is doubtful about it.

    Its attributes, and the way from responses to concentrations, are those of
    :class:`coculture.curves.fitted_curve.FittedCurve`.
    """

    @property
    def flags(self) -> tuple[str, ...]:
        """The codes of what is doubtful about the fit, such as upper_asymptote_not_identified.

        They are those of the checks in `coculture.elisa.plates.checks.FIT_CHECKS`.
        """
        return tuple(one.code for one in fit_results(self) if one.verdict == "warning")

    def to_dict(self) -> dict[str, Any]:
        """Everything, as plain values for JSON; `from_dict` is the inverse."""
        return {
            "model": self.model,
            "weighting": self.weighting,
            "parameters": self.parameters,
            "standard_errors": {
                # JSON has no infinity.
                name: error if math.isfinite(error) else None
                for name, error in self.standard_errors.items()
            },
            "covariance": self.covariance.tolist(),
            "weighted_sum_of_squares": self.weighted_sum_of_squares,
            "degrees_of_freedom": self.degrees_of_freedom,
            "scale": self.scale,
            "variance_function": self.variance_function and self.variance_function.to_dict(),
            "r_squared": self.r_squared,
            "flags": list(self.flags),
            "at_bound": list(self.at_bound),
            "wells_not_fitted": self.wells_not_fitted,
            "left_out": list(self.left_out),
            "undecided_level": self.undecided_level,
            "well_scatter": self.well_scatter and self.well_scatter.to_dict(),
            "concentrations": self.concentrations.tolist(),
            "responses": self.responses.tolist(),
            "weights": self.weights.tolist(),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "StandardCurve":
        """The inverse of `to_dict`; also after JSON, which writes null for NaN."""
        variance_function, scatter = values["variance_function"], values["well_scatter"]
        return cls(
            model=values["model"],
            weighting=values["weighting"],
            parameters={name: _number(value) for name, value in values["parameters"].items()},
            standard_errors={
                name: _error(value) for name, value in values["standard_errors"].items()
            },
            covariance=np.array(values["covariance"], dtype=float),
            weighted_sum_of_squares=values["weighted_sum_of_squares"],
            degrees_of_freedom=values["degrees_of_freedom"],
            scale=_number(values["scale"]),
            variance_function=variance_function and VarianceFunction.from_dict(variance_function),
            concentrations=np.array(values["concentrations"], dtype=float),
            responses=np.array(values["responses"], dtype=float),
            weights=np.array(values["weights"], dtype=float),
            at_bound=tuple(values["at_bound"]),
            wells_not_fitted=values["wells_not_fitted"],
            left_out=tuple(values["left_out"]),
            undecided_level=values["undecided_level"],
            well_scatter=scatter and VarianceFunction.from_dict(scatter),
        )


def fit_standard_curve(
    concentration: ArrayLike,
    response: ArrayLike,
    model: str = "4PL",
    weighting: str = "none",
    **options: Unpack[FitOptions],
) -> StandardCurve:
    """Fit the standards of one plate.

    The parameters, and the errors, are those of :func:`coculture.curves.fitting.fit_curve`.

    >>> curve = fit_standard_curve([0, 10, 30, 100, 300, 1000], [0.05, 0.21, 0.47, 1.05, 1.75, 2.4])
    >>> curve.concentration([1.05])["concentration"].round().tolist()
    [101.0]
    """
    fit = fit_curve(concentration, response, model, weighting, **options)
    return _with_scatter(fit, options)


def fit_standard_curves(
    concentration: Floats,
    response: Floats,
    model: str = "4PL",
    weighting: str = "none",
    **options: Unpack[FitOptions],
) -> list[StandardCurve]:
    """Fit the standards of many plates at once; rows are plates, columns wells.

    The parameters, and the errors, are those of :func:`coculture.curves.fitting.fit_curves`.
    """
    fits = fit_curves(concentration, response, model, weighting, **options)
    return [_with_scatter(fit, options) for fit in fits]


def _with_scatter(fit: FittedCurve, options: FitOptions) -> StandardCurve:
    return StandardCurve(**vars(fit) | {"well_scatter": options.get("variance_function")})


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _error(value: float | None) -> float:
    """A standard error; null is that of a parameter that the data do not determine."""
    return float("inf") if value is None else float(value)
