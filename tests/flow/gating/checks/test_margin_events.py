"""Events at the edge of a detector's range, counted by hand."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coculture.flow import FlowSettings
from coculture.flow.gating import gates
from coculture.flow.gating.checks.margin_events import margin_percent
from coculture.flow.gating.counting import measure
from coculture.flow.settings import CountingBeads
from coculture.flow.tubes import Tube


def test_margin_counts_events_out_of_scatter_range_and_saturated_ones(
    open_tube: Callable[..., Tube],
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
    found = margin_percent(tube, pd.DataFrame(signals), in_range=46, total=50)
    assert found == pytest.approx(100 * (4 + 2 + 2 + 1) / 50)


def test_removed_events_are_at_no_edge(
    open_tube: Callable[..., Tube], flow_settings: Callable[..., FlowSettings]
) -> None:
    """A third of the events are not numbers, and a third are counting beads."""
    bright = np.tile([1000.0, np.nan, 200_000.0], 100)
    signals = {"FSC-A": np.full(300, 1000.0), "FL1-A": np.full(300, 10.0), "FL2-A": bright}
    tube = open_tube(signals)
    panel = replace(tube.panel, counting_beads=CountingBeads("FL2-A", 100_000))
    in_range = {"channels": ["FSC-A"], "threshold": 0.0, "keep": "above"}
    stains = {
        stain: {"channels": [channel], "threshold": 100.0}
        for stain, channel in ((gates.ANNEXIN, "FL1-A"), (gates.VIABILITY_DYE, "FL2-A"))
    }
    settings = flow_settings(populations=[])
    (one,) = measure(
        replace(tube, panel=panel), None, settings, {"all": {gates.SCATTER: in_range, **stains}}
    )
    assert (one.counts.total, one.counts.nonfinite, one.counts.beads) == (300, 100, 100)
    assert one.percent_margin == 0
