"""Whether the dilutions of a culture give the same concentration."""

from collections.abc import Iterator

import numpy as np

from coculture.distributions import normal_quantile
from coculture.elisa.plates.combination import Combination, DilutionChange
from coculture.exchange.flags import Flag

LIMIT_PERCENT = 30.0
"""Dilutions of a sample may differ by this much (ICH M10, 2022, parallelism)."""
_PROBABILITY = 0.975
"""A difference below this quantile of its standard error may be chance (two-sided 5 %)."""


def is_not_parallel(change: DilutionChange) -> bool:
    """Whether a dilution differs from the least diluted wells by more than the limit and chance."""
    difference = abs(change.ln_difference)
    by_chance = normal_quantile(_PROBABILITY) * change.error
    return difference > np.log1p(LIMIT_PERCENT / 100) and difference > by_chance


def flags(combined: Combination) -> Iterator[Flag]:
    """A caution for each dilution that differs; its wells are not used."""
    for change in filter(is_not_parallel, combined.dilution_changes):
        percent = float(100 * np.expm1(abs(change.ln_difference)))
        yield Flag(
            combined.concerns,
            "not_parallel",
            "caution",
            f"Not parallel: dilution {change.dilution:g} differs from the lowest dilution in range "
            f"by {percent:.0f} % (limit {LIMIT_PERCENT:g} %). Its wells were not used.",
            percent,
            LIMIT_PERCENT,
            "%",
        )
