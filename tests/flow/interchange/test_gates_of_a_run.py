"""The gates of a run keep the same events, fed back as manual gates or read from gates.xml."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coculture.flow import FlowSettings, gate_experiment
from coculture.flow.fcs.header import read_header
from coculture.flow.gating.experiment import GatedExperiment
from coculture.flow.gating.run_gates import as_manual
from coculture.flow.interchange.gating_ml import reading, writing
from coculture.flow.interchange.gating_ml.applying import FileEvents
from tests.flow.interchange.document_chains import document_chains

Settings = Callable[..., FlowSettings]
MakeExperiment = Callable[[int], pd.DataFrame]

POPULATIONS = [
    {"name": "myeloma", "markers": [{"channel": "GFP", "positive": True}]},
    {"name": "stroma", "markers": [{"channel": "GFP", "positive": False}]},
]
POLYGON = [[2.0e4, 1.0e3], [2.4e5, 2.0e3], [2.5e5, 2.2e5], [9.0e4, 2.4e5], [1.5e4, 9.0e4]]
BY_HAND: dict[str, Any] = {
    "cells": {"channels": ["FSC-A", "SSC-A"], "vertices": POLYGON, "source": "manual"},
    "annexin": {
        "channels": ["R660-A"],
        "threshold": 700.0,
        "of_files": {"sample3.fcs": 900.0},
        "source": "manual",
    },
    "GFP": {
        "channels": ["B530-A", "SSC-A"],
        "vertices": [[0.4, -0.5], [1.1, -0.5], [1.1, 1.2], [0.4, 1.2]],
        "scales": [
            {"name": "logicle", "T": 262144, "W": 0.5, "M": 4.5, "A": 0},
            {"name": "flin", "T": 262144, "A": 0},
        ],
        "source": "manual",
    },
}


AFTER = {
    "events_scatter": ["side_scatter"],
    "events_time": ["time"],
    "events_cells": ["cells"],
    "events_singlets": ["singlets"],
    "events_population": ["GFP"],
    **{f"n_{name}": [name] for name in ("viable", "early", "late", "necrotic")},
}
"""Column of flow/wells.csv -> the gate after which its events are left, where there is one."""


def _counts(gated: GatedExperiment) -> pd.DataFrame:
    wells = gated.wells.set_index(["fcs", "population"])
    return wells[[one for one in map(str, wells) if one.startswith(("events_", "n_"))]]


@pytest.mark.parametrize(("seed", "by_hand"), [(1, {}), (2, BY_HAND), (3, BY_HAND)])
def test_counts_are_the_same_to_the_event(
    make_experiment: MakeExperiment, flow_settings: Settings, seed: int, by_hand: Mapping[str, Any]
) -> None:
    files = make_experiment(seed)
    section: dict[str, Any] = {"populations": POPULATIONS}
    gates = {"E1": {"myeloma": by_hand}} if by_hand else {}
    gated = gate_experiment(files, flow_settings(**section, gates=gates))
    removed = gated.gates["time"]["removed"]
    assert list(removed) == ["sample2.fcs"]
    assert len(removed["sample2.fcs"]) >= 1
    manual = as_manual(gated.gates)
    assert (
        manual["myeloma"]["time"]["of_files"]["sample2.fcs"]["vertices"] == removed["sample2.fcs"]
    )
    fed_back = gate_experiment(files, flow_settings(**section, gates={"E1": manual}))
    for blocks in fed_back.gates["populations"].values():
        assert {block["source"] for block in blocks.values()} == {"manual"}
    pd.testing.assert_frame_equal(_counts(fed_back), _counts(gated))
    copied = flow_settings(**section, gates={"E1": gated.gates["populations"]})
    pd.testing.assert_frame_equal(_counts(gate_experiment(files, copied)), _counts(gated))
    _assert_document_counts(files, gated)


def _assert_document_counts(files: pd.DataFrame, gated: GatedExperiment) -> None:
    path = Path(files["path"].iloc[0]).with_suffix(".xml")
    path.write_text(gated.gating_ml, encoding="utf-8")
    document = reading.read(path)
    # The text is the same for the same gates, and is read back without loss.
    assert writing.text(list(document.gates.values()), document.matrices) == re.sub(
        r"\s*<data-type:custom_info>.*?</data-type:custom_info>", "", gated.gating_ml
    )
    for chain in document_chains(path):
        for fcs in chain.files:
            header = read_header(files.set_index("fcs")["path"][fcs])
            events = FileEvents(header, document)
            last = ""
            for column, gates in AFTER.items():
                present = [f"{chain.name}.{one}" for one in gates]
                last = next((one for one in present if one in document.gates), last)
                counted = _counts(gated)[column][fcs, chain.population]
                assert int(events.mask(last).sum()) == counted, (fcs, column)
