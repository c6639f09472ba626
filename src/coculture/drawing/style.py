"""One style for every figure: colours, fonts, and files that are the same bytes in every run.

The colours are those of Okabe and Ito (2008), which readers with colour-vision deficiencies can
distinguish. An arm has the same colour and marker in every figure of a study.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from coculture.drawing.clip_names import name_by_shape

BLACK = "#000000"
GREY = "#8c8c8c"
LIGHT_GREY = "#d9d9d9"
ORANGE = "#e69f00"
SKY_BLUE = "#56b4e9"
GREEN = "#009e73"
YELLOW = "#f0e442"
BLUE = "#0072b2"
VERMILION = "#d55e00"
PURPLE = "#cc79a7"

DENSITY_MAP = "cividis"
DIFFERENCE_MAP = "RdBu_r"
"""Diverging, white in the middle; distinguishable with red-green colour blindness."""

SIMULATED = "simulated data"
"""Printed below every figure of a study with simulated data."""
_STRIP = 0.18
"""Height in inches of the strip below a figure with this label."""

_SETTINGS: dict[Any, Any] = {
    "axes.axisbelow": True,
    "axes.labelsize": 9,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "figure.constrained_layout.use": True,
    "figure.dpi": 100,
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "lines.linewidth": 1.4,
    "savefig.dpi": 200,
    "svg.fonttype": "path",
    "text.parse_math": False,  # a $ in a user's text is a dollar sign
    "svg.hashsalt": "coculture",
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
}


@contextmanager
def house_style() -> Iterator[None]:
    """Context in which all figures are drawn: the Agg canvas and the common settings."""
    mpl.use("Agg")
    with mpl.rc_context(_SETTINGS):
        yield


def save(figure: Figure, path: str | Path, simulated: bool = False) -> None:
    """Write `figure` to `path` (.svg, .png or .pdf) without dates or random ids.

    With `simulated` a strip with the label "simulated data" is added below the figure.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata: dict[str, dict[str, str | None]] = {
        ".svg": {"Date": None, "Creator": None},
        ".png": {"Software": None},
        ".pdf": {"CreationDate": None, "Producer": None, "Creator": None},
    }
    # Otherwise a figure without a layout engine gets one when it is first saved.
    with mpl.rc_context({**_SETTINGS, "figure.constrained_layout.use": False}):
        layout = figure.get_layout_engine()
        if layout is not None:
            # Once for all files: to place everything takes as long as to draw it. At the resolution
            # of the image, since text is wider at a lower one.
            figure.set_dpi(_SETTINGS["savefig.dpi"])
            if figure.axes:
                layout.execute(figure)
            figure.set_layout_engine(None)
        if not simulated:
            figure.savefig(path, metadata=metadata[path.suffix])
        else:
            _save_labelled(figure, path, metadata[path.suffix])
    if path.suffix == ".svg":
        name_by_shape(path)


def _save_labelled(figure: Figure, path: Path, metadata: dict[str, str | None]) -> None:
    """With the strip that says that the data are simulated."""
    width, height = figure.get_size_inches()
    # Below the canvas of the figure nothing that is drawn can cover the label.
    label = figure.text(
        1 - 0.06 / width,
        (0.06 - _STRIP) / height,
        SIMULATED,
        ha="right",
        color=BLACK,
        fontsize=7,
        in_layout=False,
    )
    with_strip = Bbox([[0, -_STRIP], [width, height]])
    figure.savefig(path, metadata=metadata, bbox_inches=with_strip)
    label.remove()
