"""Numbers as figures and sentences of the comparison print them."""

import math
from collections.abc import Sequence

import numpy as np

from coculture.exchange.vocabulary import listed, many

UNKNOWN_NUMBER = "not known"


def significant(value: float, digits: int = 2) -> str:
    """`value` with this many significant digits, without powers of ten, with a true minus sign.

    >>> significant(0.03141), significant(128.4), significant(-2.0)
    ('0.031', '128', '−2.0')
    """
    if np.isnan(value):
        return UNKNOWN_NUMBER
    return f"{value:.{decimals_of(value, digits)}f}".replace("-", "−")


def bounded(value: float, decimals: int, relation: str) -> str:
    """`value` with this many decimals: rounded up if it is a "<=", rounded down if it is a ">=".

    A bound that is rounded the other way would claim more than is known.

    >>> bounded(75.58, 0, ">="), bounded(26.32, 0, "<="), bounded(26.32, 0, "")
    ('75', '27', '26')
    """
    steps = round(value * 10**decimals, 9)
    if relation:
        value = (math.ceil(steps) if relation == "<=" else math.floor(steps)) / 10**decimals
    return f"{value:.{decimals}f}".replace("-", "−")


def limit(value: float, side: str, decimals: int) -> str:
    """A one-sided confidence limit, rounded away from the estimate: an "upper" one up.

    Rounded to the nearest it could lie on the other side of a bound, which is rounded outwards.

    >>> limit(10.3, "upper", 0), limit(10.7, "lower", 0)
    ('11', '10')
    """
    return bounded(value, decimals, "<=" if side == "upper" else ">=")


def decimals_of(value: float, digits: int = 2) -> int:
    """The number of decimals that shows this many significant digits."""
    return max(digits - 1 - int(np.floor(np.log10(abs(value)))), 0) if value else 0


def points(value: float, *, sign: bool = False) -> str:
    """Percentage points with one decimal.

    >>> points(-1.04), points(27.96, sign=True)
    ('−1.0', '+28.0')
    """
    if np.isnan(value):
        return UNKNOWN_NUMBER
    rounded = f"{value:+.1f}" if sign else f"{value:.1f}"
    return rounded.replace("-0.0", "0.0").replace("+0.0", "0.0").replace("-", "−")


def probability(p: float) -> str:
    """A p value with two digits; very small ones as a bound.

    >>> probability(0.0123), probability(1e-9)
    ('p = 0.012', 'p < 0.0001')
    """
    return "p < 0.0001" if p < 1e-4 else f"p = {p:.2g}"


def replicates(experiments_of_each: Sequence[int], donors_of_each: Sequence[int]) -> str:
    """The number of donors and experiments, or those of several groups; 0 donors: not known.

    >>> replicates([9], [4]), replicates([4, 5], [0, 0])
    ('n = 4 donors, 9 experiments', 'n = 4 and 5 experiments')
    >>> replicates([9, 6], [4, 0])
    'n = 4 donors (9 experiments) and 6 experiments'
    """
    if not any(donors_of_each):
        return experiments(*experiments_of_each)
    both = list(zip(experiments_of_each, donors_of_each, strict=True))
    if len(both) == 1:
        return f"n = {many(both[0][1], 'donor')}, {many(both[0][0], 'experiment')}"
    each = (
        f"{many(donors, 'donor')} ({many(n, 'experiment')})" if donors else many(n, "experiment")
        for n, donors in both
    )
    return f"n = {listed(each)}"


def with_donors(n: str, donors: float) -> str:
    """The number of experiments with that of the donors, for figures; 0 or NaN: not known.

    >>> with_donors("9", 4), with_donors("9", 0)
    ('9 (4 donors)', '9')
    """
    return f"{n} ({many(int(donors), 'donor')})" if donors > 0 else n


def experiments(*n: int) -> str:
    """The number of experiments, or those of several groups.

    >>> experiments(1), experiments(4), experiments(4, 5)
    ('n = 1 experiment', 'n = 4 experiments', 'n = 4 and 5 experiments')
    """
    return f"n = {listed(map(str, n))} experiment{'' if n == (1,) else 's'}"
