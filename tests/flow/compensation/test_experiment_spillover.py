"""The spillover matrix of an experiment, from every source."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coculture.flow import (
    FlowSettings,
    SpilloverError,
    check_files,
    gate_experiment,
    read_fcs,
)
from coculture.simulate.parameters import Cytometer

Settings = Callable[..., FlowSettings]


@pytest.mark.parametrize("source", ["single_stains", "embedded", "csv", "none"])
def test_every_source_of_the_spillover(
    files: pd.DataFrame, myeloma_settings: Settings, source: str, tmp_path: Path
) -> None:
    embedded = read_fcs(files["path"].iloc[-1]).spillover
    assert embedded is not None
    embedded.to_csv(tmp_path / "matrix.csv")
    compensation = {"source": source, "file": str(tmp_path / "matrix.csv")}
    gated = gate_experiment(files, myeloma_settings(compensation=compensation))
    assert gated.gates["spillover"]["source"] == source
    if source == "none":
        assert gated.spillover.empty
    else:
        true = np.array(Cytometer().spillover)
        np.testing.assert_allclose(gated.spillover.set_index("stain"), true, atol=0.025)


def test_gfp_cells_are_no_control_for_the_gfp_stain(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    stains = gate_experiment(files, myeloma_settings()).gates["spillover"]["stains"]
    assert stains["B530-A"]["unstained"] == ["flow/E1/E1-stroma-alone.fcs"]
    assert stains["R660-A"]["unstained"] == ["flow/E1/E1-unstained-control.fcs"]


def test_missing_controls_stop_with_a_reason(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    with pytest.raises(SpilloverError, match="has no single stains"):
        gate_experiment(files[files["role"] != "single_stain"], myeloma_settings())
    (problem,) = check_files(files[files["role"] != "single_stain"], myeloma_settings())
    assert (problem.column, problem.value) == ("experiment", "E1")
    assert "lacks a single stain" in problem.message
