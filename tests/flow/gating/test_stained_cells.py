"""Brightness of stained cells, and the share that a weaker stain loses, of cells made by hand."""

import math

import numpy as np
import pytest

from coculture.flow.gating.cell_sample import CellSample
from coculture.flow.gating.stained_cells import StainedCells, is_seen, stained_cells

THRESHOLD = 152.0
"""2.4 SD above the live cells."""


def cells(stain: float, share: float = 0.3, count: int = 3000, seed: int = 1) -> StainedCells:
    """Of live cells at 80 (SD 30), and a share of cells that are `stain` brighter."""
    rng = np.random.default_rng(seed)
    is_stained = np.arange(count) < share * count
    values = 80 + 30 * rng.standard_normal(count)
    values += is_stained * stain * np.exp(0.45 * rng.standard_normal(count))
    found = stained_cells(CellSample({"A": values}), "A", THRESHOLD)
    assert found is not None
    return found


@pytest.mark.parametrize("stain", [5000.0, 500.0, 300.0])
@pytest.mark.parametrize("share", [0.08, 0.3, 0.6])
def test_brightness_is_that_of_the_stained_cells_however_weak(stain: float, share: float) -> None:
    assert cells(stain, share).brightness == pytest.approx(stain, rel=0.12)


def test_all_cells_count_where_none_lives() -> None:
    dead = cells(1000, share=1.0)
    assert not dead.has_live
    assert dead.has_peak
    assert dead.positive == dead.cells
    assert dead.brightness == pytest.approx(1080, rel=0.05)


@pytest.mark.parametrize("times", [5.0, 10.0, 20.0])
def test_the_share_lost_is_what_the_weaker_stain_loses(times: float) -> None:
    """The estimate is on the low side, by a fifth at most."""
    well, weak = cells(2000, 0.5, 20_000), cells(2000 / times, 0.5, 20_000, seed=2)
    lost = 1 - weak.positive / well.positive
    assert 0.8 * lost - 0.005 < well.share_lost(times) < lost + 0.005
    assert well.share_lost(1) == 0


def test_live_cells_above_the_threshold_are_not_positive() -> None:
    """Of 30 stained cells among 3,000, to which the live peak adds about as many."""
    assert cells(5000, 0.01).positive == pytest.approx(30, abs=12)


def test_few_cells_have_no_brightness() -> None:
    few = cells(5000, 0.005)
    assert few.bright == 15
    assert math.isnan(few.brightness)
    assert stained_cells(CellSample({"A": np.full(99, 80.0)}), "A", THRESHOLD) is None


def test_a_stain_is_seen_by_a_peak_or_by_the_bright_cells_of_all_tubes() -> None:
    """3 % of cells are seen in one tube, 0.6 % in none alone; carry-over of 0.1 % is not."""
    assert is_seen([cells(0, 0), cells(5000, 0.03)])
    assert is_seen([cells(200, 0.5)])
    assert not cells(5000, 0.006).is_seen
    assert is_seen([cells(5000, 0.006, seed=seed) for seed in (1, 2)])
    assert not is_seen([cells(5000, 0.001, seed=seed) for seed in range(9)])
    assert not is_seen([cells(0, 0)])
