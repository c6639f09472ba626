"""Files and gates are checked before the run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coculture.flow import (
    FcsError,
    FlowSettings,
    check_files,
    check_gates,
    gate_experiment,
    read_fcs,
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
    assert len(unknown) == 1
    assert "Nearest: Annexin V-APC" in unknown[0].message
    assert unknown[0].message.endswith(
        "No file has it: correct flow.channels.annexin in the config."
    )
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
    ((where, message),) = check_gates(files, myeloma_settings(gates={"E1": {"myeloma": own}}))
    assert where == ("E1",)
    assert message.startswith('myeloma.annexin: gating has no channel "R66O-A".')
    assert "Nearest: R660-A" in message


def test_gates_of_an_experiment_that_is_not_there(flow_settings: Settings) -> None:
    def files(*experiments: str) -> pd.DataFrame:
        return pd.DataFrame({"experiment": experiments, "fcs": "", "exclude": "not opened"})

    settings = flow_settings(gates={"E1": {"all": {}}, "day-one": {"all": {}}})
    assert check_gates(files("E1", "E1", "day one"), settings) == [
        (
            ("day-one",),
            "there is no experiment of this name, only E1, day one. Nearest: day one.",
        )
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
            {
                "populations": [
                    {
                        "name": "m",
                        "markers": [
                            {"channel": "GFP", "positive": True},
                            {"channel": "B530-A", "positive": False},
                        ],
                    }
                ]
            },
            ("'GFP' and 'B530-A'", "has 'm' positive in one and negative in the other"),
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


@pytest.fixture
def plate(files: pd.DataFrame, write_fcs: Callable[..., Path]) -> Callable[..., pd.DataFrame]:
    """The samples of the study in one file, as its data sets; `chosen` fills in the column."""

    def written(chosen: bool) -> pd.DataFrame:
        samples = files.index[files["role"] == "sample"]
        content = b""
        for number, (path, well) in enumerate(
            zip(files.loc[samples, "path"], files.loc[samples, "well"], strict=True)
        ):
            one = read_fcs(path)
            labels = {f"$P{n}S": text for n, text in enumerate(one.labels.values(), 1) if text}
            more = {"$NEXTDATA": "00000000", "$WELLID": well, "$DATE": one.keywords["$DATE"]}
            part = write_fcs(
                one.events.to_numpy(), list(one.events), keywords=labels | more
            ).read_bytes()
            if number < len(samples) - 1:
                part = part.replace(b"NEXTDATA|00000000", b"NEXTDATA|%08d" % len(part))
            content += part
        whole = write_fcs(np.ones((1, 1)), ["A"], name="plate.fcs")
        whole.write_bytes(content)
        changed = files.assign(data_set=np.nan)
        changed.loc[samples, ["path", "fcs"]] = [str(whole), "plate.fcs"]
        if chosen:
            changed.loc[samples, "data_set"] = np.arange(1.0, len(samples) + 1)
        return changed

    return written


def test_a_file_of_several_data_sets_needs_a_choice(
    plate: Callable[..., pd.DataFrame], myeloma_settings: Settings
) -> None:
    unclear = plate(chosen=False)
    problem = check_files(unclear, myeloma_settings())[0]
    assert (problem.column, problem.value) == ("fcs", "plate.fcs")
    assert problem.message.startswith("The file has 12 data sets: 1 (C2, ")
    assert "Write the number of the one that is meant in the column data_set" in problem.message
    with pytest.raises(FcsError, match="has 12 data sets"):
        gate_experiment(unclear, myeloma_settings())
    beyond = plate(chosen=True)
    beyond.loc[beyond.index[-1], "data_set"] = 99
    assert any(
        "has only 12 data set" in one.message for one in check_files(beyond, myeloma_settings())
    )


def test_each_data_set_is_its_own_well(
    files: pd.DataFrame, plate: Callable[..., pd.DataFrame], myeloma_settings: Settings
) -> None:
    chosen = plate(chosen=True)
    assert check_files(chosen, myeloma_settings()) == []
    separate = gate_experiment(files, myeloma_settings()).wells
    together = gate_experiment(chosen, myeloma_settings()).wells
    pd.testing.assert_frame_equal(
        together.drop(columns="fcs"), separate.drop(columns="fcs"), rtol=1e-5
    )
    samples = together[together["role"] == "sample"]
    assert list(samples["fcs"])[:2] == ["plate.fcs#1", "plate.fcs#2"]


@pytest.mark.parametrize(("channel", "is_marker"), [("GFP", True), ("Annexin V-APC", False)])
def test_an_fmo_control_names_a_marker_of_the_config(
    files: pd.DataFrame, myeloma_settings: Settings, channel: str, is_marker: bool
) -> None:
    changed = files.copy()
    row = files.index[files["role"] == "fmo_dye"][0]
    changed.loc[row, ["role", "channel"]] = ["fmo", channel]
    found = [problem for problem in check_files(changed, myeloma_settings()) if problem.row == row]
    assert [problem.column for problem in found] == ([] if is_marker else ["channel"])
    assert all("fmo_annexin or fmo_dye" in problem.message for problem in found)
    changed.loc[row, "channel"] = "PE"
    (missing,) = [
        problem for problem in check_files(changed, myeloma_settings()) if problem.row == row
    ]
    assert missing.message.startswith('The file has no channel "PE"')


def test_a_stain_without_its_channel_is_reported_by_the_table_alone(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    stain = files.index[files["role"] == "single_stain"][0]
    files.loc[stain, "channel"] = ""
    assert check_files(files, myeloma_settings()) == []
