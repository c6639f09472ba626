"""A tube is thinned evenly, and only where it has more cells than are needed."""

import numpy as np
import pytest

from coculture.flow.gating.asinh_scale import decades
from coculture.flow.gating.cell_sample import MOST_EVENTS, CellSample, sample_of, some_of
from coculture.flow.tubes import TubeEvents


def test_all_of_few_events_are_taken() -> None:
    wanted = np.arange(8000) % 2 == 1
    assert some_of(wanted).tolist() == list(range(1, 8000, 2))
    assert some_of(np.zeros(9, bool)).tolist() == []


@pytest.mark.parametrize("share", [0.2, 0.7, 1.0])
def test_of_many_events_about_as_many_as_are_needed_are_taken_from_the_whole_file(
    share: float,
) -> None:
    wanted = np.random.default_rng(1).random(100_000) < share
    places = some_of(wanted)
    assert wanted[places].all()
    assert 0.7 * MOST_EVENTS < len(places) < 1.1 * MOST_EVENTS
    in_tenths = np.bincount(places // 10_000, minlength=10)
    assert in_tenths == pytest.approx(np.full(10, len(places) / 10), rel=0.2)


def test_a_sample_has_the_same_events_in_each_channel() -> None:
    columns = {"A": np.arange(20_000.0), "B": -np.arange(20_000.0), "C": np.zeros(20_000)}
    cells = sample_of(TubeEvents(columns, 20_000), columns["A"] >= 100, ["A", "B"])
    assert set(cells.columns) == {"A", "B"}
    np.testing.assert_array_equal(cells["A"], -cells["B"])
    assert cells["A"][0] >= 100


def test_a_channel_is_put_on_the_scale_of_decades_once() -> None:
    cells = CellSample({"A": np.array([900.0, -20.0, 60.0])})
    np.testing.assert_array_equal(cells.along("A").values, decades(cells["A"]))
    assert cells.along("A") is cells.along("A")
