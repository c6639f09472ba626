"""Colours and markers: of the experiments of a study, and of any other series."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matplotlib.lines import Line2D

from coculture.drawing import style

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*", "<", ">", "p", "h")
_SERIES_COLOURS = (
    style.GREY,
    style.BLUE,
    style.ORANGE,
    style.GREEN,
    style.PURPLE,
    style.SKY_BLUE,
    style.VERMILION,
    style.YELLOW,
)
_EXPERIMENT_COLOURS = (
    style.BLUE,
    style.ORANGE,
    style.GREEN,
    style.PURPLE,
    style.VERMILION,
    style.SKY_BLUE,
    style.BLACK,
    style.YELLOW,
)


@dataclass(frozen=True)
class Mark:
    """The colour and marker of one experiment or series."""

    colour: str
    marker: str


def series_marks(names: Sequence[str]) -> dict[str, Mark]:
    """A colour and marker for each name, in the order given; colours repeat after eight.

    >>> series_marks(["untreated", "DEX"])["DEX"].colour
    '#0072b2'
    """
    return {
        name: Mark(
            _SERIES_COLOURS[i % len(_SERIES_COLOURS)],
            MARKERS[(i // len(_SERIES_COLOURS)) % len(MARKERS)],
        )
        for i, name in enumerate(names)
    }


def experiment_marks(names: Iterable[str]) -> dict[str, Mark]:
    """A colour and marker for each experiment.

    They are the same in every figure that is given all experiments of the study.

    >>> experiment_marks(["E2", "E1"])["E1"]
    Mark(colour='#0072b2', marker='o')
    """
    return {
        name: Mark(_EXPERIMENT_COLOURS[i % len(_EXPERIMENT_COLOURS)], MARKERS[i % len(MARKERS)])
        for i, name in enumerate(sorted(names))
    }


def legend_line(name: str, mark: Mark) -> Line2D:
    """The entry of an experiment in a legend."""
    return Line2D([], [], color=mark.colour, marker=mark.marker, linewidth=0.8, label=name)
