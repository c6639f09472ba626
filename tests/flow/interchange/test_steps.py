"""Imported gates as steps: what they keep on their own scales, they keep as linear blocks."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coculture.flow.gating import gates
from coculture.flow.interchange import steps
from coculture.flow.interchange.gating_ml import reading
from coculture.flow.interchange.gating_ml.dimensions import Dimension
from coculture.flow.interchange.gating_ml.gates.polygon import Polygon, inside_polygon
from coculture.flow.interchange.gating_ml.gates.rectangle import Rectangle
from coculture.flow.interchange.gating_ml.transforms import SCALES, scale_named
from coculture.flow.interchange.xml_file import InterchangeError

WRITTEN: list[dict[str, Any]] = [
    {"name": "linear"},
    {"name": "flin", "T": 1000, "A": 10},
    {"name": "flog", "T": 10000, "M": 4},
    {"name": "fasinh", "T": 10000, "M": 4, "A": 1},
    {"name": "logicle", "T": 10000, "W": 0.5, "M": 4.5, "A": 0},
    {"name": "hyperlog", "T": 10000, "W": 1, "M": 4.5, "A": 0},
    {"name": "biex", "maxRange": 10000, "pos": 4, "neg": 0.5, "width": -50},
    {"name": "flowjo_log", "offset": 1, "decades": 4},
]


def test_every_scale_is_tested() -> None:
    assert [one["name"] for one in WRITTEN] == list(SCALES)


@pytest.mark.parametrize("written", WRITTEN)
def test_a_scale_is_undone_by_its_inverse(written: dict[str, Any]) -> None:
    scale = scale_named(written)
    values = np.array([0.5, 3.0, 70.0, 900.0, 9000.0]) + 1
    np.testing.assert_allclose(scale.inverse(scale.transform(values)), values, rtol=1e-9)


@pytest.mark.parametrize("written", WRITTEN)
@given(end=st.floats(2.0, 9000.0), seed=st.integers(0, 9))
@settings(max_examples=15, deadline=None)
def test_a_threshold_on_a_scale_is_a_linear_one_to_the_event(
    written: dict[str, Any], end: float, seed: int
) -> None:
    scale = scale_named(written)
    on_scale = float(scale.transform([end])[0])
    events = np.random.default_rng(seed).uniform(-100, 11000, 200)
    # Not nearer: the last digits of scales that are found by iteration are not monotone.
    near = [end * (1 - 1e-9), end * (1 + 1e-9)]
    events = np.concatenate([events, near])
    threshold = steps.first_at_least(Dimension("A", scale=scale), on_scale)
    kept = scale.transform(events) >= on_scale
    assert np.array_equal(kept, events >= threshold)


def test_a_rectangle_is_a_polygon_with_the_same_events() -> None:
    dimensions = (Dimension("A"), Dimension("B"))
    gate = Rectangle("g", None, dimensions, ((2.0, 5.0), (-math.inf, 4.0)))
    block = steps._rectangle(gate)
    grid = np.array([(x, y) for x in range(8) for y in range(8)], dtype=np.float64)
    kept = gates.kept("g", block, pd.DataFrame(grid, columns=["A", "B"]))
    expected = (grid[:, 0] >= 2) & (grid[:, 0] < 5) & (grid[:, 1] < 4)
    assert np.array_equal(kept, expected)


def have_an_area(corners: list[tuple[int, int]]) -> bool:
    """Whether the corners are not all on one line: such polygons are refused."""
    return bool(np.linalg.matrix_rank(np.subtract(corners, corners[0])) == 2)


@given(
    corners=st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=7
    ).filter(have_an_area),
    outside=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_a_polygon_of_gating_is_that_of_the_standard_also_on_its_edges(
    corners: list[tuple[int, int]], outside: bool
) -> None:
    grid = np.array([(x, y) for x in range(10) for y in range(10)], dtype=np.float64)
    vertices = [[float(x), float(y)] for x, y in corners]
    keep = "outside" if outside else "inside"
    block = {"channels": ["A", "B"], "vertices": vertices, "keep": keep}
    kept = gates.kept("g", block, pd.DataFrame(grid, columns=["A", "B"]))
    inside = inside_polygon(grid[:, 0], grid[:, 1], np.array(vertices))
    assert np.array_equal(kept, ~inside if outside else inside)


def test_stains_of_a_matrix_are_called_as_their_detectors() -> None:
    matrix = pd.DataFrame([[1.0, 0.1], [0.2, 1.0]], index=["FITC", "PE"], columns=["FL1", "FL2"])
    dimensions = (Dimension("PE", "m"), Dimension("PE"))
    gate = Rectangle("g", None, dimensions, ((2.0, 5.0), (1.0, 4.0)))
    found = reading.on_detectors(reading.GatingDocument({"g": gate}, {"m": matrix}))
    # A channel that no matrix compensates keeps its name.
    assert [one.name for one in found.gates["g"].dimensions] == ["FL2", "PE"]
    assert list(found.matrices["m"].index) == ["FL1", "FL2"]
    twice = matrix.rename(columns={"FL1": "FL2"}).assign(FL3=0.0) * 0
    with pytest.raises(InterchangeError, match="two stains that one detector sees most"):
        reading.on_detectors(reading.GatingDocument({}, {"m": twice}))


def test_a_polygon_with_cut_off_scales_is_no_step() -> None:
    gate = Polygon("g", None, (Dimension("A", low=0.0), Dimension("B")), ((0, 0), (1, 0), (1, 1)))
    with pytest.raises(InterchangeError, match="cut off"):
        steps._polygon(gate)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "declares a document type"),
        ("<a><b></a>", "is not XML"),
        ("<g:RectangleGate xmlns:g='x'/>", "has no attribute id"),
        ("<a><SplineGate/></a>", "<SplineGate> is a kind of gate that is not known"),
        ("<a><transformation id='t'><fpow/></transformation></a>", "t is fpow, which is not known"),
    ],
)
def test_files_that_are_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "gates.xml"
    path.write_text(text)
    with pytest.raises(InterchangeError, match=said) as error:
        reading.read(path)
    assert str(path) in str(error.value)
