"""Gating whole experiments: percent apoptotic against simulated truth, counts and flags."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from coculture.exchange import result_tables
from coculture.exchange.flags import Flag
from coculture.exchange.flags import read as read_flags
from coculture.exchange.flags import write as write_flags
from coculture.flow import (
    FlowSettings,
    check_files,
    gate_experiment,
)
from coculture.simulate import events as simulated
from coculture.simulate.files import write_fcs
from coculture.simulate.parameters import Cells, Cytometer

Settings = Callable[..., FlowSettings]


MYELOMA = {"name": "myeloma", "markers": [{"channel": "GFP", "positive": True}]}
STROMA = {"name": "stroma", "markers": [{"channel": "GFP", "positive": False}]}
LEVELS = (1.0, 5.0, 20.0, 50.0, 80.0, 95.0)


@pytest.fixture
def truth(small_study_once: Path) -> "pd.Series[float]":
    """The true percent apoptotic of each culture of the small study."""
    table = pd.read_csv(small_study_once / "truth.csv")
    return table.set_index("culture")["percent_apoptotic"]


def samples(wells: pd.DataFrame) -> pd.DataFrame:
    return wells[wells["role"] == "sample"]


def test_95_percent_of_a_small_study_within_four_points(
    study_files: pd.DataFrame, truth: "pd.Series[float]", myeloma_settings: Settings
) -> None:
    for _, of_experiment in study_files.groupby("experiment"):
        wells = samples(gate_experiment(of_experiment, myeloma_settings()).wells)
        error = wells["percent_apoptotic"] - wells["culture"].map(truth)
        assert error.abs().quantile(0.95) < 4
        assert abs(error.mean()) < 1
        assert (wells["flags"] == "").all()


def test_the_table_holds_together(
    files: pd.DataFrame, myeloma_settings: Settings, tmp_path: Path
) -> None:
    gated = gate_experiment(files, myeloma_settings(populations=[MYELOMA, STROMA]))
    wells = gated.wells
    assert len(wells) == 2 * len(files)
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


def test_a_second_run_gives_the_same_bytes(files: pd.DataFrame, myeloma_settings: Settings) -> None:
    one, two = (gate_experiment(files, myeloma_settings()) for _ in range(2))
    assert one.wells.to_csv() == two.wells.to_csv()
    assert yaml.safe_dump(one.gates) == yaml.safe_dump(two.gates)


def test_excluded_files_are_listed_and_not_read(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    lost = files.index[files["culture"] == "E1-control-DEX-1"][0]
    files.loc[lost, ["exclude", "path"]] = ["clogged", "/nowhere.fcs"]
    gated = gate_experiment(files, myeloma_settings())
    wells = gated.wells
    (flag,) = gated.flags
    assert (flag.code, flag.severity, flag.sentence) == ("excluded", "note", "clogged")
    assert (flag.concerns.kind, flag.concerns.fcs) == ("tube", files.loc[lost, "fcs"])
    (row,) = wells[wells["excluded"] != ""].to_dict("records")
    assert (row["culture"], row["excluded"]) == ("E1-control-DEX-1", "clogged")
    assert pd.isna(row["events_total"])
    assert check_files(files, myeloma_settings()) == []


def test_a_study_without_stains_gets_counts(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    gated = gate_experiment(
        files,
        myeloma_settings(
            channels={"annexin": None, "viability_dye": None, "time": None,
                      "forward_scatter_height": None, "side_scatter_area": None},
            populations=[],
        ),
    )  # fmt: skip
    assert (gated.wells["population"] == "all").all()
    assert (gated.wells["events_population"] > 1000).all()
    assert not gated.wells.columns.str.startswith("percent_").any()
    assert list(gated.gates["populations"]["all"]) == ["scatter", "cells"]


# Flags ------------------------------------------------------------------------------------------


def of_code(flags: tuple[Flag, ...], code: str) -> list[Flag]:
    return [flag for flag in flags if flag.code == code]


def has_code(wells: pd.DataFrame, code: str) -> "pd.Series[bool]":
    return wells["flags"].map(lambda codes: code in codes.split("; "))


@pytest.mark.parametrize(
    ("limits", "code", "role"),
    [
        ({"margin_percent": 0}, "margin_events", "sample"),
        ({"doublets_percent": 2}, "doublets", "sample"),
        ({"sensitivity_percent_points": 0.1}, "threshold_sensitive", "sample"),
        ({"unstained_positive_percent": 0}, "unstained_positive", "unstained"),
        ({"spillover": 0.05}, "spillover_coefficient", "sample"),
    ],
)
def test_a_flag_is_a_record_and_its_code_is_in_the_table(
    files: pd.DataFrame,
    myeloma_settings: Settings,
    tmp_path: Path,
    limits: dict[str, float],
    code: str,
    role: str,
) -> None:
    files["untreated"] = files["culture"].str.contains("untreated")
    gated = gate_experiment(files, myeloma_settings(limits=limits))
    flagged = gated.wells[has_code(gated.wells, code)]
    found = of_code(gated.flags, code)
    assert len(flagged) > 0
    assert role in set(flagged["role"])
    assert {flag.concerns.fcs for flag in found} in (set(flagged["fcs"]), {""})
    assert {flag.concerns.experiment for flag in found} == {"E1"}
    assert {flag.limit for flag in found} == set(limits.values())
    assert len(set(gated.flags)) == len(gated.flags)
    write_flags(gated.flags, tmp_path / "flags.csv")
    assert {flag.sentence for flag in found} <= {
        flag.sentence for flag in read_flags(tmp_path / "flags.csv")
    }
    assert gate_experiment(files, myeloma_settings()).flags == ()


def test_the_codes_of_a_well_are_those_of_its_cautions(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    strict = {"fewest_events": 5000, "doublets_percent": 2, "margin_percent": 0}
    gated = gate_experiment(files, myeloma_settings(limits=strict))
    codes: dict[str, set[str]] = {}
    assert "few_events" in {flag.code for flag in gated.flags}
    for flag in (one for one in gated.flags if one.severity != "note"):
        codes.setdefault(flag.concerns.fcs, set()).add(flag.code)
    of_many = codes.pop("")
    for well in gated.wells.to_dict("records"):
        found = set(filter(None, well["flags"].split("; ")))
        assert found - of_many == codes.get(well["fcs"], set())
    (flag,) = of_code(gated.flags, "doublets")
    files_flagged = gated.wells.loc[has_code(gated.wells, "doublets"), "fcs"].unique()
    assert flag.sentence.startswith(f"E1: the same in {len(files_flagged)} files (")
    assert f"The first, {files_flagged[0]}: " in flag.sentence


def test_a_file_of_another_day_is_flagged(
    study_files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    """A sample of another experiment, which the simulator puts a week later."""
    ours, theirs = (of_one for _, of_one in study_files.groupby("experiment"))
    ours = ours.copy()
    row = ours.index[ours["role"] == "sample"][0]
    ours.loc[row, "path"] = theirs.loc[theirs["role"] == "sample", "path"].iloc[0]
    gated = gate_experiment(ours, myeloma_settings())
    (flag,) = of_code(gated.flags, "other_acquisition_day")
    assert flag.concerns.fcs == ours.loc[row, "fcs"]
    assert (flag.value, flag.unit) == (7, "days")
    assert list(gated.wells.loc[has_code(gated.wells, flag.code), "fcs"]) == [flag.concerns.fcs]


def test_an_exploratory_threshold_is_flagged_once_and_on_every_sample(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    """The population with a marker gate of the user is not flagged."""
    own = gate_experiment(files, myeloma_settings()).gates["populations"]["myeloma"]
    block = {key: own["GFP"][key] for key in ("channels", "threshold", "keep")}
    few = myeloma_settings(
        populations=[MYELOMA | {"name": "by hand"}, MYELOMA],
        compensation={"source": "embedded"},
        gates={"E1": {"by hand": {"GFP": block}}},
    )
    gated = gate_experiment(files[files["role"].isin(["unstained", "sample"])], few)
    (flag,) = of_code(gated.flags, "exploratory_threshold")
    assert (flag.concerns.population, flag.concerns.channel) == ("myeloma", "B530-A")
    assert "GFP" in flag.sentence
    expected = (gated.wells["role"] == "sample") & (gated.wells["population"] == "myeloma")
    assert has_code(gated.wells, flag.code).equals(expected)
    (note,) = of_code(gated.flags, "gate_set_by_hand")
    assert (note.severity, note.concerns.population) == ("note", "by hand")
    assert not has_code(gated.wells, note.code).any()


def test_two_gatings_of_the_same_cells_that_disagree(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    twin = MYELOMA | {"name": "all cells", "markers": [], "same_cells_as": "myeloma"}
    gated = gate_experiment(files, myeloma_settings(populations=[MYELOMA, twin]))
    wells = gated.wells.assign(flagged=has_code(gated.wells, "gating_difference"))
    apart = []
    for fcs, pair in wells.groupby("fcs"):
        difference = abs(np.diff(pair["percent_apoptotic"])[0])
        assert pair["flagged"].all() == pair["flagged"].any() == (difference > 5)
        apart += [str(fcs)] if difference > 5 else []
    found = of_code(gated.flags, "gating_difference")
    assert sorted(flag.concerns.fcs for flag in found) == sorted(apart)
    assert apart


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
    myeloma_settings: Settings,
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
    error = percent_errors(files, myeloma_settings(compensation={"source": source}))
    assert error.abs().max() < 3.5
    assert error[error.index <= 6].abs().max() < 1.5
    difference = error - error[6.0]
    assert difference[difference.index <= highest].abs().max() < 2


def test_bright_stroma_does_not_move_the_myeloma(
    tmp_path: Path, myeloma_settings: Settings
) -> None:
    percents = []
    for factor in (1.0, 3.0):
        stroma = replace(Cells().stroma, autofluorescence=factor)
        cells = replace(Cells(), stroma=stroma)
        folder = tmp_path / f"{factor:g}"
        folder.mkdir()
        files = simulated_experiment(folder, cells, cells, PANELS["all controls"])
        percents.append(percent_errors(files, myeloma_settings()))
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
    assert "few_events" in {flag.code for flag in gated.flags}
    by_width = flow_settings(
        channels={"annexin": "CD38", "viability_dye": "CD45", "forward_scatter_height": None,
                  "forward_scatter_width": "FSC-W"},
        compensation={"source": "embedded"},
    )  # fmt: skip
    gated = gate_experiment(real(reference / "fcs/diva_marrow_CD38_CD45.fcs"), by_width)
    block = gated.gates["populations"]["all"]["singlets"]
    assert (block["channels"], block["keep"]) == (["FSC-W"], "below")
    assert 0.5 < gated.wells["events_singlets"].iloc[0] / gated.wells["events_cells"].iloc[0] < 1


def test_files_counted_by_several_processes_give_the_same(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    settings = myeloma_settings(populations=[MYELOMA, STROMA])
    one = gate_experiment(files, settings)
    two = gate_experiment(files, settings, processes=2)
    pd.testing.assert_frame_equal(two.wells, one.wells, check_exact=True)
    pd.testing.assert_frame_equal(two.alternatives, one.alternatives, check_exact=True)
    assert two.plots == one.plots
    assert (two.gates, two.gating_ml, two.flags) == (one.gates, one.gating_ml, one.flags)
