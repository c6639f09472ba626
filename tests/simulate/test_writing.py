"""A simulated study is a whole study, the same bytes every time, and the embedded one is it."""

import re
from dataclasses import replace
from pathlib import Path

import flowio
import numpy as np
import pandas as pd
import pytest
import yaml

from coculture import flow
from coculture.exchange.problems import StudyError
from coculture.simulate import (
    EXAMPLE,
    EXAMPLE_SEED,
    Arm,
    Cytometer,
    Design,
    Mishaps,
    NotSimulatedError,
    Parameters,
    embedded_example,
    events,
    study,
    truth,
    tubes,
)
from coculture.simulate.files import write_fcs
from coculture.study import load

ROOT = Path(__file__).parents[2]
EXAMPLE_FOLDER = ROOT / "data/raw/example"
SMALL = Parameters(
    design=Design(
        experiments=2,
        wells=1,
        arms=(Arm("control"), Arm("il1b", dex=True, il1ra=True)),
        mishaps=Mishaps(),
    ),
    cytometer=Cytometer(events=60, events_control=50),
)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    """The tables of the embedded example; empty cells are empty text."""
    names = ("cultures", "flow", "elisa", "clinical", "truth")
    return {
        name: pd.read_csv(EXAMPLE_FOLDER / f"{name}.csv", keep_default_na=False) for name in names
    }


def test_embedded_example_is_what_the_simulator_writes(tmp_path: Path) -> None:
    embedded_example(tmp_path)
    written = contents(tmp_path / "data/raw/example")
    committed = contents(EXAMPLE_FOLDER)
    assert sorted(written) == sorted(committed)
    assert [name for name in written if written[name] != committed[name]] == []
    for name in ("config", "dose_response"):
        config = (ROOT / f"config/{name}.yaml").read_bytes()
        assert (tmp_path / f"config/{name}.yaml").read_bytes() == config


def test_embedded_example_is_small_and_says_what_it_is() -> None:
    assert sum(map(len, contents(EXAMPLE_FOLDER).values())) <= 15e6
    readme = (EXAMPLE_FOLDER / "README.md").read_text(encoding="utf-8")
    assert "Nothing in this folder was measured" in readme
    assert f"from seed {EXAMPLE_SEED}" in readme


def test_same_seed_same_bytes_other_seed_other_bytes(tmp_path: Path) -> None:
    study(tmp_path / "a/study", 5, SMALL)
    study(tmp_path / "b/study", 5, SMALL)
    study(tmp_path / "c/study", 6, SMALL)
    first, second, third = (contents(tmp_path / name) for name in "abc")
    assert first == second
    changed = {name for name in first if first[name] != third[name]}
    unchanged = {"study/config.yaml", "study/cultures.csv", "study/elisa.csv", "study/flow.csv"}
    assert set(first) - changed == unchanged


def test_number_of_events_changes_no_culture_and_no_plate(tmp_path: Path) -> None:
    study(tmp_path / "a", 5, SMALL)
    study(tmp_path / "b", 5, replace(SMALL, cytometer=Cytometer(events=70, events_control=40)))
    few, many = contents(tmp_path / "a"), contents(tmp_path / "b")
    for name in ("truth.csv", "elisa.csv", "elisa/IL6-E1.txt", "clinical.csv"):
        assert few[name] == many[name]


def test_files_of_one_experiment_are_drawn_independently(tmp_path: Path) -> None:
    study(tmp_path, 5, replace(SMALL, cytometer=Cytometer(events=50, events_control=50)))
    times = {
        path.name: flow.read_fcs(path).events["Time"].to_numpy().tobytes()
        for path in tmp_path.rglob("*.fcs")
    }
    assert len(set(times.values())) == len(times)


def test_fcs_file_holds_what_was_recorded(tmp_path: Path) -> None:
    cytometer = Cytometer()
    recorded = events.acquire(
        events.coculture(30.0, EXAMPLE.cells),
        500,
        EXAMPLE.cells,
        cytometer,
        np.random.default_rng(3),
    )
    path = tmp_path / "tube.fcs"
    write_fcs(
        path,
        recorded,
        cytometer.spillover_at_acquisition,
        cytometer.maximum,
        {"date": "04-OCT-2004", "wellid": "A1"},
    )
    raw = flowio.FlowData(path)
    np.testing.assert_array_equal(
        np.reshape(raw.events, (-1, 7)), recorded.astype(np.float32).astype(float)
    )
    assert (recorded[:, events.CHANNELS.index("R660-A")] < 0).any()
    assert raw.version == "3.1"
    sample = flow.read_fcs(path)
    assert list(sample.events.columns) == list(events.CHANNELS)
    assert sample.labels["R660-A"] == "Annexin V-APC"
    assert sample.cytometer == "Simulated cytometer"
    assert sample.well == "A1"
    assert sample.date == "2004-10-04"
    assert sample.spillover is not None
    np.testing.assert_array_equal(sample.spillover, cytometer.spillover_at_acquisition)


def test_example_has_the_stated_design(tables: dict[str, pd.DataFrame]) -> None:
    cultures = tables["cultures"]
    drugs = ["cells", "dex_nM", "il1ra_ng_ml", "il6_ng_ml"]
    wells = cultures.groupby(["experiment", *drugs]).size()
    assert cultures["experiment"].unique().tolist() == [f"E{number}" for number in range(1, 7)]
    assert cultures.groupby(drugs).ngroups == 12
    assert len(wells) == 6 * 12 - 1
    assert wells.value_counts().to_dict() == {2: 70, 1: 1}
    assert ("E3", "control", 0, 500, 0) not in wells.index
    assert wells["E2", "il1b", 1000, 0, 0] == 1


def test_example_tables_name_the_same_cultures(tables: dict[str, pd.DataFrame]) -> None:
    names = set(tables["cultures"]["culture"])
    samples = tables["flow"].query("role == 'sample'")["culture"]
    in_wells = tables["elisa"].query("role == 'sample'")["culture"]
    assert tables["cultures"]["culture"].is_unique
    assert sorted(samples) == sorted(names)
    assert in_wells.value_counts().to_dict() == dict.fromkeys(names, 2)
    assert set(tables["truth"]["culture"]) == names
    assert all(re.fullmatch(r"[A-Za-z0-9+-]+", name) for name in names)


def test_every_experiment_of_the_example_has_its_controls(tables: dict[str, pd.DataFrame]) -> None:
    controls = tables["flow"].query("role != 'sample'")
    expected = {
        ("unstained", "control", ""),
        ("unstained", "il1b", ""),
        ("population_negative", "", ""),
        ("single_stain", "control", "GFP"),
        ("single_stain", "control", "Annexin V-APC"),
        ("single_stain", "control", "7-AAD"),
        ("fmo_annexin", "control", ""),
        ("fmo_annexin", "il1b", ""),
        ("fmo_dye", "control", ""),
        ("fmo_dye", "il1b", ""),
    }
    for _, of_experiment in controls.groupby("experiment"):
        rows = of_experiment[["role", "cells", "channel"]].itertuples(index=False, name=None)
        assert sorted(rows) == sorted(expected)


def test_every_file_of_the_example_is_there_and_used(tables: dict[str, pd.DataFrame]) -> None:
    fcs = {path.relative_to(EXAMPLE_FOLDER).as_posix() for path in EXAMPLE_FOLDER.rglob("*.fcs")}
    exports = {
        path.relative_to(EXAMPLE_FOLDER).as_posix() for path in EXAMPLE_FOLDER.rglob("*.txt")
    }
    assert set(tables["flow"]["fcs"]) == fcs
    assert set(tables["elisa"]["file"]) == exports


def test_readme_names_the_cultures_below_the_standards(tables: dict[str, pd.DataFrame]) -> None:
    samples = tables["elisa"].query("role == 'sample'").merge(tables["truth"], on="culture")
    low = samples["il6_pg_ml"] / samples["dilution"].astype(float) < 9.375
    wholly_low = sorted(samples["culture"][low].value_counts().loc[lambda n: n == 2].index)
    assert "E4-control-DEX-2" in wholly_low
    readme = (EXAMPLE_FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"both wells do of: {', '.join(wholly_low)}." in readme
    assert f"- {low.sum()} ELISA wells hold less than the lowest standard" in readme


def test_patients_are_made_up_and_printed_changes_rounded(tables: dict[str, pd.DataFrame]) -> None:
    clinical = tables["clinical"]
    exact = 100 * (clinical["month_6"] - clinical["on_study"]) / clinical["on_study"]
    assert (clinical["printed_change"] - exact).abs().max() <= 0.5 + 1e-9
    assert clinical.groupby("patient")["analyte"].apply(list).map(tuple).unique().tolist() == [
        ("PCLI", "CRP", "M-protein")
    ]


def test_config_points_from_where_it_lies_to_the_tables(tmp_path: Path) -> None:
    study(tmp_path / "data/my study", 5, SMALL, config=tmp_path / "config/mine.yaml")
    config = yaml.safe_load((tmp_path / "config/mine.yaml").read_text(encoding="utf-8"))
    assert config["study"] == "my-study"
    assert config["simulated"] is True
    for table in config["tables"].values():
        assert (tmp_path / "config" / table).is_file()


def test_simulated_study_passes_the_checks_before_a_run(tmp_path: Path) -> None:
    few_events = replace(EXAMPLE, cytometer=Cytometer(events=60, events_control=300))
    study(tmp_path / "small", 5, few_events)
    loaded = load(tmp_path / "small/config.yaml")
    assert loaded.name == "small"
    assert len(loaded.cultures) == 6 * 12 * 2 - 3
    assert loaded.plates == [f"IL6-E{number}" for number in range(1, 7)]


def test_config_names_the_doses_of_the_design(tmp_path: Path) -> None:
    study(tmp_path, 5, replace(SMALL, design=replace(SMALL.design, dex_nM=50.0)))
    config = yaml.safe_load((tmp_path / "config.yaml").read_text(encoding="utf-8"))
    finding = next(f for f in config["comparison"]["findings"] if f["id"] == "2a")
    assert finding["effect"]["arm"] == {"cells": "control", "dex_nM": 50}
    assert sorted(set(pd.read_csv(tmp_path / "cultures.csv")["dex_nM"])) == [0, 50]


def test_smaller_study_replaces_a_larger_one(tmp_path: Path) -> None:
    study(tmp_path / "study", 5, SMALL)
    study(tmp_path / "new/study", 5, replace(SMALL, design=replace(SMALL.design, experiments=1)))
    study(tmp_path / "study", 5, replace(SMALL, design=replace(SMALL.design, experiments=1)))
    assert contents(tmp_path / "study") == contents(tmp_path / "new/study")


def test_measured_study_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "cultures.csv").write_text("culture\nmine\n")
    with pytest.raises(NotSimulatedError, match=r"without truth\.csv"):
        study(tmp_path, 5, SMALL)
    assert contents(tmp_path) == {"cultures.csv": b"culture\nmine\n"}


def test_no_well_of_the_cytometers_plates_is_used_twice() -> None:
    design = Design(experiments=1, wells=9, mishaps=Mishaps())
    designed = truth.marked(truth.cultures(design)).assign(percent_apoptotic=8.0)
    acquisitions = tubes.of_experiment(designed, EXAMPLE)
    places = [(acquisition.plate, acquisition.well) for acquisition in acquisitions]
    assert len(set(places)) == len(places) == 9 * 12 + 10
    assert {plate for plate, _ in places} == {"flow-E1-1", "flow-E1-2"}


def test_treated_cultures_are_those_with_a_drug() -> None:
    cultures = pd.DataFrame(
        {
            "culture": ["a", "b"],
            "experiment": "E1",
            "cells": "control",
            "dex_nM": [0.0, 1000.0],
            "il1ra_ng_ml": 0.0,
            "il6_ng_ml": 0.0,
            "stroma": "HS-5",
            "percent_apoptotic": [8.0, 36.0],
        }
    )
    samples = [
        a for a in tubes.of_experiment(truth.marked(cultures), EXAMPLE) if a.role == "sample"
    ]
    assert [sample.tube.treated for sample in samples] == [False, True]


def test_controls_of_too_few_events_are_refused_for_that_reason(tmp_path: Path) -> None:
    few_events = replace(EXAMPLE, cytometer=Cytometer(events=60, events_control=50))
    study(tmp_path / "small", 5, few_events)
    with pytest.raises(StudyError, match="of 50 needed"):
        load(tmp_path / "small/config.yaml")
