"""Files and gates are checked before the run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coculture.flow import (
    FcsError,
    FlowSettings,
    check_files,
    check_gates,
    gate_experiment,
)

Settings = Callable[..., FlowSettings]


def test_check_files_names_row_column_and_fault(
    files: pd.DataFrame, myeloma_settings: Settings, tmp_path: Path
) -> None:
    changed = files.copy()
    rows = list(files.index)
    cut = tmp_path / "cut.fcs"
    cut.write_bytes(Path(changed.loc[rows[0], "path"]).read_bytes()[:-1000])
    changed.loc[rows[0], "path"] = str(cut)
    changed.loc[rows[1], "path"] = str(tmp_path / "absent.fcs")
    stain = files.index[files["role"] == "single_stain"][0]
    changed.loc[stain, "channel"] = "PE"
    problems = {problem.row: problem for problem in check_files(changed, myeloma_settings())}
    assert set(problems) == {rows[0], rows[1], stain}
    assert problems[rows[0]].value == changed.loc[rows[0], "fcs"]
    assert problems[rows[0]].message.startswith(
        "The file is cut short in its data: 41,000 of 42,000"
    )
    assert problems[rows[1]].message == "The file cannot be opened (No such file or directory)."
    assert problems[stain].column == "channel"
    assert problems[stain].message.startswith('The file has no channel "PE". It has FSC-A')
    unknown = check_files(files, myeloma_settings(channels={"annexin": "Annexin-5"}))
    assert len(unknown) == len(files)
    assert "Nearest: Annexin V-APC" in unknown[0].message
    with pytest.raises(FcsError, match="Annexin-5"):
        gate_experiment(files, myeloma_settings(channels={"annexin": "Annexin-5"}))


@pytest.mark.parametrize("columns", [[], ["fcs", "path", "experiment", "role", "exclude"]])
def test_a_table_without_rows_has_no_problems(
    myeloma_settings: Settings, columns: list[str]
) -> None:
    assert check_files(pd.DataFrame(columns=columns), myeloma_settings()) == []


def test_a_gate_on_a_channel_that_is_not_read_is_refused_before_the_run(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    own = {"annexin": {"channels": ["R66O-A"], "threshold": 500.0}}
    (message,) = check_gates(files, myeloma_settings(gates={"E1": {"myeloma": own}}))
    assert message.startswith('flow.gates.E1.myeloma.annexin: gating has no channel "R66O-A".')
    assert "Nearest: R660-A" in message


def test_gates_of_an_experiment_that_is_not_there(flow_settings: Settings) -> None:
    def files(*experiments: str) -> pd.DataFrame:
        return pd.DataFrame({"experiment": experiments, "fcs": "", "exclude": "not opened"})

    settings = flow_settings(gates={"E1": {"all": {}}, "day-one": {"all": {}}})
    assert check_gates(files("E1", "E1", "day one"), settings) == [
        "flow.gates.day-one: there is no experiment of this name, only E1, day one. "
        "Nearest: day one."
    ]
    assert check_gates(files("E1", "day-one"), settings) == []
    assert check_gates(files("7"), flow_settings(gates={7: {"all": {}}})) == []


@pytest.mark.parametrize(
    ("section", "named"),
    [
        (
            {"populations": [{"name": "m", "markers": [{"channel": "B675-A", "positive": True}]}]},
            ("flow.channels.viability_dye '7-AAD'", "the marker of m", "'B675-A'"),
        ),
        (
            {"channels": {"annexin": "R660-A", "viability_dye": "Annexin V-APC"}},
            ("flow.channels.annexin 'R660-A'", "flow.channels.viability_dye 'Annexin V-APC'"),
        ),
    ],
)
def test_two_stains_on_one_channel_are_refused_once(
    files: pd.DataFrame, myeloma_settings: Settings, section: dict[str, Any], named: tuple[str, ...]
) -> None:
    settings = myeloma_settings(**({"compensation": {"source": "none"}} | section))
    (problem,) = check_files(files, settings)
    assert all(one in problem.message for one in named)
    assert "are the same channel of the files" in problem.message
    with pytest.raises(FcsError, match="are the same channel of the files"):
        gate_experiment(files, settings)


def test_two_populations_may_share_a_marker_by_name_and_by_label(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    both = [
        {"name": name, "markers": [{"channel": channel, "positive": True}]}
        for name, channel in (("a", "GFP"), ("b", "B530-A"))
    ]
    settings = myeloma_settings(populations=both, compensation={"source": "none"})
    assert check_files(files, settings) == []
