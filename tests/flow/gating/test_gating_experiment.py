"""Gating whole experiments: percent apoptotic against simulated truth, and every way to set it."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from coculture.exchange import result_tables
from coculture.flow import (
    FcsError,
    FlowSettings,
    SpilloverError,
    ThresholdError,
    check_files,
    check_gates,
    control_drift,
    gate_experiment,
    read_fcs,
)
from coculture.flow.gating import quality
from coculture.simulate import events as simulated
from coculture.simulate.files import write_fcs
from coculture.simulate.parameters import Cells, Cytometer

Settings = Callable[..., FlowSettings]
MYELOMA = {"name": "myeloma", "markers": [{"channel": "GFP", "positive": True}]}
STROMA = {"name": "stroma", "markers": [{"channel": "GFP", "positive": False}]}
LEVELS = (1.0, 5.0, 20.0, 50.0, 80.0, 95.0)


@pytest.fixture(scope="module")
def study(small_study_once: Path) -> tuple[pd.DataFrame, "pd.Series[float]"]:
    """flow.csv of the small study with usable paths, and the truth of its cultures."""
    files = pd.read_csv(small_study_once / "flow.csv", dtype=str, keep_default_na=False)
    files["path"] = [str(small_study_once / fcs) for fcs in files["fcs"]]
    truth = pd.read_csv(small_study_once / "truth.csv").set_index("culture")["percent_apoptotic"]
    return files, truth


@pytest.fixture
def settings(flow_settings: Settings) -> Settings:
    def with_panel(**section: Any) -> FlowSettings:
        defaults: dict[str, Any] = {"populations": [MYELOMA]}
        return flow_settings(**(defaults | section))

    return with_panel


def first(study: tuple[pd.DataFrame, "pd.Series[float]"]) -> pd.DataFrame:
    files, _ = study
    return files[files["experiment"] == "E1"].copy()


def samples(wells: pd.DataFrame) -> pd.DataFrame:
    return wells[wells["role"] == "sample"]


def test_95_percent_of_a_small_study_within_four_points(
    study: tuple[pd.DataFrame, "pd.Series[float]"], settings: Settings
) -> None:
    files, truth = study
    for _, of_experiment in files.groupby("experiment"):
        wells = samples(gate_experiment(of_experiment, settings()).wells)
        error = wells["percent_apoptotic"] - wells["culture"].map(truth)
        assert error.abs().quantile(0.95) < 4
        assert abs(error.mean()) < 1
        assert (wells["flags"] == "").all()


def test_the_table_holds_together(
    study: tuple[pd.DataFrame, "pd.Series[float]"], settings: Settings, tmp_path: Path
) -> None:
    gated = gate_experiment(first(study), settings(populations=[MYELOMA, STROMA]))
    wells = gated.wells
    assert len(wells) == 2 * len(first(study))
    stages = ["total", "scatter", "time", "cells", "singlets", "population"]
    for before, after in itertools.pairwise(stages):
        assert (wells[f"events_{before}"] >= wells[f"events_{after}"]).all()
    quadrants = ["viable", "early", "late", "necrotic"]
    assert (
        wells[[f"n_{name}" for name in quadrants]].sum(axis=1) == wells["events_population"]
    ).all()
    inside = wells[wells["events_population"] > 0]
    assert inside[[f"percent_{q}" for q in quadrants]].sum(axis=1).to_numpy() == pytest.approx(100)
    apoptotic = inside["percent_early"] + inside["percent_late"]
    assert inside["percent_apoptotic"].to_numpy() == pytest.approx(apoptotic.to_numpy())
    assert (inside["percent_apoptotic_lower"] <= inside["percent_apoptotic"]).all()
    assert (inside["percent_apoptotic_upper"] >= inside["percent_apoptotic"]).all()
    result_tables.write(wells, tmp_path / "wells.csv", "flow/wells.csv")
    result_tables.write(gated.spillover, tmp_path / "spillover.csv", "flow/spillover.csv")


def test_a_file_of_another_day_is_flagged(
    study: tuple[pd.DataFrame, "pd.Series[float]"], settings: Settings
) -> None:
    """A sample of another experiment, which the simulator puts a week later."""
    files, _ = study
    ours, theirs = (of_one for _, of_one in files.groupby("experiment"))
    ours = ours.copy()
    row = ours.index[ours["role"] == "sample"][0]
    ours.loc[row, "path"] = theirs.loc[theirs["role"] == "sample", "path"].iloc[0]
    wells = gate_experiment(ours, settings()).wells
    flagged = wells.loc[wells["flags"].str.startswith("acquired on "), "fcs"]
    assert list(flagged) == [ours.loc[row, "fcs"]]


def test_a_second_run_gives_the_same_bytes(
    study: tuple[pd.DataFrame, "pd.Series[float]"], settings: Settings
) -> None:
    one, two = (gate_experiment(first(study), settings()) for _ in range(2))
    assert one.wells.to_csv() == two.wells.to_csv()
    assert yaml.safe_dump(one.gates) == yaml.safe_dump(two.gates)


def test_gates_yaml_copied_into_the_config_gives_the_same_counts(
    study: tuple[pd.DataFrame, "pd.Series[float]"], settings: Settings
) -> None:
    automatic = gate_experiment(first(study), settings())
    written = yaml.safe_load(yaml.safe_dump(automatic.gates))
    copied = gate_experiment(first(study), settings(gates={"E1": written["populations"]}))
    pd.testing.assert_frame_equal(copied.wells, automatic.wells)
    half = {name: written["populations"]["myeloma"][name] for name in ("cells", "GFP", "annexin")}
    mixed = gate_experiment(first(study), settings(gates={"E1": {"myeloma": half}}))
    pd.testing.assert_frame_equal(mixed.wells, automatic.wells)
    before = automatic.gates["populations"]["myeloma"]
    for name, block in copied.gates["populations"]["myeloma"].items():
        assert block["rule"] == "manual"
        assert not {"controls", "samples", "events"} & set(block)
        assert block.get("automatic") == before[name].get("threshold")
    again = gate_experiment(first(study), settings(gates={"E1": copied.gates["populations"]}))
    assert again.gates == copied.gates


def test_a_gate_of_ones_own_keeps_its_note_and_what_it_replaced(
    study: tuple[pd.DataFrame, "pd.Series[float]"], settings: Settings
) -> None:
    automatic = gate_experiment(first(study), settings()).gates["populations"]["myeloma"]
    own = {
        "annexin": automatic["annexin"] | {"threshold": 500.0, "rule": "drawn by eye"},
        "viability_dye": automatic["viability_dye"] | {"channels": ["R660-A"]},
    }
    settings_of_own = settings(gates={"E1": {"myeloma": own}})
    written = gate_experiment(first(study), settings_of_own).gates["populations"]["myeloma"]
    assert written["annexin"] == {
        "channels": ["R660-A"],
        "threshold": 500.0,
        "keep": "above",
        "rule": "manual: drawn by eye",
        "automatic": automatic["annexin"]["threshold"],
    }
    assert "automatic" not in written["viability_dye"]
    no_rule = settings(thresholds={"annexin": "untreated"}, gates={"E1": {"myeloma": own}})
    without = gate_experiment(first(study), no_rule).gates["populations"]["myeloma"]
    assert "automatic" not in without["annexin"]


def test_a_gate_of_ones_own_may_name_its_channel_as_the_panel_does(
    study: tuple[pd.DataFrame, "pd.Series[float]"], settings: Settings
) -> None:
    by_label = {"annexin": {"channels": ["annexin v-apc"], "threshold": 500.0}}
    found = gate_experiment(first(study), settings(gates={"E1": {"myeloma": by_label}}))
    by_name = {"annexin": {"channels": ["R660-A"], "threshold": 500.0}}
    expected = gate_experiment(first(study), settings(gates={"E1": {"myeloma": by_name}}))
    assert found.gates == expected.gates
    pd.testing.assert_frame_equal(found.wells, expected.wells)


def test_a_gate_of_ones_own_on_a_channel_that_is_not_read_is_refused_before_the_run(
    study: tuple[pd.DataFrame, "pd.Series[float]"], settings: Settings
) -> None:
    own = {"annexin": {"channels": ["R66O-A"], "threshold": 500.0}}
    (told,) = check_gates(first(study), settings(gates={"E1": {"myeloma": own}}))
    assert told.startswith('flow.gates.E1.myeloma.annexin: gating has no channel "R66O-A".')
    assert "Nearest: R660-A" in told


def test_a_gate_of_ones_own_goes_before_every_rule(
    study: tuple[pd.DataFrame, "pd.Series[float]"], settings: Settings
) -> None:
    own = {"annexin": {"channels": ["R660-A"], "threshold": 1e6, "keep": "above"}}
    gated = gate_experiment(first(study), settings(gates={"E1": {"myeloma": own}}))
    assert (gated.wells["n_early"] + gated.wells["n_late"]).sum() == 0
    assert gated.gates["populations"]["myeloma"]["annexin"]["threshold"] == 1e6
    other = gate_experiment(first(study), settings(gates={"E2": {"myeloma": own}}))
    assert (other.wells["n_early"] + other.wells["n_late"]).sum() > 0


def test_excluded_files_are_listed_and_not_read(
    study: tuple[pd.DataFrame, "pd.Series[float]"], settings: Settings
) -> None:
    files = first(study)
    lost = files.index[files["culture"] == "E1-control-DEX-1"][0]
    files.loc[lost, ["exclude", "path"]] = ["clogged", "/nowhere.fcs"]
    wells = gate_experiment(files, settings()).wells
    (row,) = wells[wells["excluded"] != ""].to_dict("records")
    assert (row["culture"], row["excluded"]) == ("E1-control-DEX-1", "clogged")
    assert pd.isna(row["events_total"])
    assert check_files(files, settings()) == []


@pytest.mark.parametrize("rung", ["live_peak", "untreated", "fmo", "unstained", "pooled"])
def test_every_rung_can_be_asked_for_and_is_named(
    study: tuple[pd.DataFrame, "pd.Series[float]"], settings: Settings, rung: str
) -> None:
    files = first(study)
    files["untreated"] = files["culture"].str.contains("untreated")
    gated = gate_experiment(files, settings(thresholds={"annexin": rung}))
    block = gated.gates["populations"]["myeloma"]["annexin"]
    assert block["rule"].startswith(f"{rung}: ")
    assert block["events"] > 0
    role = files.set_index("fcs")["role"]
    assert (role[block["controls"]] != "sample").all()
    assert (role[block["samples"]] == "sample").all()
    assert bool(block["samples"]) == (rung in ("live_peak", "untreated", "pooled"))
    if rung == "live_peak":
        assert set(role[block["controls"]]) == {"fmo_annexin"}
    flagged = gated.wells["flags"].str.contains("annexin threshold from")
    exploratory = gated.wells["flags"].str.contains(
        "exploratory: annexin threshold from the valley of all samples", regex=False
    )
    assert flagged.equals(exploratory)
    assert exploratory.equals((gated.wells["role"] == "sample") & (rung == "pooled"))


def test_the_ladder_goes_down_as_controls_are_missing(
    study: tuple[pd.DataFrame, "pd.Series[float]"], settings: Settings
) -> None:
    files = first(study)
    without_samples = files[files["role"] != "sample"]
    embedded = settings(compensation={"source": "embedded"})

    def rung(table: pd.DataFrame) -> str:
        block = gate_experiment(table, embedded).gates["populations"]["myeloma"]["annexin"]
        return str(block["rule"]).split(":")[0]

    assert rung(files) == "live_peak"
    assert rung(without_samples) == "fmo"
    no_fmo = without_samples[~without_samples["role"].str.startswith("fmo")]
    assert rung(no_fmo) == "fmo"
    only = no_fmo[no_fmo["role"].isin(["unstained", "population_negative"])]
    assert rung(only) == "unstained"
    with pytest.raises(ThresholdError, match="needs a threshold for annexin"):
        rung(only[only["role"] == "population_negative"])


def test_a_fallback_is_told_on_every_sample(
    study: tuple[pd.DataFrame, "pd.Series[float]"], settings: Settings
) -> None:
    files = first(study)
    files = files[files["role"].isin(["unstained", "sample"])]
    columns = ["channels", "threshold", "keep"]
    own = gate_experiment(first(study), settings()).gates["populations"]["myeloma"]
    block = {key: own["GFP"][key] for key in columns}
    one, two = MYELOMA | {"name": "by hand"}, MYELOMA
    few = settings(
        populations=[one, two],
        compensation={"source": "embedded"},
        gates={"E1": {"by hand": {"GFP": block}}},
    )
    wells = gate_experiment(files, few).wells
    told = wells["flags"].str.contains("GFP threshold from", regex=False)
    assert told.equals((wells["role"] == "sample") & (wells["population"] == "myeloma"))
    assert set(wells.loc[told, "flags"].str.split("; ").str[-1]) == {
        "exploratory: GFP threshold from the valley of all samples"
    }


def test_fallbacks_are_told_unless_asked_for(settings: Settings) -> None:
    def block(source: str) -> dict[str, Any]:
        return {"channels": ["A"], "rule": f"{source}: as it goes"}

    chosen = settings(thresholds={"viability_dye": "fmo"})
    (population,) = chosen.populations
    blocks = {"GFP": block("unstained"), "annexin": block("fmo"), "viability_dye": block("fmo")}
    assert quality.fallback_flags(blocks, population, chosen) == [
        "GFP threshold from unstained only",
        "annexin threshold from FMO only",
    ]
    blocks = {
        "GFP": block("population_negative"),
        "annexin": {"channels": ["A"], "rule": "manual"},
        "viability_dye": block("pooled"),
    }
    assert quality.fallback_flags(blocks, population, settings()) == [
        "exploratory: dye threshold from the valley of all samples"
    ]


def test_thresholds_of_the_samples_own_cells(
    study: tuple[pd.DataFrame, "pd.Series[float]"], settings: Settings
) -> None:
    files = first(study)
    files.loc[files["role"] == "sample", "cells"] = "il1b"
    gated = gate_experiment(files, settings(thresholds={"annexin": "fmo"}))
    block = gated.gates["populations"]["myeloma"]["annexin"]
    assert block["controls"] == ["flow/E1/E1-FMO-annexin-il1b.fcs"]


@pytest.mark.parametrize("source", ["single_stains", "embedded", "csv", "none"])
def test_every_source_of_the_spillover(
    study: tuple[pd.DataFrame, "pd.Series[float]"], settings: Settings, source: str, tmp_path: Path
) -> None:
    files = first(study)
    embedded = read_fcs(files["path"].iloc[-1]).spillover
    assert embedded is not None
    embedded.to_csv(tmp_path / "matrix.csv")
    compensation = {"source": source, "file": str(tmp_path / "matrix.csv")}
    gated = gate_experiment(files, settings(compensation=compensation))
    assert gated.gates["spillover"]["source"] == source
    if source == "none":
        assert gated.spillover.empty
    else:
        true = np.array(Cytometer().spillover)
        np.testing.assert_allclose(gated.spillover.set_index("stain"), true, atol=0.025)


def test_gfp_cells_are_no_control_for_the_gfp_stain(
    study: tuple[pd.DataFrame, "pd.Series[float]"], settings: Settings
) -> None:
    stains = gate_experiment(first(study), settings()).gates["spillover"]["stains"]
    assert stains["B530-A"]["unstained"] == ["flow/E1/E1-stroma-alone.fcs"]
    assert stains["R660-A"]["unstained"] == ["flow/E1/E1-unstained-control.fcs"]


def test_missing_controls_stop_with_a_reason(
    study: tuple[pd.DataFrame, "pd.Series[float]"], settings: Settings
) -> None:
    files = first(study)
    with pytest.raises(SpilloverError, match="has no single stains"):
        gate_experiment(files[files["role"] != "single_stain"], settings())
    (problem,) = check_files(files[files["role"] != "single_stain"], settings())
    assert (problem.column, problem.value) == ("experiment", "E1")
    assert "lacks a single stain" in problem.message


def test_check_files_names_row_column_and_fault(
    study: tuple[pd.DataFrame, "pd.Series[float]"], settings: Settings, tmp_path: Path
) -> None:
    files = first(study)
    rows = list(files.index)
    cut = tmp_path / "cut.fcs"
    cut.write_bytes(Path(files.loc[rows[0], "path"]).read_bytes()[:-1000])
    files.loc[rows[0], "path"] = str(cut)
    files.loc[rows[1], "path"] = str(tmp_path / "absent.fcs")
    stain = files.index[files["role"] == "single_stain"][0]
    files.loc[stain, "channel"] = "PE"
    problems = {problem.row: problem for problem in check_files(files, settings())}
    assert set(problems) == {rows[0], rows[1], stain}
    assert problems[rows[0]].value == files.loc[rows[0], "fcs"]
    assert problems[rows[0]].message.startswith(
        "The file is cut short in its data: 41,000 of 42,000"
    )
    assert problems[rows[1]].message == "The file cannot be opened (No such file or directory)."
    assert problems[stain].column == "channel"
    assert problems[stain].message.startswith('The file has no channel "PE". It has FSC-A')
    unknown = check_files(first(study), settings(channels={"annexin": "Annexin-5"}))
    assert len(unknown) == len(files)
    assert "Nearest: Annexin V-APC" in unknown[0].message
    with pytest.raises(FcsError, match="Annexin-5"):
        gate_experiment(first(study), settings(channels={"annexin": "Annexin-5"}))


@pytest.mark.parametrize("columns", [[], ["fcs", "path", "experiment", "role", "exclude"]])
def test_a_table_without_rows_has_no_problems(settings: Settings, columns: list[str]) -> None:
    assert check_files(pd.DataFrame(columns=columns), settings()) == []


def test_a_study_without_annexin_gets_counts(
    study: tuple[pd.DataFrame, "pd.Series[float]"], settings: Settings
) -> None:
    gated = gate_experiment(
        first(study),
        settings(
            channels={"annexin": None, "viability_dye": None, "time": None,
                      "forward_scatter_height": None, "side_scatter_area": None},
            populations=[],
        ),
    )  # fmt: skip
    assert (gated.wells["population"] == "all").all()
    assert (gated.wells["events_population"] > 1000).all()
    assert gated.wells["percent_apoptotic"].isna().all()
    assert list(gated.gates["populations"]["all"]) == ["scatter", "cells"]


def test_drift_of_a_control_is_flagged(
    study: tuple[pd.DataFrame, "pd.Series[float]"], settings: Settings, tmp_path: Path
) -> None:
    files, _ = study
    drift = control_drift(files, settings())
    assert (drift["flags"] == "").all()
    result_tables.write(drift, tmp_path / "drift.csv", "flow/drift.csv")
    strict = control_drift(files, settings(limits={"drift_decades": 0.0}))
    assert strict["flags"].str.contains(r"^drift \([+-]0\.\d\d decades, limit 0\)$").any()


# Flags ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "flag"),
    [
        ({"fewest_events": 5000}, r"few events \(\d{4}, limit 5000\)"),
        ({"margin_percent": 0}, r"margin events \(0\.\d+ %, limit 0 %\)"),
        ({"doublets_percent": 2}, r"doublets \([3-9](?:\.\d+)? %, limit 2 %\)"),
        ({"sensitivity_percent_points": 0.1}, r"threshold-sensitive \([0-9.]+ points, limit 0\.1"),
        ({"untreated_viable_percent": 99}, r"untreated viability \(\d\d(?:\.\d)? %, limit 99 %\)"),
        ({"unstained_positive_percent": 0}, r"unstained dye positive \(0\.\d+ %, limit 0 %\)"),
        ({"spillover": 0.05}, r"spillover B675-A into R660-A \(0\.1\d*, limit 0\.05\)"),
    ],
)
def test_every_flag_has_its_number_and_limit(
    study: tuple[pd.DataFrame, "pd.Series[float]"],
    settings: Settings,
    limits: dict[str, float],
    flag: str,
) -> None:
    files = first(study)
    files["untreated"] = files["culture"].str.contains("untreated")
    wells = gate_experiment(files, settings(limits=limits)).wells
    assert wells["flags"].str.contains(flag).any()
    assert not gate_experiment(files, settings()).wells["flags"].str.contains(flag).any()


def test_two_gatings_of_the_same_cells_that_disagree(
    study: tuple[pd.DataFrame, "pd.Series[float]"], settings: Settings
) -> None:
    twin = MYELOMA | {"name": "all cells", "markers": [], "same_cells_as": "myeloma"}
    wells = gate_experiment(first(study), settings(populations=[MYELOMA, twin])).wells
    flagged = wells[wells["flags"].str.contains("gated as all cells and as myeloma")]
    assert len(flagged) % 2 == 0
    for _, pair in wells[wells["role"] == "sample"].groupby("fcs"):
        apart = abs(np.diff(pair["percent_apoptotic"])[0])
        assert (pair["flags"].str.contains("gated as").all()) == (apart > 5)


# Accuracy on wells with other distributions than the example's ---------------------------------

WEAK = replace(Cells(), live=replace(Cells().live, annexin=60.0), graded_from=120.0)
APART = replace(WEAK, graded_from=250.0)
"""As hard as the wells on which a pooled density valley is 4 points off."""
PANELS = {
    "all controls": ("unstained", "population_negative", "single_stain", "fmo_annexin", "fmo_dye"),
    "single stains": ("unstained", "population_negative", "single_stain"),
    "unstained only": ("unstained", "population_negative"),
}


def simulated_experiment(
    folder: Path, cells: Cells, treated: Cells, roles: tuple[str, ...]
) -> pd.DataFrame:
    """Controls of the given roles, two untreated wells and two treated ones at every level."""
    rng, cytometer = np.random.default_rng(11), Cytometer()
    gfp, annexin, dye = simulated.LABELS[3:6]
    alone, killed = simulated.myeloma_alone(6, cells), simulated.myeloma_alone(60, cells)
    mixed = simulated.coculture(30, cells)
    stroma = simulated.unstained(simulated.stroma_alone(cells))
    controls = [
        ("unstained", "", simulated.unstained(alone)),
        ("population_negative", "", stroma),
        ("single_stain", gfp, simulated.unstained(alone)),
        ("single_stain", annexin, replace(killed, dye=False)),
        ("single_stain", dye, replace(killed, annexin=False)),
        ("fmo_annexin", "", replace(mixed, annexin=False)),
        ("fmo_dye", "", replace(mixed, dye=False)),
    ]
    tubes = [(role, channel, "", np.nan, tube) for role, channel, tube in controls if role in roles]
    for level in (6.0, *LEVELS):
        tube = simulated.coculture(level, cells, treated=level != 6.0)
        tubes += [("sample", "", f"{level:g}-{well}", level, tube) for well in range(2)]
    rows = []
    for number, (role, channel, culture, truth, tube) in enumerate(tubes):
        recorded = simulated.acquire(tube, 6000, treated if tube.treated else cells, cytometer, rng)
        path = folder / f"{number}.fcs"
        write_fcs(path, recorded, cytometer.spillover, cytometer.maximum, {})
        rows.append((str(path), role, channel, culture, truth, culture.startswith("6-")))
    names = ["fcs", "role", "channel", "culture", "truth", "untreated"]
    return pd.DataFrame(rows, columns=names).assign(experiment="e", cells="", exclude="")


def percent_errors(files: pd.DataFrame, settings: FlowSettings) -> "pd.Series[float]":
    wells = gate_experiment(files, settings).wells
    error = wells["percent_apoptotic"] - files["truth"]
    means: pd.Series[float] = error[files["role"] == "sample"].groupby(files["truth"]).mean()
    return means


@pytest.mark.parametrize("autofluorescence", [1.0, 1.6])
@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize(
    ("cells", "highest"),
    [(Cells(), 50), (WEAK, 50), (APART, 95)],
    ids=["no background", "weak background", "weak background, graded cells apart"],
)
def test_within_three_and_a_half_points_at_every_level(
    tmp_path: Path,
    settings: Settings,
    cells: Cells,
    highest: float,
    panel: str,
    autofluorescence: float,
) -> None:
    """And differences from untreated within two points, up to the `highest` true percent.

    Where graded cells lie among the live ones, at 80 and 95 % even the best of all thresholds is
    1.8 to 3.1 points off.
    """
    treated = replace(cells, treated_autofluorescence=autofluorescence)
    files = simulated_experiment(tmp_path, cells, treated, PANELS[panel])
    source = "single_stains" if "single_stain" in PANELS[panel] else "embedded"
    error = percent_errors(files, settings(compensation={"source": source}))
    assert error.abs().max() < 3.5
    assert error[error.index <= 6].abs().max() < 1.5
    difference = error - error[6.0]
    assert difference[difference.index <= highest].abs().max() < 2


def test_bright_stroma_does_not_move_the_myeloma(tmp_path: Path, settings: Settings) -> None:
    percents = []
    for factor in (1.0, 3.0):
        stroma = replace(Cells().stroma, autofluorescence=factor)
        cells = replace(Cells(), stroma=stroma)
        folder = tmp_path / f"{factor:g}"
        folder.mkdir()
        files = simulated_experiment(folder, cells, cells, PANELS["all controls"])
        percents.append(percent_errors(files, settings()))
    assert (percents[0] - percents[1]).abs().max() < 0.5


# Real files -------------------------------------------------------------------------------------


def real(path: Path, **columns: str) -> pd.DataFrame:
    row = {"fcs": str(path), "experiment": "real", "role": "sample", "culture": "c"} | columns
    return pd.DataFrame([row])


@pytest.mark.reference
def test_a_nearly_negative_dye_is_not_split_in_two(
    reference: Path, flow_settings: Settings
) -> None:
    settings = flow_settings(
        channels={"annexin": "cd8 FITC-A", "viability_dye": "FL4-A",
                  "forward_scatter_height": None, "time": None},
        compensation={"source": "none"},
    )  # fmt: skip
    gated = gate_experiment(real(reference / "fcs/macsquant_PBMC_PI.fcs"), settings)
    (well,) = gated.wells.to_dict("records")
    assert well["percent_late"] + well["percent_necrotic"] < 0.5


@pytest.mark.reference
def test_few_events_and_width_for_singlets(reference: Path, flow_settings: Settings) -> None:
    settings = flow_settings(
        channels={"annexin": "CD138", "viability_dye": "7-AAD"}, compensation={"source": "embedded"}
    )
    gated = gate_experiment(real(reference / "fcs/aria3_index_7AAD_CD138.fcs"), settings)
    assert "few events (" in gated.wells["flags"].iloc[0]
    by_width = flow_settings(
        channels={"annexin": "CD38", "viability_dye": "CD45", "forward_scatter_height": None,
                  "forward_scatter_width": "FSC-W"},
        compensation={"source": "embedded"},
    )  # fmt: skip
    gated = gate_experiment(real(reference / "fcs/diva_marrow_CD38_CD45.fcs"), by_width)
    block = gated.gates["populations"]["all"]["singlets"]
    assert (block["channels"], block["keep"]) == (["FSC-W"], "below")
    assert 0.5 < gated.wells["events_singlets"].iloc[0] / gated.wells["events_cells"].iloc[0] < 1
