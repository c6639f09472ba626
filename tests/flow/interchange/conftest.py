"""Small experiments with all that gating has to do: controls, debris, doublets, unsteady time."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coculture.simulate import EXAMPLE, events
from coculture.simulate.files import write_fcs

MakeExperiment = Callable[[int], pd.DataFrame]


def _tubes(percents: list[float]) -> Iterator[tuple[str, str, str, events.Tube]]:
    cells = EXAMPLE.cells
    gfp, annexin, dye = events.LABELS[3:6]
    killed = events.myeloma_alone(60, cells)
    live = events.myeloma_alone(8, cells)
    yield "unstained", "", "unstained", events.unstained(live)
    yield "population_negative", "", "stroma", events.unstained(events.stroma_alone(cells))
    yield "single_stain", gfp, "gfp", events.unstained(live)
    yield "single_stain", annexin, "annexin", replace(killed, dye=False)
    yield "single_stain", dye, "dye", replace(killed, annexin=False)
    for number, percent in enumerate(percents, start=1):
        yield "sample", "", f"sample{number}", events.coculture(percent, cells, treated=number > 1)


@pytest.fixture
def make_experiment(tmp_path: Path) -> MakeExperiment:
    """Write the FCS files of a small experiment: `make_experiment(seed)` gives rows of flow.csv.

    A sample of it was acquired unsteadily, and some events are at the top of a detector.
    """

    def make(seed: int) -> pd.DataFrame:
        rng = np.random.default_rng(seed)
        folder = tmp_path / f"seed{seed}"
        gain = events.gains(EXAMPLE.cytometer, rng)
        rows = []
        tubes = list(_tubes([8.0, *rng.uniform(5, 60, 2)]))
        for role, channel, name, tube in tubes:
            recorded = events.acquire(tube, 4000, EXAMPLE.cells, EXAMPLE.cytometer, rng, gain)
            if name == "sample2":
                recorded = _unsteady(recorded, rng)
            top = rng.choice(len(recorded), 20, replace=False)
            recorded[top, rng.integers(0, 6)] = EXAMPLE.cytometer.maximum
            write_fcs(
                folder / f"{name}.fcs",
                recorded,
                EXAMPLE.cytometer.spillover,
                EXAMPLE.cytometer.maximum,
                {},
            )
            rows.append(
                {
                    "fcs": f"{name}.fcs",
                    "path": str(folder / f"{name}.fcs"),
                    "experiment": "E1",
                    "role": role,
                    "channel": channel,
                    "cells": "stroma" if name == "stroma" else "control",
                    "culture": name if role == "sample" else "",
                    "exclude": "",
                }
            )
        return pd.DataFrame(rows).assign(untreated=lambda table: table["fcs"] == "sample1.fcs")

    return make


def _unsteady(recorded: events.Values, rng: np.random.Generator) -> events.Values:
    """A bubble in the middle of the acquisition, and one at its end."""
    ordered = recorded[np.argsort(recorded[:, 6], kind="stable")]
    for begin in (rng.integers(500, 1500), len(ordered) - 300):
        ordered[begin : begin + 300, [0, 1, 4]] *= 3
    return np.minimum(ordered, EXAMPLE.cytometer.maximum)
