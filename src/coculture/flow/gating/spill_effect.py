"""What the spill that is left after compensation does to the percents."""

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from coculture.exchange.outcomes import Outcomes
from coculture.flow.compensation.remaining_spill import RemainingSpill


@dataclass(frozen=True)
class SpillEffect:
    """Spill that is left, and how the percents change if it is taken away, too.

    Attributes
    ----------
    spills
        What was estimated.
    changes
        Percent that is meant, the first outcome first (apoptotic, viable, late) -> its change in
        percentage points in the arm in which it changes most, corrected minus reported. The cells
        of an arm's wells are counted together: a well alone may have too few. NaN if there is no
        sample with cells.
    is_uncompensated
        Whether the values were not compensated at all.
    """

    spills: tuple[RemainingSpill, ...]
    changes: Mapping[str, float]
    is_uncompensated: bool

    @property
    def largest(self) -> float:
        """The largest change of a percent (of apoptotic or viable), without its sign."""
        known = [abs(change) for name, change in self.changes.items() if name != LATE]
        return max([0.0, *(one for one in known if math.isfinite(one))])

    @property
    def of_first(self) -> float:
        """The change of the first outcome."""
        return next(iter(self.changes.values()), math.nan)


LATE = "late"
"""A percent that no finding uses by itself, but which the page shows."""
_STANDARD = ("apoptotic", "viable", LATE)
"""What is compared of Annexin V with a dye."""


def compared(outcomes: Outcomes) -> dict[str, tuple[str, ...]]:
    """Percent whose change is given -> its classes: of other stains the first outcome alone."""
    if outcomes.are_standard:
        return {one.name: one.classes for one in outcomes.outcomes if one.name in _STANDARD}
    return {} if outcomes.first is None else {outcomes.first.name: outcomes.first.classes}


def changes_of_arms(
    arms: Sequence[Hashable],
    reported: Sequence[Mapping[str, int]],
    corrected: Sequence[Mapping[str, int]],
    percents: Mapping[str, Sequence[str]],
) -> dict[str, float]:
    """The change of each percent in the arm in which it changes most, as in `SpillEffect.changes`.

    Parameters
    ----------
    arms
        The arm of each well.
    reported, corrected
        Class -> number of cells, for each well.
    percents
        Percent that is meant -> its classes.

    >>> before, after = {"early": 10, "viable": 90}, {"early": 30, "viable": 70}
    >>> percents = {"apoptotic": ["early", "late"]}
    >>> changes_of_arms(["A", "A", "B"], [before] * 3, [before, after, before], percents)
    {'apoptotic': 10.0}
    """
    pairs = [
        (_together(arms, reported, arm), _together(arms, corrected, arm))
        for arm in dict.fromkeys(arms)
    ]
    found = {}
    for name, quadrants in percents.items():
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
