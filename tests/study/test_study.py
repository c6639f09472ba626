"""A study gives each experiment its files, shared controls among them."""

from pathlib import Path

import pandas as pd

from coculture.flow.files import flow_files
from coculture.study import Study, load

CONTROL = "flow/E1/E1-unstained-control.fcs"


def _loaded(folder: Path, experiments: list[str]) -> Study:
    """The study with the unstained control of E1 in as many rows, with these experiments."""
    table = pd.read_csv(folder / "flow.csv", dtype=str, keep_default_na=False)
    is_control = table["fcs"] == CONTROL
    shared = [table[is_control].assign(experiment=name) for name in experiments]
    pd.concat([table[~is_control], *shared]).to_csv(folder / "flow.csv", index=False)
    return load(folder / "config.yaml")


def _uses(study: Study, experiment: str) -> list[tuple[str, str]]:
    files = study.fcs_files(experiment)
    return [(one["experiment"], one["shared_with"]) for one in files if one["fcs"] == CONTROL]


def test_a_control_without_an_experiment_is_among_the_files_of_its_day(small_study: Path) -> None:
    study = _loaded(small_study, [""])
    assert _uses(study, "E1") == [("E1", "")]
    assert study.experiments == ["E1", "E2"]
    assert all(one["experiment"] for one in study.control_files())
    assert [one["fcs"] for one in study.control_files()].count(CONTROL) == 1


def test_a_control_listed_for_two_experiments_is_shared(small_study: Path) -> None:
    study = _loaded(small_study, ["E1", "E2"])
    assert _uses(study, "E1") == [("E1", "E2")]
    assert _uses(study, "E2") == [("E2", "E1")]
    samples = [one for one in study.fcs_files("E1") if one["role"] == "sample"]
    assert {one["shared_with"] for one in samples} == {""}


def test_a_data_set_reaches_the_gating(small_study: Path) -> None:
    table = pd.read_csv(small_study / "flow.csv", dtype=str, keep_default_na=False)
    samples = table["role"] == "sample"
    table.assign(data_set=samples.map({True: "1", False: ""})).to_csv(
        small_study / "flow.csv", index=False
    )
    files = flow_files(pd.DataFrame(load(small_study / "config.yaml").fcs_files("E1")))
    assert {one.data_set for one in files if one.role == "sample"} == {1}
    assert {one.data_set for one in files if one.role != "sample"} == {None}
    assert all(one.fcs.endswith(".fcs#1") for one in files if one.role == "sample")


def test_a_file_is_untreated_only_if_it_is_a_sample_of_an_untreated_culture(
    small_study_once: Path,
) -> None:
    """The simulation names its untreated cultures so; its controls belong to no culture."""
    study = load(small_study_once / "config.yaml")
    files = study.fcs_files("E1")
    untreated = {file["fcs"] for file in files if file["untreated"]}
    assert untreated == {
        file["fcs"] for file in files if file["role"] == "sample" and "untreated" in file["fcs"]
    }
    assert 0 < len(untreated) < sum(file["role"] == "sample" for file in files)


def test_a_sample_has_the_cells_of_its_culture_and_a_control_its_own(
    small_study_once: Path,
) -> None:
    study = load(small_study_once / "config.yaml")
    cells = {file["fcs"]: file["cells"] for file in study.fcs_files("E1")}
    assert cells["flow/E1/E1-il1b-DEX-1.fcs"] == "il1b"
    assert cells["flow/E1/E1-control-DEX-1.fcs"] == "control"
    assert cells["flow/E1/E1-unstained-control.fcs"] == "control"
    controls = {str(file["fcs"]) for file in study.control_files()}
    assert "flow/E1/E1-unstained-control.fcs" in controls
    assert "flow/E1/E1-control-DEX-1.fcs" not in controls
