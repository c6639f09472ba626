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

from coculture.distributions import normal_quantile, t_quantile

Floats = NDArray[np.float64]

UPPER_TAIL = 0.975
"""The upper quantile of 95 % limits."""


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
    degrees_of_freedom: float
    rule: str

    @property
    def estimated(self) -> bool:
        """Whether the size of the scatter is known, or only its shape (starting values)."""
        return self.degrees_of_freedom > 0

    @property
    def quantile(self) -> float:
        """Student's t for 95 % limits; that of the normal distribution for starting values."""
        freedom = self.degrees_of_freedom
        return t_quantile(UPPER_TAIL, freedom) if freedom > 0 else normal_quantile(UPPER_TAIL)

    def variance(self, mean: ArrayLike) -> Floats:
        """Variance of single wells whose expected response is `mean`.

        >>> VarianceFunction(0.01, 0.1, 0, 0, "").variance([0.0, 1.0]).round(4).tolist()
        [0.0001, 0.0101]
        """
        return self.s0**2 + (self.cv * np.asarray(mean, dtype=float)) ** 2

    def scaled(self, factor: float, degrees_of_freedom: float, rule: str) -> "VarianceFunction":
        """The same shape with variances `factor` times as large.

        >>> VarianceFunction(0.01, 0.1, 0, 0, "").scaled(4, 12, "").cv
        0.2
        """
        root = float(np.sqrt(factor))
        return VarianceFunction(
            root * self.s0, root * self.cv, self.plates, degrees_of_freedom, rule
        )

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


PRIOR_DEGREES_OF_FREEDOM = 6.0
"""The starting values count as much as this: half of it at no signal, half at a high one. With
less, few pairs give intervals up to twice as wide; with more, wells that scatter more than the
starting values say are believed too much (../shared/measured/elisa_wells.md, section 1)."""
PER_GROUP, PRIOR_OF_QUANTILE = 0.8, 4.0
"""Degrees of freedom of Student's t: so much of those of the groups, and so many more (measured by
simulation)."""
_HIGH_SIGNAL = 0.7
"""Share of the span of the responses at which the second half counts."""
_CLEAN = 0.99
"""Groups beyond this quantile of chi-square are left out: one bad well in thirty would otherwise
double the CV of all."""
_ROUNDS = 20
"""Of leaving out and fitting again; four are usual."""
_SMALLEST_STEP, _LONGEST_STEP, _MOST_STEPS = 1e-12, 2.0, 300
"""Of ln s0 and ln cv; smaller steps end the search."""
_ROUNDING, _SAME_DEVIANCE, _LEAST = 1e-13, 1e-9, 1e-280
"""Share of a deviance that is rounding, and by which another minimum must be lower; the least
information that is divided by."""


def shrunken_variance_function(
    replicates: pd.DataFrame, start: VarianceFunction, span: float, plates: int
) -> VarianceFunction:
    """Estimate it from replicate groups, robustly, and shrunken to starting values.

    The sum of squares of a group of n normal wells is sd^2 times a chi-square with n - 1 degrees of
    freedom; the deviance sum df (ln v + s^2 / v) is minimised over s0 and cv. Two more groups have
    the variance of `start` and 3 degrees of freedom each. Groups whose variance is beyond the 99 %
    point of chi-square are left out; the variances of the others are then too small on average, and
    are multiplied to make up for it.

    Parameters
    ----------
    replicates
        One row for each group of at least two wells: `mean`, `variance`, `wells`.
    start
        The starting values.
    span
        Difference of the highest and the lowest response of the standards.
    plates
        Number of plates the groups come from, for the record.

    Returns
    -------
    The function, whose degrees of freedom are those of Student's t for a single well.
    """
    mean, variance, df = (
        replicates["mean"].to_numpy(float),
        replicates["variance"].to_numpy(float),
        replicates["wells"].to_numpy(float) - 1,
    )
    limit = scipy.special.chdtri(df, 1 - _CLEAN) / df
    correction = _CLEAN / scipy.special.chdtr(df + 2, limit * df)
    half = np.full(2, PRIOR_DEGREES_OF_FREEDOM / 2)
    at = np.array([0.0, _HIGH_SIGNAL * span])
    found = (start.s0, start.cv)
    scale = np.median(variance / start.variance(mean) * df / scipy.special.chdtri(df, 0.5))
    expected = max(float(scale), 1e-12) * start.variance(mean)
    kept = np.zeros(0, dtype=bool)
    for _ in range(_ROUNDS):
        now = variance / expected <= limit
        if np.array_equal(now, kept):
            break
        kept = now
        found = _most_likely(
            np.concatenate([mean[kept], at]),
            np.concatenate([(variance * correction)[kept], start.variance(at)]),
            np.concatenate([df[kept], half]),
            found,
        )
        expected = found[0] ** 2 + (found[1] * mean) ** 2
    rule = (
        f"replicates of samples and controls on {plates} {'plate' if plates == 1 else 'plates'} "
        f"({len(mean)} groups, {int(np.count_nonzero(~kept))} left out), shrunken to the starting "
        "values"
    )
    freedom = PER_GROUP * float(df.sum()) + PRIOR_OF_QUANTILE
    return VarianceFunction(*found, plates, freedom, rule)


def _most_likely(
    mean: Floats, variance: Floats, df: Floats, start: tuple[float, float]
) -> tuple[float, float]:
    """s0 and cv that minimise the deviance sum df (ln v + s^2 / v)."""
    scale = float(np.abs(mean).max()) or 1.0
    smallest = (1e-6 * scale) ** 2
    largest_s0 = 10 * max(scale, float(np.sqrt(variance.max())))
    problem = _Problem(
        mean,
        variance,
        df,
        smallest,
        np.array([np.log(1e-6 * scale), -12.0]),
        np.array([np.log(largest_s0), 2.0]),
    )
    starts = (start, (start[0] / 5, start[1]), (start[0], start[1] / 5))
    logs, lowest = problem.least_deviance(np.log(starts[0]))
    for one in starts[1:]:
        end, deviance = problem.least_deviance(np.log(one))
        if deviance < lowest - _SAME_DEVIANCE * (1 + abs(lowest)):
            logs, lowest = end, deviance
    s0, cv = np.exp(logs)
    return float(s0), float(cv)


@dataclass(frozen=True)
class _Problem:
    """The deviance of replicate groups by ln s0 and ln cv, between bounds."""

    mean: Floats
    variance: Floats
    df: Floats
    smallest: float
    lower: Floats
    upper: Floats

    def least_deviance(self, start: Floats) -> tuple[Floats, float]:
        """Where damped Fisher scoring ends, in the last digits too, and the deviance there."""
        logs = np.clip(start, self.lower, self.upper)
        deviance, damping = self._deviance(logs), 1e-3
        for _ in range(_MOST_STEPS):
            trial = np.clip(logs + self._step(logs, damping), self.lower, self.upper)
            moved = float(np.abs(trial - logs).max())
            of_trial = self._deviance(trial)
            if of_trial <= deviance + _ROUNDING * (1 + abs(deviance)):
                logs, deviance, damping = trial, of_trial, damping / 10
            else:
                damping = max(damping, 1e-6) * 10
            if moved < _SMALLEST_STEP:
                break
        return logs, deviance

    def _parts(self, logs: Floats) -> tuple[Floats, Floats]:
        """The expected variance (groups), and its derivatives (2 x groups)."""
        constant, proportional = np.exp(2 * logs[0]), np.exp(2 * logs[1]) * self.mean**2
        by_logs = 2 * np.stack([np.full_like(self.mean, constant), proportional])
        return constant + proportional + self.smallest, by_logs

    def _deviance(self, logs: Floats) -> float:
        expected, _ = self._parts(logs)
        return float((self.df * (np.log(expected) + self.variance / expected)).sum())

    def _step(self, logs: Floats, damping: float) -> Floats:
        """The damped step; a parameter that presses on a bound does not move."""
        expected, by_logs = self._parts(logs)
        relative = by_logs / expected
        downwards = (self.df * (self.variance / expected - 1) * relative).sum(axis=1)
        (one, both), (_, other) = (self.df * relative[:, None] * relative).sum(axis=2)
        one, other = (1 + damping) * max(one, _LEAST), (1 + damping) * max(other, _LEAST)
        free = ~((logs <= self.lower) & (downwards < 0)) & ~((logs >= self.upper) & (downwards > 0))
        if free.all() and one * other > both**2:
            turned = np.array([other, one]) * downwards - both * downwards[::-1]
            step = turned / (one * other - both**2)
        else:
            step = np.where(free, downwards / np.array([one, other]), 0.0)
        shortened: Floats = np.clip(step, -_LONGEST_STEP, _LONGEST_STEP)
        return shortened
