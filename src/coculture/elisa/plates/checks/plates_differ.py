"""Whether the plates that a culture was measured on agree."""

from collections.abc import Iterator

import numpy as np

from coculture.distributions import normal_quantile
from coculture.elisa.plates.combination import Combination
from coculture.exchange.flags import Flag

LIMIT_PERCENT = 30.0
"""As for dilutions of a sample (ICH M10, 2022, parallelism)."""
_PROBABILITY = 0.975
"""A scatter between plates below the square of this quantile, as a multiple of that expected from
their errors, may be chance."""


def flags(combined: Combination) -> Iterator[Flag]:
    """A caution where the highest and the lowest plate differ by more than the limit and chance."""
    spread = combined.plate_spread
    if spread is None:
        return
    by_chance = normal_quantile(_PROBABILITY) ** 2
    if spread.ln_range > np.log1p(LIMIT_PERCENT / 100) and spread.scatter > by_chance:
        percent = float(100 * np.expm1(spread.ln_range))
        yield Flag(
            combined.concerns,
            "plates_differ",
            "caution",
            f"Plates differ by {percent:.0f} % (limit {LIMIT_PERCENT:g} %).",
            percent,
            LIMIT_PERCENT,
            "%",
        )
