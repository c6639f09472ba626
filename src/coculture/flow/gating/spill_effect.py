"""What the spill that is left after compensation does to the percents."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coculture.flow.compensation.remaining_spill import RemainingSpill


@dataclass(frozen=True)
class SpillEffect:
    """Spill that is left, and how the percents change if it is taken away, too.

    Attributes
    ----------
    spills
        What was estimated.
    changes
        Percent that is meant (apoptotic, viable, late) -> its change in percentage points in the
        sample in which it changes most but one, corrected minus reported. One sample alone may
        have too few cells. NaN if there is no sample.
    is_uncompensated
        Whether the values were not compensated at all.
    """

    spills: tuple[RemainingSpill, ...]
    changes: Mapping[str, float]
    is_uncompensated: bool

    @property
    def largest(self) -> float:
        """The largest change of percent apoptotic or viable, without its sign."""
        known = [abs(self.changes[name]) for name in ("apoptotic", "viable")]
        return max([0.0, *(one for one in known if math.isfinite(one))])


def change(reported: Sequence[float], corrected: Sequence[float]) -> float:
    """The change that is largest but one; the only one if there is one; NaN if there is none.

    >>> change([10.0, 20.0, 30.0], [11.0, 20.0, 36.0])
    1.0
    """
    differences = sorted(
        (
            after - before
            for before, after in zip(reported, corrected, strict=True)
            if math.isfinite(after - before)
        ),
        key=abs,
    )
    return differences[-2:][0] if differences else math.nan
