"""The range of a number of experiments: from the limits of effect / SD, by the non-central t."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import scipy

from coculture.comparison.statistics.contrasts import MIN_EXPERIMENTS, MIN_EXPERIMENTS_BETWEEN
from coculture.distributions import normal_quantile, t_quantile

ENOUGH_POWER = 0.8
"""Usual in grant applications; used by the ranges and for the line in the figure."""
CONFIDENCE = 0.8
"""Of the limits. With 95 % nearly every upper limit of a pilot of three is beyond any study; the
range of a single number is right in fewer than half of the pilots."""
MOST_EXPERIMENTS = 12
"""Larger numbers are "more than 12": few laboratories repeat a co-culture as often."""


@dataclass(frozen=True)
class Spread:
    """The scatter of a contrast between independent experiments.

    Attributes
    ----------
    variances
        Of each group of arms that shares no experiment with the others; usually one.
    numbers
        How many experiments (or donors) of each group the variance was estimated from.
    is_known
        Whether the variances are stated, and not estimated.
    """

    variances: tuple[float, ...]
    numbers: tuple[int, ...]
    is_known: bool = False

    def se(self, experiments: int | None = None) -> float:
        """Standard error of the contrast's mean, with this number in each group or the pilot's."""
        numbers = self.numbers if experiments is None else [experiments] * len(self.variances)
        return float(np.sqrt(sum(np.divide(self.variances, numbers))))

    def df(self, experiments: int | None = None) -> float:
        """Degrees of freedom of the test (Welch's of several groups)."""
        numbers = self.numbers if experiments is None else [experiments] * len(self.variances)
        parts = np.divide(self.variances, numbers)
        return float(parts.sum() ** 2 / (parts**2 / (np.array(numbers) - 1)).sum())


@dataclass(frozen=True)
class Range:
    """The limits of a number of experiments; None is more than `MOST_EXPERIMENTS`."""

    least: int | None
    most: int | None

    @classmethod
    def widest(cls, ranges: Collection["Range"]) -> "Range":
        """The largest lower and the largest upper limit."""
        return cls(
            *(
                None if None in limits else max(one for one in limits if one is not None)
                for limits in ([one.least for one in ranges], [one.most for one in ranges])
            )
        )

    @property
    def text(self) -> str:
        """For people.

        >>> Range(4, None).text, Range(4, 4).text, Range(None, None).text
        ('4 to more than 12', '4', 'more than 12')
        """
        least, most = (
            f"more than {MOST_EXPERIMENTS}" if one is None else str(one)
            for one in (self.least, self.most)
        )
        return least if least == most else f"{least} to {most}"


def limits_of_pilot(t: float, spread: Spread) -> tuple[float, float]:
    """The limits of effect / standard error of a pilot that found `t`.

    >>> low, high = limits_of_pilot(3.0, Spread((1.0,), (4,)))
    >>> round(low, 2), round(high, 2)
    (0.83, 4.77)
    """
    tail = (1 - CONFIDENCE) / 2
    if spread.is_known:
        half = normal_quantile(1 - tail)
        return t - half, t + half
    return (
        float(scipy.special.nctdtrinc(spread.df(), 1 - tail, t)),
        float(scipy.special.nctdtrinc(spread.df(), tail, t)),
    )


def limits_of_stated(size: float, spread: Spread) -> tuple[float, float]:
    """The limits of a stated effect / standard error, where only the SD is estimated.

    `size` is the stated effect by the pilot's standard error.
    """
    if spread.is_known:
        return size, size
    tail, df = (1 - CONFIDENCE) / 2, spread.df()
    low, high = (2 * scipy.special.gammaincinv(df / 2, one) / df for one in (tail, 1 - tail))
    return size * float(np.sqrt(low)), size * float(np.sqrt(high))


def experiments_for(size: float, spread: Spread, level: float) -> int | None:
    """The fewest experiments with enough power, up to `MOST_EXPERIMENTS`; None if that is too few.

    Parameters
    ----------
    size
        The effect beyond its margin by the standard error of the pilot.
    level
        One-sided level of the test.

    Examples
    --------
    An effect of 1.5 SD, which is 3 standard errors of a pilot of four:

    >>> experiments_for(3.0, Spread((1.0,), (4,)), 0.025)
    6
    """
    if size <= 0:
        return None
    fewest = MIN_EXPERIMENTS if len(spread.variances) == 1 else MIN_EXPERIMENTS_BETWEEN
    for n in range(fewest, MOST_EXPERIMENTS + 1):
        df, shift = spread.df(n), size * spread.se() / spread.se(n)
        if 1 - scipy.special.nctdtr(df, shift, t_quantile(1 - level, df)) >= ENOUGH_POWER:
            return n
    return None
