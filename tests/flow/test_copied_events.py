"""FCS files with the events of another file, and files of cells that were measured apart."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from coculture.flow.copied_events import COFACTOR, copied_files, event_distance
from coculture.simulate import EXAMPLE
from coculture.simulate.events import acquire, coculture
from coculture.simulate.files import write_fcs

Floats = NDArray[np.float64]
EVENTS = 3000


def _acquired(rng: np.random.Generator, percent: float = 10.0, events: int = EVENTS) -> Floats:
    tube = coculture(percent, EXAMPLE.cells)
    return acquire(tube, events, EXAMPLE.cells, EXAMPLE.cytometer, rng)


def _rows(folder: Path, *recorded: Floats) -> pd.DataFrame:
    rows = []
    for number, events in enumerate(recorded):
        path = folder / f"{number}.fcs"
        write_fcs(path, events, EXAMPLE.cytometer.spillover, EXAMPLE.cytometer.maximum, {})
        rows.append(
            {
                "fcs": path.name,
                "path": str(path),
                "experiment": f"E{number}",
                "role": "sample",
                "culture": f"c{number}",
                "exclude": "",
            }
        )
    return pd.DataFrame(rows, index=range(2, 2 + len(rows)))


def _noisy(events: Floats, sd: float, rng: np.random.Generator) -> Floats:
    changed = COFACTOR * np.sinh(np.arcsinh(events / COFACTOR) + rng.normal(0, sd, events.shape))
    return np.asarray(changed)


@pytest.mark.parametrize(
    "change",
    [
        lambda events, rng: rng.permutation(events),
        lambda events, rng: _noisy(events, 1e-4, rng),
        lambda events, rng: rng.permutation(_noisy(events, 1e-2, rng)),
        lambda events, rng: np.concatenate([events[: EVENTS // 2], _acquired(rng)[EVENTS // 2 :]]),
        lambda events, _: events[: EVENTS // 3],
        lambda events, rng: np.column_stack([events[:, :-1], rng.uniform(0, 1e4, EVENTS)]),
    ],
    ids=["order", "noise of 1e-4", "noise of 1e-2", "half copied", "cut short", "other times"],
)
def test_copies_are_found(
    tmp_path: Path, change: Callable[[Floats, np.random.Generator], Floats]
) -> None:
    rng = np.random.default_rng(1)
    one, other = _acquired(rng), _acquired(rng)
    (found,) = copied_files(_rows(tmp_path, one, other, change(one, rng)))
    assert (found.row, found.other_row) == (4, 2)
    assert found.distance < 0.3


def test_repeats_pass(tmp_path: Path) -> None:
    """Also with other shares of apoptotic cells, other numbers of events, and the same arm."""
    rng = np.random.default_rng(2)
    sizes = ((10.0, EVENTS), (10.0, EVENTS), (70.0, EVENTS), (10.0, 600), (1.0, 6000))
    recorded = [_acquired(rng, percent, events) for percent, events in sizes]
    assert not copied_files(_rows(tmp_path, *recorded))
    shown = [np.arcsinh(events[:, :-1] / COFACTOR) for events in recorded]
    distances = [event_distance(a, b) for n, a in enumerate(shown) for b in shown[:n]]
    assert min(distances) > 0.8


def test_controls_excluded_files_and_parts_of_one_culture_are_not_compared(tmp_path: Path) -> None:
    events = _acquired(np.random.default_rng(3))
    rows = _rows(tmp_path, events, events, events, events)
    rows["role"] = ["sample", "unstained", "sample", "sample"]
    rows["exclude"] = ["", "", "wrong tube", ""]
    rows["culture"] = ["c0", "", "c2", "c0"]
    assert not copied_files(rows)


def test_fewer_than_500_events_say_nothing(tmp_path: Path) -> None:
    events = _acquired(np.random.default_rng(4), events=499)
    assert not copied_files(_rows(tmp_path, events, events))
