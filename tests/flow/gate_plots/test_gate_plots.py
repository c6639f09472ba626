"""What gating stores for the gate page: bins with every event, and events that are some of all."""

import base64
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from coculture.flow import FlowSettings, GatedExperiment, gate_experiment
from coculture.flow.gate_plots.bins import LEVELS, MOST_EVENTS

Settings = Callable[..., FlowSettings]
TYPES = {1: "<u1", 2: "<u2", 4: "<u4"}


@pytest.fixture
def gated(files: pd.DataFrame, myeloma_settings: Settings) -> GatedExperiment:
    """The first experiment of the small study."""
    return gate_experiment(files, myeloma_settings())


def numbers(plots: Any, array: Any) -> NDArray[Any]:
    """An array of gate_plots.json."""
    raw = zlib.decompress(base64.b64decode(plots["data"]))
    return np.frombuffer(raw, TYPES[array["bytes"]], array["length"], array["at"])


def threshold(gated: GatedExperiment, gate: str) -> float:
    return float(gated.gates["populations"]["myeloma"][gate]["threshold"])


def test_the_bins_hold_every_event_in_its_class(gated: GatedExperiment) -> None:
    plots = gated.plots
    wells = gated.wells.set_index("fcs")
    axis = plots["axes"]["B530-A"]["limits"]
    assert len(plots["tubes"]) == (wells["role"] != "beads").sum()
    for tube in plots["tubes"]:
        own, row = tube["populations"]["myeloma"], wells.loc[tube["fcs"]]
        assert own["classes"] == [row[f"n_{name}"] for name, _ in plots["classes"]]
        assert numbers(plots, own["stains"]).sum() == row["events_population"]
        along = numbers(plots, own["markers"]["GFP"]).reshape(4, -1)
        assert along.sum() == row["events_singlets"]
        # Cells above the marker's threshold are those of the classes, but for the bin that it cuts.
        from_bin = int(along.shape[1] * _unit(plots, "B530-A", threshold(gated, "GFP")))
        assert (along[:, from_bin + 1 :].sum(axis=1) <= own["classes"]).all()
        assert (along[:, from_bin:].sum(axis=1) >= own["classes"]).all()
    assert axis[0] < axis[1]


def _unit(plots: Any, channel: str, linear: float) -> float:
    """The place of a linear value on an axis, from 0 to 1, found as the page finds it."""
    axis = plots["axes"][channel]
    low, high = axis["limits"]
    scale = axis["scale"]
    places = np.linspace(low, high, 200_001)
    mirrored = np.where(places < scale["zero"], 2 * scale["zero"] - places, places)
    values = scale["a"] * np.exp(scale["b"] * mirrored)
    values -= scale["c"] * np.exp(-scale["d"] * mirrored) + scale["f"]
    values = np.where(places < scale["zero"], -values, values)
    return float(np.searchsorted(values, linear) / len(places))


def test_stored_events_are_evenly_chosen_among_those_in_range(gated: GatedExperiment) -> None:
    plots = gated.plots
    for tube in plots["tubes"]:
        stored = tube["stored"]
        after = tube["populations"]["myeloma"]["after"]
        assert stored["among"] == after["scatter"]
        assert stored["events"] == min(MOST_EVENTS, stored["among"])
        rows = numbers(plots, stored).reshape(len(plots["channels"]) + 1, -1)
        assert set(np.unique(rows[-1])) <= {0, 1}
        size = rows[plots["channels"].index("FSC-A")]
        cut = LEVELS * threshold(gated, "cells") / plots["axes"]["FSC-A"]["limits"][1] - 0.5
        kept = ((size >= cut) & (rows[-1] == 1)).mean()
        share = after["cells"] / after["scatter"]
        assert abs(kept - share) < 0.02 + 4 * np.sqrt(share * (1 - share) / stored["events"])


def test_each_gate_has_a_plot_in_the_order_of_gating(gated: GatedExperiment) -> None:
    (population,) = gated.plots["populations"]
    assert [one["gates"] for one in population["plots"]] == [
        ["time"],
        ["cells"],
        ["singlets"],
        ["GFP"],
        ["annexin", "viability_dye"],
    ]
    assert [one["stage"] for one in population["plots"]] == [
        "scatter",
        "time",
        "cells",
        "singlets",
        "population",
    ]
    channels = set(gated.plots["axes"])
    assert all({one["x"], one["y"]} <= channels for one in population["plots"])


def test_without_a_file_that_is_used_there_is_nothing_to_show(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    plots = gate_experiment(files.assign(exclude="spilt"), myeloma_settings()).plots
    assert plots["tubes"] == []
