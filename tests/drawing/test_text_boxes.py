"""The check of texts itself: it must see what a reader could not read."""

from pathlib import Path

import pytest
from matplotlib.figure import Figure
from matplotlib.transforms import Affine2D

from coculture.drawing import style
from tests.drawing.text_boxes import Outside, Overlap, drawn_texts


def _saved(folder: Path, *texts: tuple[float, float, str, float]) -> Path:
    """A figure of 3 x 2 inches with texts at (x, y, text, angle), in parts of it."""
    with style.house_style():
        figure = Figure(figsize=(3, 2))
        for x, y, text, angle in texts:
            figure.text(x, y, text, rotation=angle, fontsize=9)
        style.save(figure, folder / "figure.svg")
    return folder / "figure.svg"


def test_texts_on_each_other_are_seen(tmp_path: Path) -> None:
    path = _saved(tmp_path, (0.2, 0.5, "untreated", 0), (0.35, 0.52, "bortezomib", 0))
    (fault,) = drawn_texts(path).faults()
    assert isinstance(fault, Overlap)
    assert {fault.one, fault.other} == {"untreated", "bortezomib"}
    assert fault.depth > 3


def test_texts_beside_each_other_are_no_fault(tmp_path: Path) -> None:
    path = _saved(tmp_path, (0.1, 0.5, "untreated", 0), (0.4, 0.5, "bortezomib", 0))
    assert drawn_texts(path).faults() == []
    assert [one.text for one in drawn_texts(path).boxes] == ["untreated", "bortezomib"]


@pytest.mark.parametrize(("angle", "is_clear"), [(45, True), (0, False), (-45, False)])
def test_turned_texts_have_turned_boxes(tmp_path: Path, angle: float, is_clear: bool) -> None:
    """Two slanted labels side by side: boxes along the axes would overlap, their letters do not."""
    path = _saved(tmp_path, (0.2, 0.4, "bortezomib 5 nM", angle), (0.3, 0.4, "other label", 45))
    assert (drawn_texts(path).overlaps() == []) == is_clear


def test_a_text_that_leaves_the_canvas_is_seen(tmp_path: Path) -> None:
    path = _saved(tmp_path, (0.9, 0.5, "bortezomib", 0), (0.1, 0.1, "inside", 0))
    (fault,) = drawn_texts(path).faults()
    assert isinstance(fault, Outside)
    assert fault.text == "bortezomib"
    assert fault.depth > 20


def test_words_are_where_matplotlib_says(tmp_path: Path) -> None:
    """The box read from the file is in the one that Matplotlib computes for its canvas."""
    with style.house_style():
        figure = Figure(figsize=(3, 2), dpi=720)  # text is wider at low resolutions
        placed = figure.text(0.3, 0.4, "IL-6 (pg/mL)", rotation=90, fontsize=12)
        figure.draw_without_rendering()
        extent = placed.get_window_extent().transformed(Affine2D().scale(0.1))
        style.save(figure, tmp_path / "figure.svg")
    (box,) = drawn_texts(tmp_path / "figure.svg").boxes
    low, high = box.corners.min(axis=0), box.corners.max(axis=0)
    # The letters lie inside the box of their line, which has the height of any letters.
    inside = [*(low - [extent.x0, 144 - extent.y1]), *([extent.x1, 144 - extent.y0] - high)]
    assert min(inside) > -0.2
    assert max(inside) < 1.5
