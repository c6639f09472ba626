"""A tube that is read a channel at a time gives what the whole file gives."""

import resource
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coculture.flow import FlowSettings, gate_experiment, large_tube, tubes
from coculture.flow.compensation.spillover import spillover_matrix
from coculture.flow.files import FlowFile
from coculture.flow.gating.counting import measure
from coculture.flow.gating.measurement import Measurement
from coculture.flow.settings import CountingBeads
from coculture.flow.tubes import Tube, open_tubes, read_tube
from coculture.running import side_by_side
from coculture.simulate.events import CHANNELS, LABELS, acquire, coculture
from coculture.simulate.parameters import Cells, Cytometer

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


REPEATS = 100


@pytest.mark.long
def test_a_file_of_a_gigabyte_is_counted_within_1500_megabytes(
    files: pd.DataFrame,
    write_fcs: Callable[..., Path],
    myeloma_settings: Callable[..., FlowSettings],
) -> None:
    """10 million events x 25 channels: 100,000 events, again and again; the counts are known."""
    settings = myeloma_settings()
    gated = gate_experiment(files, settings)
    rng = np.random.default_rng(1)
    recorded = acquire(coculture(30.0, Cells()), 100_000, Cells(), Cytometer(), rng)
    names = [*CHANNELS, *(f"X{number}-A" for number in range(18))]
    once = np.hstack([recorded, np.zeros((len(recorded), 18))])
    labels = {f"$P{number}S": label for number, label in enumerate(LABELS, start=1)}
    paths = {times: _repeated(write_fcs, once, names, labels, times) for times in (1, REPEATS)}
    tubes_of = {times: _sample(path, settings) for times, path in paths.items()}

    def counted(tube: Tube) -> tuple[list[Measurement], float]:
        matrix = spillover_matrix(gated.spillover)
        found = measure(tube, matrix, settings, gated.gates["populations"])
        return found, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6

    # The second in a process of its own, whose memory is known.
    ((once_counted,), _), ((counts,), megabytes) = side_by_side.each(
        counted, [tubes_of[1], tubes_of[REPEATS]], 2
    )
    assert counts.counts.total == 10_000_000
    assert counts.medians == once_counted.medians
    for of_whole, of_part in (
        (counts.counts.after, once_counted.counts.after),
        (counts.counts.quadrants, once_counted.counts.quadrants),
    ):
        assert of_whole == {name: REPEATS * number for name, number in of_part.items()}
    assert 500 < megabytes < 1500
    for path in paths.values():
        path.unlink()


def _repeated(
    write_fcs: Callable[..., Path],
    once: "np.ndarray[tuple[int, int], np.dtype[np.float64]]",
    names: list[str],
    labels: dict[str, str],
    times: int,
) -> Path:
    """A file whose events are those of `once`, so many times."""
    size = 4 * once.size
    keywords = labels | {"$TOT": f"{times * len(once):09d}"}
    path = write_fcs(once, names, name=f"times_{times}.fcs", keywords=keywords)
    first = path.stat().st_size - size
    keywords |= {"$ENDDATA": f"{first + times * size - 1:010d}"}
    path = write_fcs(once, names, name=path.name, keywords=keywords)
    events = path.read_bytes()[first:]
    with path.open("ab") as file:
        for _ in range(times - 1):
            file.write(events)
    return path


def _sample(path: Path, settings: FlowSettings) -> Tube:
    (tube,) = open_tubes([FlowFile(row=0, fcs=path.name, path=str(path), role="sample")], settings)
    return tube
