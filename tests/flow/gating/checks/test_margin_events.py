"""Events at the edge of a detector's range, counted by hand."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coculture.flow import gate_experiment
from coculture.flow.gating.checks.margin_events import CODE, margin_percent
from coculture.flow.tubes import Tube as FlowTube
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, LIGHT, Recorded, Tube


def test_margin_counts_events_out_of_scatter_range_and_saturated_ones(
    open_tube: Callable[..., FlowTube],
) -> None:
    """$PnR is 262144, so 262143 is the largest value and saturated, 262142 is not.

    Of 50 events 4 are out of the scatter range, 2 saturated in Annexin V, 2 in the dye, 1 in both.
    """
    top = 262_143.0
    annexin = np.full(50, 100.0)
    dye = np.full(50, 100.0)
    annexin[[0, 1, 2]] = top
    dye[[2, 3, 4]] = top
    annexin[5], dye[6] = top - 1, top - 1
    signals = {"FSC-A": np.full(50, 1000.0), "FL1-A": annexin, "FL2-A": dye}
    tube = open_tube(signals)
    found = margin_percent(tube, pd.DataFrame(signals), in_range=46)
    assert found == pytest.approx(100 * (4 + 2 + 2 + 1) / 50)


def test_events_that_are_not_finite_and_beads_are_not_at_the_edge(tmp_path: Path) -> None:
    study = replace(
        BASE, experiments=1, wells=1, events_sample=1500, embedded=LIGHT, controls=("unstained",)
    )

    def edit(tube: Tube, recorded: Recorded) -> Recorded:
        events = recorded.events.copy()
        if tube.is_sample:
            events.loc[::3, "R660-A"] = np.nan
            events.loc[1::3, "SSC-A"] = 200_000.0
        return replace(recorded, events=events)

    written = base_study.write(tmp_path, study, edit=edit)
    beads = {"channel": "SSC-A", "above": 190_000.0}
    settings = base_study.settings(compensation={"source": "embedded"}, counting_beads=beads)
    codes = {flag.code for flag in gate_experiment(written.files, settings).flags}
    assert "not_finite" in codes
    assert CODE not in codes
