"""The scatter of single wells: sd^2 = s0^2 + (cv * mean)^2.

The two-component model of Rocke and Lorenzato (Technometrics 37:176, 1995) on the scale of the
response: a constant part, seen at low responses, and a proportional one, seen at high responses. It
is estimated from replicate wells of all plates together, because the two or three replicates of one
plate are too few.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class VarianceFunction:
    """sd^2 = s0^2 + (cv * mean)^2.

    Attributes
    ----------
    s0
        Standard deviation of a well without signal, in the unit of the response.
    cv
        Coefficient of variation of a well with a high signal, as a fraction.
    plates
        Number of plates it was estimated from; 0 for starting values.
    degrees_of_freedom
        Wells beyond the first of each replicate group; 0 for starting values.
    rule
        How it was obtained, in words.
    """

    s0: float
    cv: float
    plates: int
    degrees_of_freedom: int
    rule: str

    @property
    def estimated(self) -> bool:
        """Whether the size of the scatter is known, or only its shape (starting values)."""
        return self.degrees_of_freedom > 0

    def variance(self, mean: ArrayLike) -> Floats:
        """Variance of single wells whose expected response is `mean`.

        >>> VarianceFunction(0.01, 0.1, 0, 0, "").variance([0.0, 1.0]).round(4).tolist()
        [0.0001, 0.0101]
        """
        return self.s0**2 + (self.cv * np.asarray(mean, dtype=float)) ** 2

    def to_dict(self) -> dict[str, Any]:
        """For JSON; `from_dict` is the inverse."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "VarianceFunction":
        """The inverse of `to_dict`."""
        return cls(**values)


def starting_variance_function(
    response: ArrayLike, sd_percent_of_range: float = 0.5, cv_percent: float = 6
) -> VarianceFunction:
    """Starting values, for studies with too few plates to estimate it.

    Parameters
    ----------
    response
        Responses of one curve; the constant part is a share of their span.
    sd_percent_of_range, cv_percent
        The two parts, in percent of that span and of the mean.
    """
    values = np.asarray(response, dtype=float)
    span = float(np.nanmax(values) - np.nanmin(values)) or 1.0
    rule = (
        f"starting values: {sd_percent_of_range:g} % of the span of the responses, and a CV of "
        f"{cv_percent:g} %"
    )
    return VarianceFunction(sd_percent_of_range / 100 * span, cv_percent / 100, 0, 0, rule)


def fit_variance_function(replicates: pd.DataFrame, plates: int) -> VarianceFunction:
    """Estimate it from replicate groups by maximum likelihood.

    The sum of squares of a group of n normal wells is sd^2 times a chi-square with n - 1 degrees
    of freedom; the deviance sum df (ln v + s^2 / v) is minimised over s0 and cv.

    Parameters
    ----------
    replicates
        One row for each group of at least two wells: `mean`, `variance`, `wells`.
    plates
        Number of plates the groups come from, for the record.
    """
    mean = replicates["mean"].to_numpy(float)
    variance = replicates["variance"].to_numpy(float)
    df = replicates["wells"].to_numpy(float) - 1
    scale = float(np.ptp(mean)) or float(np.abs(mean).max()) or 1.0
    smallest = (1e-6 * scale) ** 2
    largest_s0 = 10 * max(scale, float(np.sqrt(variance.max())))
    bounds = [(np.log(1e-6 * scale), np.log(largest_s0)), (-12, 2)]

    def deviance(logs: Floats) -> float:
        expected = np.exp(2 * logs[0]) + np.exp(2 * logs[1]) * mean**2 + smallest
        return float(np.sum(df * (np.log(expected) + variance / expected)))

    starts = [np.log([s0 * scale, cv]) for s0 in (0.0005, 0.003, 0.02) for cv in (0.01, 0.05, 0.15)]
    best = min(
        (
            scipy.optimize.minimize(deviance, start, method="L-BFGS-B", bounds=bounds)
            for start in starts
        ),
        key=lambda result: float(result.fun),
    )
    s0, cv = np.exp(best.x)
    groups = len(replicates)
    rule = f"replicate wells of {plates} plates ({groups} groups), maximum likelihood"
    return VarianceFunction(float(s0), float(cv), plates, int(df.sum()), rule)
