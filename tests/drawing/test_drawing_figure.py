"""Figures as files: simulated data are labelled, and a second run gives the same bytes."""

import ast
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import matplotlib.image
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from coculture import drawing
from coculture.drawing import style
from coculture.drawing.figure import Drawing
from coculture.exchange import figure_text
from coculture.exchange.figure_text import FigureText

ROOT = Path(__file__).parents[2]


def plain() -> Figure:
    """A figure that constrained layout fills to its lower edge."""
    figure = Figure(figsize=(3, 2))
    figure.subplots().plot([1, 2])
    figure.supxlabel("small print")
    return figure


def in_parts() -> Figure:
    """A figure of sub-figures."""
    figure = Figure(figsize=(3, 3))
    for part in np.asarray(figure.subfigures(2, 1)):
        part.subplots().plot([1, 2])
        part.supxlabel("small print")
    return figure


def without_layout() -> Figure:
    """A figure without a layout engine, its axes of a fixed aspect."""
    figure = Figure(figsize=(3, 2))
    figure.set_layout_engine("none")
    figure.add_axes((0.1, 0.2, 0.8, 0.7)).set_aspect("equal")
    return figure


FIGURES = (plain, in_parts, without_layout)


def _drawn(make: Callable[[], Figure]) -> Drawing:
    with style.house_style():
        return Drawing(make(), pd.DataFrame(), "none", FigureText("A figure"))


@pytest.mark.parametrize("make", FIGURES)
def test_simulated_data_are_labelled_below_the_figure(
    make: Callable[[], Figure], tmp_path: Path
) -> None:
    measured, simulated = tmp_path / "measured.png", tmp_path / "simulated.png"
    drawing.save(_drawn(make), [measured])
    drawing.save(_drawn(make), [simulated], simulated=True)
    as_it_is, marked = (matplotlib.image.imread(path) for path in (measured, simulated))
    height, width, _ = as_it_is.shape
    assert marked.shape[1] == width
    np.testing.assert_array_equal(marked[:height], as_it_is)
    dark = np.argwhere(marked[height:, :, 0] < 0.5)
    assert len(dark) > 100
    strip = marked.shape[0] - height
    assert 0 < dark[:, 0].min() < dark[:, 0].max() < strip - 1
    assert width / 2 < dark[:, 1].min() < dark[:, 1].max() < width - 1


@pytest.mark.parametrize("make", FIGURES)
def test_labelled_figures_are_the_same_bytes_twice(
    make: Callable[[], Figure], tmp_path: Path
) -> None:
    for folder in ("a", "b"):
        paths = [tmp_path / folder / f"x{ending}" for ending in (".svg", ".png", ".pdf")]
        drawing.save(_drawn(make), paths, simulated=True)
    for path in sorted((tmp_path / "a").iterdir()):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


def test_data_and_text_are_saved_beside_the_figure(tmp_path: Path) -> None:
    text = FigureText("Changes", "One line for each patient.", "CRP fell.", "per_experiment")
    shown = pd.DataFrame({"mark": ["patient"], "on_study": [1.5]})
    with style.house_style():
        made = Drawing(plain(), shown, "figures/clinical/changes.csv", text)
    drawing.save(made, [tmp_path / f"a{ending}" for ending in (".svg", ".csv", ".json")])
    table = "figures/clinical/changes.csv"
    assert figure_text.read(tmp_path / "a.json") == replace(text, table=table)
    assert (tmp_path / "a.csv").read_text() == "mark,on_study\npatient,1.5\n"


@pytest.mark.parametrize("path", [*(ROOT / "scripts").glob("*.py")], ids=lambda path: path.stem)
def test_every_script_passes_on_whether_the_data_are_simulated(path: Path) -> None:
    saved = [
        ast.unparse(call)
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "drawing.save"
    ]
    assert all(call.endswith(", parameters.simulated)") for call in saved), saved
