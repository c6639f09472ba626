"""A tube that is read a channel at a time gives what the whole file gives."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coculture.flow import FlowSettings, gate_experiment, large_tube, tubes
from coculture.flow.settings import CountingBeads
from coculture.flow.tubes import Tube, read_tube

COUNT = 20_000
"""Events: three blocks, of which the last is not full."""
SPILLOVER = pd.DataFrame(
    [[1.0, 0.1, 0.2], [0.02, 1.0, 0.3], [0.05, 0.01, 1.0]],
    index=["FL2-A", "FL1-A", "FL9-A"],
    columns=["FL2-A", "FL1-A", "FL9-A"],
)


@pytest.fixture
def tube(open_tube: Callable[..., Tube]) -> Tube:
    """A tube with values that are not finite, counting beads, a constant marker, and a ratio."""
    rng = np.random.default_rng(3)
    names = ("FSC-A", "FSC-H", "FL1-A", "FL2-A", "FL9-A", "FL5-A")
    observed = {name: rng.integers(-500, 5000, COUNT).astype(float) for name in names}
    observed["FL3-A"] = np.full(COUNT, 7.0)
    observed["FL1-A"][[3, 9000]], observed["FSC-A"][COUNT - 1] = np.nan, np.inf
    opened = open_tube(observed)
    beads = CountingBeads("FL5-A", 4000.0)
    panel = replace(opened.panel, forward_scatter_height="FSC-H", counting_beads=beads)
    return replace(opened, panel=panel)


@pytest.mark.parametrize("matrix", [None, SPILLOVER])
def test_a_large_tube_has_the_events_of_the_whole_file(
    tube: Tube, matrix: pd.DataFrame | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read_tube(tube, matrix)
    monkeypatch.setattr(tubes, "MOST_BYTES", 0)
    large = read_tube(tube, matrix)
    assert isinstance(large.columns, large_tube.LargeTube)
    assert (len(large), large.beads, large.constant) == (len(whole), whole.beads, whole.constant)
    assert whole.constant == {"FL3-A": 7.0}
    assert 0 < whole.beads < COUNT - len(whole)
    assert set(large.columns) == set(whole.columns)
    for name, values in whole.columns.items():
        np.testing.assert_allclose(large[name], values, rtol=1e-14)
    assert "FSC-H / FSC-A" in large.columns


def test_few_channels_are_held_at_a_time(tube: Tube, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tubes, "MOST_BYTES", 0)
    columns = read_tube(tube, SPILLOVER).columns
    assert isinstance(columns, large_tube.LargeTube)
    for name in columns:
        assert len(columns[name]) == columns.count
        assert len(columns._held) <= large_tube._HELD


def test_an_experiment_of_large_tubes_has_the_counts_of_whole_files(
    files: pd.DataFrame,
    myeloma_settings: Callable[..., FlowSettings],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = gate_experiment(files, myeloma_settings())
    monkeypatch.setattr(tubes, "MOST_BYTES", 0)
    monkeypatch.setattr(large_tube, "BLOCK", 700)
    large = gate_experiment(files, myeloma_settings())
    pd.testing.assert_frame_equal(large.wells, whole.wells)
    pd.testing.assert_frame_equal(large.alternatives, whole.alternatives)
    assert (large.flags, large.gates, large.plots) == (whole.flags, whole.gates, whole.plots)
