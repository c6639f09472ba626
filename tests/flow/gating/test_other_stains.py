"""Assays of other stains than Annexin V with a dye: percents are true and words are their own."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from coculture.exchange import result_tables
from coculture.flow import GatedExperiment, check_files, gate_experiment
from tests.flow.mishaps import other_stains
from tests.flow.mishaps.other_stains import ASSAYS, Assay

POINTS = 2.0
UNCOMPENSATED = {"compensation": {"source": "none"}}


def gated(folder: Path, assay: Assay, *, with_controls: bool, **section: Any) -> GatedExperiment:
    made = other_stains.write(folder, assay, with_controls=with_controls)
    section = section if with_controls else UNCOMPENSATED | section
    settings = other_stains.settings(assay, **section)
    assert check_files(made.files, settings) == []
    found = gate_experiment(made.files, settings)
    return replace(found, wells=found.wells.assign(truth=found.wells["fcs"].map(made.truth)))


def samples(found: GatedExperiment) -> pd.DataFrame:
    return found.wells[found.wells["role"] == "sample"]


def block(found: GatedExperiment, stain: str) -> dict[str, Any]:
    blocks: dict[str, Any] = found.gates["populations"]["all"]
    return dict(blocks[stain])


@pytest.mark.parametrize("with_controls", [True, False])
@pytest.mark.parametrize("name", list(ASSAYS))
def test_percents_are_right_and_nothing_is_called_by_another_stain(
    tmp_path: Path, name: str, with_controls: bool
) -> None:
    assay = ASSAYS[name]
    found = gated(tmp_path, assay, with_controls=with_controls)
    outcomes = other_stains.settings(assay).outcomes
    assert outcomes.first is not None
    assert outcomes.first.name == assay.outcome
    wells = samples(found)
    assert (wells[outcomes.first.column] - wells["truth"]).abs().max() < POINTS
    assert wells[list(outcomes.counts)].sum(axis=1).equals(wells["events_population"])
    result_tables.write(found.wells.drop(columns="truth"), tmp_path / "wells.csv", "flow/wells.csv")
    words = yaml.safe_dump(found.gates) + " ".join(str(asdict(flag)) for flag in found.flags)
    words += " ".join(found.wells.columns)
    assert "apopto" not in words.lower()
    assert "viability dye" not in words
    assert name == "annexin" or "annexin" not in words.lower()
    cautions = {flag.code for flag in found.flags if flag.severity != "note"}
    allowed = set() if with_controls else {"no_controls"}
    if not with_controls and any(one.living_are_positive for one in outcomes.stains):
        allowed.add("exploratory_threshold")
    assert cautions == allowed


def test_where_living_cells_shine_the_control_is_raised_to_the_valley(tmp_path: Path) -> None:
    """Dead cells keep an eighth of SYTO9, 25 times as much as unstained ones have."""
    syto9 = block(gated(tmp_path, ASSAYS["syto9"], with_controls=True), "SYTO9")
    assert syto9["source"] == "fmo"
    assert "raised to the valley below the living cells" in syto9["rule"]
    assert 4000 < syto9["threshold"] < 12_000


def test_unstained_cells_with_a_reporter_are_no_control_of_it(tmp_path: Path) -> None:
    made = other_stains.write(tmp_path, ASSAYS["gfp"], with_controls=True)
    files = made.files[made.files["role"] != "population_negative"]
    found = gate_experiment(files, other_stains.settings(ASSAYS["gfp"]))
    assert block(found, "GFP")["source"] == "pooled"
    assert samples(found)["background_median_gfp"].isna().all()


def test_cells_that_all_keep_the_reporter_are_counted_with_a_control(tmp_path: Path) -> None:
    """Without dying cells there is no valley; the control without the reporter is enough."""
    inert = replace(ASSAYS["gfp"], dying=ASSAYS["gfp"].living)
    found = gated(tmp_path, inert, with_controls=True)
    assert block(found, "GFP")["source"] == "population_negative"
    assert samples(found)["percent_gfp_negative"].max() < 0.5


def test_medians_have_the_background_of_their_fmo_control(tmp_path: Path) -> None:
    found = gated(tmp_path, ASSAYS["syto9"], with_controls=True)
    wells = found.wells.set_index("fcs")
    for column, fmo in (("median_syto_9", "E1/fmo0.fcs"), ("median_pi", "E1/fmo1.fcs")):
        background = wells[f"background_{column}"]
        assert (background == wells.loc[fmo, column]).all()
    living = wells.loc["E1/dose0-1.fcs"]
    assert living["median_syto_9"] == pytest.approx(20_000, rel=0.15)


def test_a_threshold_of_the_config_is_that_of_the_stain_by_its_name(tmp_path: Path) -> None:
    by_hand = {"channels": ["B675-A"], "threshold": 900.0}
    found = gated(
        tmp_path,
        ASSAYS["syto9"],
        with_controls=True,
        thresholds={"SYTO9": "unstained"},
        gates={"E1": {"all": {"PI": by_hand}}},
    )
    assert block(found, "SYTO9")["source"] == "unstained"
    assert (block(found, "PI")["source"], block(found, "PI")["threshold"]) == ("manual", 900.0)
    (flag,) = [flag for flag in found.flags if flag.code == "gate_set_by_hand"]
    assert "the PI gate of all" in flag.sentence


def test_a_stain_that_no_tube_shows_is_not_seen(tmp_path: Path) -> None:
    unstained = replace(ASSAYS["dye"], dying=(0, 8))
    found = gated(tmp_path, unstained, with_controls=True)
    (flag,) = [flag for flag in found.flags if flag.code == "staining_not_seen"]
    assert "none of the tubes that should have 7-AAD" in flag.sentence
    assert not samples(found)["viability_dye_seen"].any()


@pytest.mark.parametrize(
    ("role", "channel", "column", "message"),
    [
        ("fmo_dye", "", "role", "of flow.channels.viability_dye, which this study does not have"),
        ("fmo", "SSC-A", "channel", "for a stain or a marker of the study (SYTO 9, PI)"),
    ],
)
def test_a_control_of_a_stain_that_the_study_lacks_is_one_error(
    tmp_path: Path, role: str, channel: str, column: str, message: str
) -> None:
    made = other_stains.write(tmp_path, ASSAYS["syto9"], with_controls=True)
    is_fmo = made.files["fcs"] == "E1/fmo1.fcs"
    files = made.files.assign(
        role=made.files["role"].mask(is_fmo, role),
        channel=made.files["channel"].mask(is_fmo, channel),
    )
    (problem,) = check_files(files, other_stains.settings(ASSAYS["syto9"]))
    assert problem.column == column
    assert message in problem.message


def test_a_source_without_its_control_is_one_error(tmp_path: Path) -> None:
    made = other_stains.write(tmp_path, ASSAYS["caspase"], with_controls=True)
    settings = other_stains.settings(ASSAYS["caspase"], thresholds={"caspase 3/7": "fmo"})
    (problem,) = check_files(made.files, settings)
    assert (
        "flow.thresholds.caspase 3/7 is fmo, but this experiment has no file with the role fmo of"
        in problem.message
    )


def test_living_cells_that_shine_without_a_control_or_a_valley_are_one_error(
    tmp_path: Path,
) -> None:
    inert = replace(ASSAYS["gfp"], dying=ASSAYS["gfp"].living)
    made = other_stains.write(tmp_path, inert, with_controls=False)
    (problem,) = check_files(made.files, other_stains.settings(inert, **UNCOMPENSATED))
    assert "needs a threshold for GFP, but the experiment lacks a control" in problem.message
