"""FlowCytometryTools' gates, and that importing them leaves the process as it was."""

import collections
import inspect
import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coculture.flow import read_fcs
from coculture.flow.gating import gates
from coculture.flow.gating.flowcytometrytools import (
    both,
    inverted,
    passes,
    polygon_gate,
    threshold_gate,
)
from coculture.flow.tubes import TubeEvents
from tests.flow.standard_outcomes import STANDARD


def test_the_names_it_was_lent_are_taken_back() -> None:
    assert not hasattr(collections, "MutableMapping")
    assert not hasattr(collections, "Iterable")
    assert not hasattr(inspect, "getargspec")
    assert "numpy.lib.shape_base" not in sys.modules or hasattr(np.lib, "shape_base")


def test_a_gate_can_be_made_after_the_import() -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [1.0, 5.0, 1.0]})
    assert passes(threshold_gate(2, "a", "above", "g"), frame).tolist() == [False, True, True]
    polygon = polygon_gate([(0, 0), (4, 0), (4, 2), (0, 2)], ["a", "b"], "in", "p")
    assert passes(polygon, frame).tolist() == [True, False, True]


def test_arrays_are_gated_as_frames_are() -> None:
    """Threshold, interval, polygon, and what is outside of a polygon and below a threshold."""
    rng = np.random.default_rng(6)
    columns = {name: rng.normal(size=500) for name in ("a", "b", "c")}
    events, frame = TubeEvents(columns, 500), pd.DataFrame(columns)
    corners = [(-1.0, -1.0), (1.0, -0.5), (0.0, 1.5)]
    low = threshold_gate(0.3, "c", "below", "low")
    for gate in (
        low,
        inverted(both(threshold_gate(-1, "a", "above", "x"), low)),
        polygon_gate(corners, ["b", "a"], "in", "p"),
        both(polygon_gate(corners, ["a", "b"], "out", "p"), low),
    ):
        expected = frame.index.isin(gate(frame).index)
        assert 0 < expected.sum() < 500
        np.testing.assert_array_equal(passes(gate, events), expected)
        np.testing.assert_array_equal(passes(gate, frame), expected)


@pytest.mark.reference
def test_quadrants_of_the_gating_ml_reference(reference: Path) -> None:
    events = read_fcs(reference / "fcs/gatingml_ref_data1.fcs").events
    blocks = {
        "annexin": {"channels": ["FL2-H"], "threshold": 12.14748},
        "viability_dye": {"channels": ["FL4-H"], "threshold": 14.22417},
    }
    counts = gates.class_counts(STANDARD, blocks, events)
    assert counts == {"viable": 5148, "early": 7361, "late": 620, "necrotic": 238}


@pytest.mark.reference
def test_quadrants_of_the_flowjo_workspace(reference: Path) -> None:
    events = read_fcs(reference / "fcs/flowjo_quad_diamond.fcs").events
    workspace = (reference / "fcs/expected/simple_diamond_example_quad_gate.wsp").read_text("utf-8")
    upper_left = workspace[workspace.index("Q1: channel_A- , channel_B+") :]
    (left_of,) = re.findall(r'gating:max="([\d.]+)"', upper_left)[:1]
    (from_,) = re.findall(r'gating:min="([\d.]+)"', upper_left)[:1]
    blocks = {
        "annexin": {"channels": ["channel_A"], "threshold": float(left_of)},
        "viability_dye": {"channels": ["channel_B"], "threshold": float(from_)},
    }
    counts = gates.class_counts(STANDARD, blocks, events)
    assert counts == {"necrotic": 49671, "late": 50596, "early": 50330, "viable": 49403}
