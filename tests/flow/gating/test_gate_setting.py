"""Setting the gates of an experiment: automatic, copied into the config, or edited there."""

from collections.abc import Callable

import pandas as pd
import pytest
import yaml

from coculture.flow import (
    FlowSettings,
    ThresholdError,
    gate_experiment,
)

Settings = Callable[..., FlowSettings]


def test_a_gate_of_the_config_may_use_the_label_of_its_channel(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    by_label = {"annexin": {"channels": ["annexin v-apc"], "threshold": 500.0}}
    found = gate_experiment(files, myeloma_settings(gates={"E1": {"myeloma": by_label}}))
    by_name = {"annexin": {"channels": ["R660-A"], "threshold": 500.0}}
    expected = gate_experiment(files, myeloma_settings(gates={"E1": {"myeloma": by_name}}))
    assert found.gates == expected.gates
    pd.testing.assert_frame_equal(found.wells, expected.wells)


def test_a_gate_of_the_config_replaces_the_automatic_one(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    own = {"annexin": {"channels": ["R660-A"], "threshold": 1e6, "keep": "above"}}
    gated = gate_experiment(files, myeloma_settings(gates={"E1": {"myeloma": own}}))
    assert (gated.wells["n_early"] + gated.wells["n_late"]).sum() == 0
    assert gated.gates["populations"]["myeloma"]["annexin"]["threshold"] == 1e6
    other = gate_experiment(files, myeloma_settings(gates={"E2": {"myeloma": own}}))
    assert (other.wells["n_early"] + other.wells["n_late"]).sum() > 0


def test_thresholds_of_the_samples_own_cells(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    files.loc[files["role"] == "sample", "cells"] = "il1b"
    gated = gate_experiment(files, myeloma_settings(thresholds={"annexin": "fmo"}))
    block = gated.gates["populations"]["myeloma"]["annexin"]
    assert block["controls"] == ["flow/E1/E1-FMO-annexin-il1b.fcs"]


def test_gates_yaml_copied_into_the_config_changes_nothing(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    automatic = gate_experiment(files, myeloma_settings())
    written = yaml.safe_load(yaml.safe_dump(automatic.gates))["populations"]
    half = {name: written["myeloma"][name] for name in ("cells", "GFP", "annexin")}
    for own in (written, {"myeloma": half}):
        copied = gate_experiment(files, myeloma_settings(gates={"E1": own}))
        pd.testing.assert_frame_equal(copied.wells, automatic.wells)
        assert copied.gates == automatic.gates
        assert copied.flags == automatic.flags


@pytest.mark.parametrize("edited", ["cells", "GFP", "annexin"])
def test_editing_one_number_makes_that_gate_manual_and_no_other(
    files: pd.DataFrame, myeloma_settings: Settings, edited: str
) -> None:
    """Also where an edited gate would move the automatic gates after it."""
    automatic = gate_experiment(files, myeloma_settings()).gates["populations"]["myeloma"]
    own = yaml.safe_load(yaml.safe_dump(automatic))
    own[edited]["threshold"] *= 1.5
    gated = gate_experiment(files, myeloma_settings(gates={"E1": {"myeloma": own}}))
    found = gated.gates["populations"]["myeloma"]
    assert found[edited]["source"] == "manual"
    assert found[edited]["threshold"] == own[edited]["threshold"]
    assert found[edited]["automatic"] == automatic[edited]["threshold"]
    assert not {"controls", "samples", "events", "note"} & set(found[edited])
    assert {name: found[name] for name in found if name != edited} == {
        name: automatic[name] for name in automatic if name != edited
    }
    (note,) = gated.flags
    assert (note.code, note.severity, note.concerns.kind) == ("gate_set_by_hand", "note", "gate")
    again = gate_experiment(files, myeloma_settings(gates={"E1": {"myeloma": found}}))
    assert again.gates["populations"]["myeloma"] == found


def test_a_copied_gate_keeps_the_source_that_the_config_asked_for_then(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    asked = gate_experiment(files, myeloma_settings(thresholds={"annexin": "fmo"}))
    block = asked.gates["populations"]["myeloma"]["annexin"]
    own = {"E1": {"myeloma": {"annexin": block}}}
    later = gate_experiment(files, myeloma_settings(gates=own))
    assert later.gates["populations"]["myeloma"]["annexin"] == block
    assert block["source"] == "fmo"


def test_the_users_note_and_the_threshold_it_replaces_are_recorded(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    automatic = gate_experiment(files, myeloma_settings()).gates["populations"]["myeloma"]
    own = {
        "annexin": automatic["annexin"] | {"threshold": 500.0, "note": "drawn by eye"},
        "viability_dye": automatic["viability_dye"] | {"channels": ["R660-A"]},
    }
    by_hand = myeloma_settings(gates={"E1": {"myeloma": own}})
    written = gate_experiment(files, by_hand).gates["populations"]["myeloma"]
    assert written["annexin"] == {
        "channels": ["R660-A"],
        "threshold": 500.0,
        "keep": "above",
        "source": "manual",
        "rule": "set by hand in the config",
        "note": "drawn by eye",
        "automatic": automatic["annexin"]["threshold"],
    }
    assert "automatic" not in written["viability_dye"]
    no_rule = myeloma_settings(thresholds={"annexin": "untreated"}, gates={"E1": {"myeloma": own}})
    without = gate_experiment(files, no_rule).gates["populations"]["myeloma"]
    assert "automatic" not in without["annexin"]


@pytest.mark.parametrize("source", ["live_peak", "untreated", "fmo", "unstained", "pooled"])
def test_every_source_can_be_asked_for_and_is_recorded(
    files: pd.DataFrame, myeloma_settings: Settings, source: str
) -> None:
    files["untreated"] = files["culture"].str.contains("untreated")
    gated = gate_experiment(files, myeloma_settings(thresholds={"annexin": source}))
    block = gated.gates["populations"]["myeloma"]["annexin"]
    assert block["source"] == source
    assert block["events"] > 0
    role = files.set_index("fcs")["role"]
    assert (role[block["controls"]] != "sample").all()
    assert (role[block["samples"]] == "sample").all()
    assert bool(block["samples"]) == (source in ("live_peak", "untreated", "pooled"))
    if source == "live_peak":
        assert set(role[block["controls"]]) == {"fmo_annexin"}
    codes = [flag.code for flag in gated.flags]
    assert codes == (["exploratory_threshold"] if source == "pooled" else [])


def test_the_next_source_is_used_as_controls_are_missing(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    without_samples = files[files["role"] != "sample"]
    embedded = myeloma_settings(compensation={"source": "embedded"})

    def source(table: pd.DataFrame) -> str:
        block = gate_experiment(table, embedded).gates["populations"]["myeloma"]["annexin"]
        return str(block["source"])

    assert source(files) == "live_peak"
    assert source(without_samples) == "fmo"
    no_fmo = without_samples[~without_samples["role"].str.startswith("fmo")]
    assert source(no_fmo) == "fmo"
    only = no_fmo[no_fmo["role"].isin(["unstained", "population_negative"])]
    assert source(only) == "unstained"
    with pytest.raises(ThresholdError, match="needs a threshold for annexin"):
        source(only[only["role"] == "population_negative"])
