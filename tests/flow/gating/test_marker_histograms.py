"""Cells on the two sides of a marker's gate, counted as the gates count them."""

import numpy as np
import pytest

from coculture.flow.gating import gates
from coculture.flow.gating.asinh_scale import linear
from coculture.flow.gating.cell_sample import CellSample
from coculture.flow.gating.marker_histograms import DISTANCES, marker_histograms, together
from tests.flow.standard_outcomes import STANDARD

ANNEXIN = {"channels": ["A"], "threshold": 100.0, "keep": "above"}
DYE = {"channels": ["D"], "threshold": 100.0, "keep": "above"}
STAINS = {"annexin": ANNEXIN, "viability_dye": DYE}
ABOVE = {"channels": ["M"], "threshold": 500.0, "keep": "above"}
BELOW = {"channels": ["N"], "threshold": 500.0, "keep": "below"}


def _cells(marker: list[float], **others: list[float]) -> CellSample:
    quiet = {"A": [0.0] * len(marker), "D": [0.0] * len(marker), "N": [0.0] * len(marker)}
    columns = {**quiet, "M": marker, **others}
    return CellSample({name: np.array(values) for name, values in columns.items()})


def test_a_cell_at_the_threshold_is_inside_a_gate_that_keeps_what_is_above() -> None:
    cells = _cells([499.999, 500.0, 500.001, 1e9, -1e9], A=[0, 0, 200, 0, 200])
    found = marker_histograms(cells, {"m": ABOVE}, STAINS, STANDARD)["m"]
    assert found.cells(inside=True) == 3
    assert found.cells(["viable"], inside=False) == 1
    assert found.cells(["early"], inside=False) == 1
    assert found.cells(["early"], inside=True) == 1


def test_a_cell_at_the_threshold_is_outside_a_gate_that_keeps_what_is_below() -> None:
    cells = _cells([0.0] * 3, N=[499.9, 500.0, 700.0], D=[0, 200, 200])
    found = marker_histograms(cells, {"n": BELOW}, STAINS, STANDARD)["n"]
    assert found.cells(["viable"], inside=True) == 1
    assert found.cells(["necrotic"], inside=False) == 2


@pytest.mark.parametrize(("name", "block"), [("m", ABOVE), ("n", BELOW)])
def test_distances_are_decades_into_the_population(name: str, block: gates.Block) -> None:
    position = float(np.arcsinh(500 / 150) / np.log(10))
    sign = 1 if block is ABOVE else -1
    values = [linear(position + sign * at) for at in (-0.31, 0.5, 0.5)]
    column = str(block["channels"][0])
    cells = _cells(**{"marker": [0.0] * 3, column: values})
    counts = marker_histograms(cells, {name: block}, STAINS, STANDARD)[name].counts["viable"]
    assert DISTANCES[counts > 0] == pytest.approx([-0.31, 0.5], abs=0.011)
    assert counts[counts > 0].tolist() == [1, 2]


def test_cells_that_another_marker_excludes_are_left_out() -> None:
    cells = _cells([0.0, 900.0, 0.0], N=[0.0, 0.0, 900.0], A=[50.0, 300.0, 300.0])
    found = marker_histograms(cells, {"m": ABOVE, "n": BELOW}, STAINS, STANDARD)
    assert found["m"].cells(inside=False) == 1
    assert found["m"].stain_inside.sum() == 1
    assert found["m"].stain_inside[DISTANCES > 0].sum() == 1
    assert found["m"].stain_outside[DISTANCES > 0].sum() == 0
    assert found["n"].cells(inside=False) == 0


def test_a_polygon_has_no_distance() -> None:
    corners = {"channels": ["M", "N"], "vertices": [[0, 0], [9, 0], [9, 9]], "keep": "inside"}
    assert marker_histograms(_cells([1.0]), {"m": corners}, STAINS, STANDARD) == {}


def test_wells_are_added() -> None:
    one = marker_histograms(_cells([900.0, 1.0]), {"m": ABOVE}, STAINS, STANDARD)["m"]
    both = together([one, one])
    assert both.cells(inside=True) == 2
    assert both.stain_outside.sum() == 2
    assert together([]).cells(inside=True) == 0
