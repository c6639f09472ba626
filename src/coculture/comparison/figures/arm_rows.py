"""Where each arm stands in the arms figure: its place on a row, its name, the heading of its group.

Many arms, or long names, take several rows of panels below each other, so that the figure is never
wider than a page and its letters never smaller.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from matplotlib.axes import Axes

from coculture.comparison.design.arms import Arm, Design, setting_of
from coculture.comparison.figures.axes import on_lines

_GAP = 0.8
"""Empty space between the groups of arms of two cell types, in arms."""
_SIDE = 0.7
"""Empty space at both ends of a row, in arms."""
_LETTERS_OF_AN_ARM = 10
"""Letters of the name of an arm on one line; longer words are not broken."""
_LETTER, _HEADING_LETTER = 0.06, 0.088
"""Width of a letter of the name of an arm, and of a heading, in inches."""
_LINE, _HEADING_LINE = 0.125, 0.16
"""Height of a line of these, in inches."""
_BESIDE = 1.7
"""Width of the axis at the left and the legend at the right, in inches."""
_NARROWEST, _WIDEST = 8.6, 10.2
"""Width of the figure in inches; a single arm or word may need more."""
_PLOT, _PLOT_OF_MANY = 2.6, 1.4
"""Height of the panel of a single row, and of one of several, in inches."""
_AROUND = 0.25
"""Height of the space between rows, in inches."""


@dataclass(frozen=True)
class ArmRows:
    """The arms of a figure on rows; each row is a panel.

    Attributes
    ----------
    positions
        For each row the place of its arms on the x axis.
    slot
        Width of an arm in inches.
    """

    design: Design
    positions: tuple[dict[Arm, float], ...]
    slot: float

    @classmethod
    def of(cls, design: Design, arms: Sequence[Arm]) -> "ArmRows":
        """Put arms, which are in the order of the design, on as few rows as they need."""
        groups = [list(of_setting) for _, of_setting in groupby(arms, setting_of)]
        slot = _slot(design, groups)
        most = max(1, int((_WIDEST - _BESIDE) / slot - 2 * _SIDE + 1))
        rows: list[dict[Arm, float]] = []
        for group in groups:
            # As even as they can be: no arm stands alone on a row of its own.
            length = -(-len(group) // -(-len(group) // most))
            for start in range(0, len(group), length):
                part = group[start : start + length]
                place = max(rows[-1].values()) + 1 + _GAP if rows else np.inf
                if place + len(part) > most:
                    rows.append({})
                    place = 0.0
                rows[-1] |= {arm: place + index for index, arm in enumerate(part)}
        return cls(design, tuple(rows), slot)

    @property
    def width(self) -> float:
        """Width in inches of a figure with these rows and a legend."""
        return max(_NARROWEST, _BESIDE + self._length * self.slot)

    @property
    def height(self) -> float:
        """Height in inches of all rows with their names and headings."""
        plot = _PLOT if len(self.positions) == 1 else _PLOT_OF_MANY
        lines = [
            max((len(name.splitlines()) for name in self._names(row)), default=0)
            for row in range(len(self.positions))
        ]
        headings = max(
            len(self._heading(arms).splitlines()) for row in self.positions for arms in _groups(row)
        )
        each = plot + _AROUND + headings * _HEADING_LINE
        return len(self.positions) * each + sum(lines) * _LINE

    @property
    def _length(self) -> float:
        """Length of the longest row, in arms."""
        return max((max(row.values()) for row in self.positions), default=0.0) + 2 * _SIDE

    def label(self, axis: Axes, row: int) -> None:
        """Write the names and headings of a row on its panel."""
        positions = self.positions[row]
        names = self._names(row) or [""] * len(positions)
        axis.set_xticks(list(positions.values()), names, fontsize=7.5)
        axis.set_xlim(-_SIDE, self._length - _SIDE)
        for arms in _groups(positions):
            axis.text(
                float(np.mean([positions[arm] for arm in arms])),
                1.02,
                self._heading(arms),
                transform=axis.get_xaxis_transform(),
                ha="center",
                va="bottom",
                fontweight="bold",
                fontsize=9,
            )

    def _names(self, row: int) -> list[str]:
        """The names on a row; none if the row below has the same ones at the same places."""
        every = [
            {place: "\n".join(_lines_of(self.design, arm)) for arm, place in places.items()}
            for places in self.positions[row : row + 2]
        ]
        return [] if len(every) == 2 and every[0] == every[1] else list(every[0].values())

    def _heading(self, arms: Sequence[Arm]) -> str:
        letters = int((len(arms) + _GAP - 0.3) * self.slot / _HEADING_LETTER)
        return on_lines(self.design.cells_and_setting(arms[0]), letters)


def _groups(row: dict[Arm, float]) -> list[list[Arm]]:
    return [list(arms) for _, arms in groupby(row, setting_of)]


def _slot(design: Design, groups: Sequence[Sequence[Arm]]) -> float:
    """The width of an arm that all names need, and the longest word of each heading."""
    letters = [len(line) for group in groups for arm in group for line in _lines_of(design, arm)]
    words = [
        max(map(len, design.cells_and_setting(group[0]).split())) / (len(group) + _GAP - 0.3)
        for group in groups
    ]
    return max(max(_LETTERS_OF_AN_ARM, *letters) * _LETTER, max(words) * _HEADING_LETTER)


def _lines_of(design: Design, arm: Arm) -> list[str]:
    """A treatment on several short lines."""
    drugs = design.treatment(arm).replace(" + ", " +\n").splitlines()
    return [line for drug in drugs for line in on_lines(drug, _LETTERS_OF_AN_ARM).splitlines()]
