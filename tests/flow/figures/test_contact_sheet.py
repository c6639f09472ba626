"""The contact sheet: every sample with its percents."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.path import Path as Outline
from matplotlib.textpath import TextPath
from numpy.typing import NDArray

from coculture import drawing
from coculture.drawing import Drawing
from coculture.flow import FlowSettings
from coculture.flow.figures import contact_sheet
from coculture.flow.figures.experiment_results import ExperimentResults

Settings = Callable[..., FlowSettings]
Texts = Callable[[Drawing], str]


def test_the_contact_sheet_shows_every_sample_and_its_percents(
    results: ExperimentResults, texts: Texts
) -> None:
    wells = results.wells
    drawn = contact_sheet.draw(results)
    samples = wells[wells["role"] == "sample"].to_dict("records")
    names = [text for text in texts(drawn).split("\n") if text.startswith("E1-")]
    assert names == [row["culture"] for row in samples]
    # Numbers are outlines: each is known by its shape.
    known = {f"{n}": _shape(TextPath((0, 0), f"{n}", size=6)) for n in range(101)}
    (numbers,) = drawn.figure.findobj(PathCollection)
    assert isinstance(numbers, PathCollection)
    drawn_shapes = [_shape(path) for path in numbers.get_paths()]
    read = [text for shape in drawn_shapes for text in known if _alike(shape, known[text])]
    quadrants = ("viable", "early", "late", "necrotic")
    assert read == [f"{row[f'percent_{name}']:.0f}" for row in samples for name in quadrants]
    places = np.asarray(numbers.get_offsets()).reshape(len(samples), 4, 2)
    viable, early, late, necrotic = (places[:, i] for i in range(4))
    assert (viable[:, 0] == necrotic[:, 0]).all()
    assert (early[:, 0] == late[:, 0]).all()
    assert (viable[:, 0] < early[:, 0]).all()
    assert (viable[:, 1] < necrotic[:, 1]).all()


def _shape(outline: Outline) -> NDArray[np.float64]:
    points: NDArray[np.float64] = np.asarray(outline.vertices, dtype=np.float64)
    from_first: NDArray[np.float64] = points - points[0]
    return from_first


def _alike(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    return one.shape == other.shape and np.allclose(one, other)


def test_rows_of_the_contact_sheet_are_those_of_the_wells_table(results: ExperimentResults) -> None:
    wells = results.wells
    shown = contact_sheet.draw(results).shown.set_index("fcs")
    samples = wells[wells["role"] == "sample"].set_index("fcs")
    assert list(shown.index) == list(samples.index)
    assert list(shown["events"]) == list(samples["events_population"])
    for column in ("culture", "percent_early", "percent_necrotic"):
        assert list(shown[column]) == list(samples[column])


def test_the_contact_sheet_is_drawn_once_a_file(
    results: ExperimentResults, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = contact_sheet.draw(results)
    draws = []
    of_image = drawn.figure.axes[0].images[0]
    monkeypatch.setattr(of_image, "draw", lambda *_, **__: draws.append(1))
    drawing.save(drawn, [tmp_path / "sheet.svg", tmp_path / "sheet.png"])
    assert len(draws) == 2
