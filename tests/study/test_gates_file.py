"""The gates file: which file is used, what is refused in it, and how a study is gated with it."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from coculture.exchange import records
from coculture.exchange.manual_gates import GatesFile
from coculture.flow import FlowSettings, gate_experiment
from coculture.study import Study, StudyError, configuration, gates_file, load, summary

WHY = {"reason": "shoulder of the live peak", "by": "RK", "date": "2026-11-29", "blinded": True}
ANNEXIN = {"source": "manual", "channels": ["R660-A"], "threshold": 500.0, "automatic": 400.0} | WHY
NO_REASON = {"fcs": "a", "threshold": 5.0} | {k: v for k, v in WHY.items() if k != "reason"}
OWN = {"exceptions": [{"fcs": "a", "threshold": 5.0} | WHY]}
GATES: dict[str, Any] = {"E1": {"myeloma": {"annexin": ANNEXIN}}}


def _polygon(corners: list[list[float]], channels: Sequence[str] = ("FSC-A", "SSC-A")) -> Any:
    return {"source": "manual", "channels": [*channels], "vertices": corners} | WHY


def _config(folder: Path) -> Path:
    return folder / "config.yaml"


def _configure(folder: Path, **flow: Any) -> None:
    config = yaml.safe_load(_config(folder).read_text())
    config["flow"] |= flow
    _config(folder).write_text(yaml.safe_dump(config, sort_keys=False))


def _save(folder: Path, content: dict[str, Any], name: str = "config.gates.yaml") -> Path:
    records.write_yaml(content, folder / name)
    return folder / name


def _load(folder: Path) -> Study:
    return load(_config(folder), with_events=False)


def _refused(folder: Path, gates: dict[str, Any], **more: Any) -> str:
    _save(folder, {"study": "small", "gates": gates} | more)
    with pytest.raises(StudyError) as error:
        _load(folder)
    return str(error.value)


def _fcs(folder: Path, role: str = "sample") -> str:
    table = pd.read_csv(folder / "flow.csv", dtype=str, keep_default_na=False)
    return str(table.loc[(table["experiment"] == "E1") & (table["role"] == role), "fcs"].iloc[0])


def test_it_is_found_beside_the_config_or_named_in_it(small_study: Path) -> None:
    assert _load(small_study).gates_file is None
    beside = _save(small_study, {"study": "small", "gates": GATES})
    study = _load(small_study)
    assert study.gates_file == beside
    assert str(beside) in summary(study)
    assert study.config["flow"]["gates_file"] == "config.gates.yaml"
    assert study.config["flow"]["gates"]["E1"]["myeloma"]["annexin"]["threshold"] == 500.0
    named = _save(small_study, {"study": "small", "gates": {}}, "other.yaml")
    _configure(small_study, gates_file="other.yaml")
    study = _load(small_study)
    assert study.gates_file == named
    assert f"{beside} is beside the config, but is not used" in summary(study)


def test_only_the_experiment_whose_gate_moved_is_gated_again(small_study: Path) -> None:
    before = {one: _load(small_study).flow_settings(one) for one in ("E1", "E2")}
    _save(small_study, {"study": "small", "gates": GATES})
    after = {one: _load(small_study).flow_settings(one) for one in ("E1", "E2")}
    assert before["E1"] != after["E1"]
    assert before["E2"] == after["E2"]


def test_what_the_file_has_is_what_its_record_writes(small_study: Path) -> None:
    fcs = _fcs(small_study)
    content = {
        "study": "small",
        "gates": {
            "E1": {
                "myeloma": {
                    "annexin": ANNEXIN
                    | {"exceptions": [{"fcs": fcs, "threshold": 600.0, "automatic": 1.0} | WHY]},
                    "cells": {
                        "source": "manual",
                        "channels": ["FSC-A", "SSC-A"],
                        "vertices": [[0.0, 0.0], [9e4, 0.0], [9e4, 9e4]],
                    }
                    | WHY,
                }
            }
        },
        "excluded": [{"fcs": fcs} | WHY],
    }
    assert GatesFile.of(content).as_mapping() == content


@pytest.mark.parametrize(
    ("gates", "said"),
    [
        ({"E1": {"mieloma": {"annexin": ANNEXIN}}}, "no population of this name, only myeloma"),
        ({"E1": {"myeloma": {"anexin": ANNEXIN}}}, "Nearest: annexin."),
        ({"E1": {"myeloma": {"annexin": ANNEXIN | {"keep": "below"}}}}, "a threshold that keeps"),
        ({"E1": {"myeloma": {"annexin": ANNEXIN | {"reason": " "}}}}, "form that is not allowed"),
        (
            {"E1": {"myeloma": {"annexin": ANNEXIN | {"sauce": "x"}}}},
            "unknown key. Known are: source, channels",
        ),
        ({"E1": {"myeloma": {"annexin": ANNEXIN | {"threshold": float("nan")}}}}, "finite"),
        ({"E1": {"myeloma": {"annexin": ANNEXIN | {"threshold": 10**400}}}}, "finite"),
        ({"E1": {"myeloma": {"cells": _polygon([[5, 5], [5, 5], [5, 5]])}}}, "on one line"),
        ({"E1": {"myeloma": {"cells": _polygon([[1, 1], [1, 1], [2, 3], [4, 7]])}}}, "on one line"),
        (
            {"E1": {"myeloma": {"cells": _polygon([[0, 0], [1, 0], [1, 1]], ["A", "A"])}}},
            "both are A",
        ),
        (
            {"E1": {"myeloma": {"annexin": {"source": "manual", "keep": "below", **OWN}}}},
            "no effect without threshold or vertices",
        ),
        (
            {"E1": {"myeloma": {"annexin": {k: v for k, v in ANNEXIN.items() if k != "by"}}}},
            "this key is missing. Name or initials",
        ),
        (
            {"E1": {"myeloma": {"annexin": ANNEXIN | {"exceptions": [NO_REASON]}}}},
            "exceptions.0.reason: this key is missing",
        ),
        (
            {
                "E1": {
                    "myeloma": {
                        "time": {
                            "source": "manual",
                            "exceptions": [{"fcs": "x", "vertices": [1, 2]} | WHY],
                        }
                    }
                }
            },
            "there is no automatic one for the other files",
        ),
    ],
)
def test_what_is_refused_has_its_line(
    small_study_once: Path, tmp_path: Path, gates: dict[str, Any], said: str
) -> None:
    config = _config(tmp_path)
    config.write_text(_config(small_study_once).read_text())
    _save(tmp_path, {"study": "small", "gates": gates})
    (problem,) = gates_file.read(config, configuration.read(config)[0]).problems
    assert said in str(problem)
    assert problem.file.endswith("config.gates.yaml")
    assert problem.row is not None


def test_gates_that_do_not_fit_the_files_are_refused_with_their_lines(small_study: Path) -> None:
    exception = {"source": "manual", "exceptions": [{"fcs": "none.fcs", "threshold": 5.0} | WHY]}
    message = _refused(
        small_study,
        {
            "E1": {"myeloma": {"annexin": exception}},
            "E2": {"myeloma": {"annexin": ANNEXIN | {"channels": ["X-A"]}}},
            "E9": {"myeloma": {"annexin": ANNEXIN}},
        },
    )
    elsewhere = _refused(
        small_study, {"E2": {"myeloma": {"annexin": ANNEXIN | {"channels": ["FSC-A"]}}}}
    )
    assert "E2.myeloma.annexin: the gate is on FSC-A, but this stain is on R660-A." in elsewhere
    assert "config.gates.yaml, line 5, gates.E1.myeloma.annexin: the experiment has no" in message
    assert 'gates.E2: myeloma.annexin: gating has no channel "X-A"' in message
    assert "gates.E9: there is no experiment of this name, only E1, E2." in message


def test_a_file_of_another_study_and_two_places_for_gates_are_refused(small_study: Path) -> None:
    assert "saved for another study; this one is small" in _refused(
        small_study, GATES, study="example"
    )
    _save(small_study, {"study": "small", "gates": {}})
    own = {"channels": ["R660-A"], "threshold": 5.0}
    _configure(small_study, gates={"E1": {"myeloma": {"annexin": own}}})
    with pytest.raises(StudyError, match="one gate cannot come from both"):
        _load(small_study)


def test_a_file_that_is_named_and_not_there_or_no_yaml_is_refused(small_study: Path) -> None:
    _configure(small_study, gates_file="gone.yaml")
    for content, said in ((None, "gone.yaml: cannot be read"), ("study: [", "not valid YAML")):
        if content is not None:
            (small_study / "gone.yaml").write_text(content)
        config = _config(small_study)
        (problem,) = gates_file.read(config, configuration.read(config)[0]).problems
        assert said in str(problem)


def test_gates_of_another_spillover_are_refused(small_study: Path) -> None:
    message = _refused(small_study, GATES, compensation={"source": "embedded"})
    assert "under flow: compensation: {source: embedded}" in message
    _configure(small_study, compensation={"source": "none"})
    _save(small_study, {"study": "small", "gates": GATES, "compensation": {"source": "none"}})
    assert _load(small_study).gates_file is not None


def test_a_tube_is_left_out_with_its_reason(small_study: Path) -> None:
    fcs = _fcs(small_study)
    _save(small_study, {"study": "small", "gates": {}, "excluded": [{"fcs": fcs} | WHY]})
    table = _load(small_study).flow.set_index("fcs")
    assert table.loc[fcs, "exclude"] == "shoulder of the live peak (RK, 2026-11-29, blinded)"
    assert (table["exclude"] != "").sum() == 1
    message = _refused(small_study, {}, excluded=[{"fcs": fcs[:-5] + "x.fcs"} | WHY])
    assert "flow.csv has no such file. Nearest:" in message
    assert "excluded.0.fcs" in message


def test_a_tube_that_is_left_out_may_have_a_gate_of_its_own(small_study: Path) -> None:
    fcs = _fcs(small_study)
    own = {"source": "manual", "exceptions": [{"fcs": fcs, "threshold": 5.0} | WHY]}
    gates = {"E1": {"myeloma": {"viability_dye": own, "annexin": ANNEXIN | own}}}
    content = {"study": "small", "gates": gates, "excluded": [{"fcs": fcs} | WHY]}
    _save(small_study, content)
    blocks = _load(small_study).config["flow"]["gates"]["E1"]["myeloma"]
    assert list(blocks) == ["annexin"]
    assert "of_files" not in blocks["annexin"]
    # The file keeps it, so that the tube has it when it is used again.
    assert GatesFile.of(content).as_mapping() == content
    message = _refused(small_study, {}, excluded=[{"fcs": fcs} | WHY] * 2)
    assert "excluded.1.fcs" in message
    assert "this file is excluded twice" in message


BOMB = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [*{before}, *{before}, *{before}, *{before}]\n"
    for before, name in pairwise("abcdefghijklmnopqrst")
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no keys; remove it, or save the gates again"),
        ("study: small\nstudy: small\n", 'line 2: is not valid YAML: the key "study" occurs twice'),
        ("study: small\n? [a, b]\n: 5\n", "line 2: is not valid YAML: a key is a list"),
        (BOMB, "its aliases (*name) repeat too much"),
        ("gates: &g {E1: *g}\n", "inside of what it names"),
        ("gates: " + "[" * 3000 + "]" * 3000, "nested too deeply"),
        ('study: "\\ud800"\n', "line 1: is not valid YAML: half of a character"),
        ("study: !!python/name:os.system x\n", "could not determine a constructor"),
    ],
)
def test_text_that_is_no_gates_file_is_refused(
    small_study_once: Path, tmp_path: Path, text: str, said: str
) -> None:
    config = _config(tmp_path)
    config.write_text(_config(small_study_once).read_text())
    (tmp_path / "config.gates.yaml").write_text(text)
    (problem,) = gates_file.read(config, configuration.read(config)[0]).problems
    assert said in str(problem)


def test_text_of_an_editor_is_read(small_study_once: Path, tmp_path: Path) -> None:
    config = _config(tmp_path)
    config.write_text(_config(small_study_once).read_text())
    text = yaml.safe_dump({"study": "small", "gates": GATES}).replace("\n", "\r\n")
    merged = """
study: small
gates:
  E1: {myeloma: {annexin: &annexin {source: manual, channels: [R660-A], threshold: 500,
    reason: "a \\u00e4", by: RK, date: "1", blinded: null}}}
  E2: {myeloma: {annexin: {<<: *annexin, threshold: 600}}}
"""
    for written in ("\ufeff" + text, merged):
        (tmp_path / "config.gates.yaml").write_text(written, encoding="utf-8", newline="")
        read = gates_file.read(config, configuration.read(config)[0])
        assert read.problems == ()
        assert read.content is not None
        assert {one.shape["threshold"] for one in read.content.gates} <= {500.0, 600}


def test_the_study_is_gated_with_it(small_study: Path) -> None:
    fcs = _fcs(small_study)
    exception = {"fcs": fcs, "threshold": 900.0} | WHY
    polygon = [[2e4, 0.0], [2.6e5, 0.0], [2.6e5, 2.6e5], [2e4, 2.6e5]]
    _save(
        small_study,
        {
            "study": "small",
            "gates": {
                "E1": {
                    "myeloma": {
                        "annexin": ANNEXIN | {"exceptions": [exception]},
                        "viability_dye": {"source": "manual", "exceptions": [exception]},
                        "cells": {
                            "source": "manual",
                            "channels": ["FSC-A", "SSC-A"],
                            "vertices": polygon,
                        }
                        | WHY,
                    }
                }
            },
        },
    )
    study = _load(small_study)
    settings = FlowSettings.from_config(study.flow_settings("E1"))
    gated = gate_experiment(pd.DataFrame(study.fcs_files("E1")), settings)
    blocks = gated.gates["populations"]["myeloma"]
    annexin, dye, cells = (blocks[name] for name in ("annexin", "viability_dye", "cells"))
    assert annexin["source"] == cells["source"] == "manual"
    assert annexin["rule"] == "set by hand in a gates file"
    assert {key: annexin[key] for key in WHY} == WHY
    assert annexin["of_files"] == {fcs: 900.0}
    assert annexin["automatic"] > 0
    assert cells["automatic"]["channels"] == ["FSC-A"]
    # The dye stays automatic for all other files.
    assert dye["source"] != "manual"
    assert dye["of_files"][fcs] == 900.0
    moved = [flag for flag in gated.flags if flag.code == "gate_set_by_hand"]
    assert [flag.concerns.channel for flag in moved] == ["FSC-A, SSC-A", "R660-A", "B675-A"]
    assert "shoulder of the live peak (RK, 2026-11-29, blinded)" in moved[1].sentence
    assert fcs in moved[2].sentence
    # What gates.yaml records gives the same gates again.
    again = FlowSettings.from_config(
        study.flow_settings("E1") | {"gates": {"E1": gated.gates["populations"]}}
    )
    counted = gate_experiment(pd.DataFrame(study.fcs_files("E1")), again).wells
    pd.testing.assert_frame_equal(counted, gated.wells)
