"""What the spill that is left after compensation does to the percents."""

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
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
        arm in which it changes most, corrected minus reported. The cells of an arm's wells are
        counted together: a well alone may have too few. NaN if there is no sample with cells.
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


_PERCENTS = {"apoptotic": ("early", "late"), "viable": ("viable",), "late": ("late",)}
"""Percent -> its quadrants."""


def changes_of_arms(
    arms: Sequence[Hashable],
    reported: Sequence[Mapping[str, int]],
    corrected: Sequence[Mapping[str, int]],
) -> dict[str, float]:
    """The change of each percent in the arm in which it changes most, as in `SpillEffect.changes`.

    Parameters
    ----------
    arms
        The arm of each well.
    reported, corrected
        Quadrant -> number of cells, for each well.

    >>> before, after = {"early": 10, "viable": 90}, {"early": 30, "viable": 70}
    >>> changes_of_arms(["A", "A", "B"], [before] * 3, [before, after, before])["apoptotic"]
    10.0
    """
    pairs = [
        (_together(arms, reported, arm), _together(arms, corrected, arm))
        for arm in dict.fromkeys(arms)
    ]
    found = {}
    for name, quadrants in _PERCENTS.items():
        changes = [
            _percent(after, quadrants) - _percent(before, quadrants) for before, after in pairs
        ]
        found[name] = max(filter(math.isfinite, changes), key=abs, default=math.nan)
    return found


def _together(
    arms: Sequence[Hashable], wells: Sequence[Mapping[str, int]], arm: Hashable
) -> Counter[str]:
    """Cells of all wells of one arm."""
    total: Counter[str] = Counter()
    for of_well, well in zip(arms, wells, strict=True):
        if of_well == arm:
            total.update(well)
    return total


def _percent(cells: Counter[str], quadrants: Sequence[str]) -> float:
    whole = cells.total()
    return 100 * sum(cells[name] for name in quadrants) / whole if whole else math.nan
