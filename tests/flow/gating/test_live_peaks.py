"""The live peak of a well is found where the live cells are, whatever else is stained."""

import math

import numpy as np
import pytest

from coculture.flow.gating.asinh_scale import decades, linear
from coculture.flow.gating.cell_sample import CellSample
from coculture.flow.gating.live_peaks import LivePeak, live_peaks
from tests.flow.standard_outcomes import STANDARD

ANNEXIN = {"channels": ["A"], "threshold": 300.0}
DYE = {"channels": ["D"], "threshold": 300.0}
BLOCKS = {"annexin": ANNEXIN, "viability_dye": DYE}


def well(live: float, cells: int = 2000, apoptotic: float = 0.3) -> dict[str, LivePeak]:
    """Peaks of cells of which the live ones lie at `live` in Annexin V, and are larger."""
    rng = np.random.default_rng(3)
    is_dying = np.arange(cells) < apoptotic * cells
    annexin = np.where(is_dying, 5000 * np.exp(0.4 * rng.standard_normal(cells)), live)
    size = np.where(is_dying, 60_000.0, 90_000.0)
    columns = {
        "A": annexin + 30 * rng.standard_normal(cells),
        "D": 50 + 30 * rng.standard_normal(cells),
        "S": size,
    }
    return live_peaks(CellSample(columns), BLOCKS, STANDARD, "S")


def test_live_peak_of_annexin_is_that_of_the_live_cells() -> None:
    peak = well(80)["annexin"]
    assert linear(peak.position) == pytest.approx(80, abs=6)
    assert peak.share == pytest.approx(0.7, abs=0.1)
    assert peak.forward_scatter == 90_000
    assert linear(peak.positives) == pytest.approx(5000, rel=0.1)


def test_own_threshold_follows_live_cells_that_moved() -> None:
    peak = well(600)["annexin"]
    assert peak.threshold > 640
    assert peak.percent(["early", "late"]) == pytest.approx(30, abs=2)


def test_own_threshold_of_one_stain_leaves_that_of_the_other() -> None:
    peaks = well(80)
    assert sum(peaks["viability_dye"].percents.values()) == pytest.approx(100)
    assert peaks["viability_dye"].percents["necrotic"] < 2


def test_few_cells_have_no_peak() -> None:
    assert well(80, cells=99) == {}
    assert well(80, cells=100) != {}


def test_few_stained_cells_have_no_median() -> None:
    assert math.isnan(well(80, apoptotic=0.02)["annexin"].positives)


def test_scale_is_inverted() -> None:
    assert linear(float(decades(np.array([420.0]))[0])) == pytest.approx(420)
