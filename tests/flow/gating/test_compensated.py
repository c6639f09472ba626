"""Compensation that is known, wrong, missing or done twice, on the study with mistakes."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coculture.exchange.flags import Flag
from coculture.flow import GatedExperiment, SpilloverError, gate_experiment
from coculture.flow.compensation.spillover import spillover_matrix
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import (
    BASE,
    HEAVY,
    IDENTITY,
    LIGHT,
    Edit,
    Matrix,
    compensated,
    spillover_text,
    tubes,
)

STUDY = replace(BASE, experiments=1, wells=1, spillover=HEAVY)
EMBEDDED = {"compensation": {"source": "embedded"}}
EACH_FILE = {"compensation": {"source": "each_file"}}
FEW = ("unstained", "stroma", "fmo-annexin", "fmo-dye")
CODES = (
    "matrix_not_used",
    "already_compensated",
    "remaining_spill",
    "fmo_not_used",
    "unknown_spill",
)
Run = Callable[..., tuple[GatedExperiment, float]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Gate a study of one experiment: the result, and its largest error of percent apoptotic."""

    def gated(
        study: base_study.BaseStudy,
        section: Mapping[str, Any],
        edit: Edit | None = None,
        keywords: Mapping[str, str | None] | None = None,
    ) -> tuple[GatedExperiment, float]:
        listed = [replace(tube, keywords=keywords or {}) for tube in tubes(study)]
        written = base_study.write(tmp_path, study, listed, edit)
        result = gate_experiment(written.files, base_study.settings(**section))
        wells = result.wells[result.wells["role"] == "sample"].set_index("fcs")
        errors = wells["percent_apoptotic"] - written.truth["percent"].loc[wells.index]
        return result, float(errors.abs().max())

    return gated


def found(result: GatedExperiment) -> dict[str, Flag]:
    return {flag.code: flag for flag in result.flags if flag.code in CODES}


def matrix_of(channels: tuple[str, ...], matrix: Matrix) -> Mapping[str, str]:
    values = np.array(matrix)[: len(channels), : len(channels)]
    return {"spillover": spillover_text(channels, values.tolist())}


@pytest.mark.parametrize("study", [BASE, replace(BASE, embedded=LIGHT)])
def test_nothing_is_said_of_a_right_matrix(run: Run, study: base_study.BaseStudy) -> None:
    section = EMBEDDED if study.embedded else {}
    result, error = run(replace(study, experiments=1, wells=1), section)
    assert found(result) == {}
    assert error < 2


def test_single_stains_replace_the_identity(run: Run) -> None:
    result, error = run(replace(STUDY, embedded=IDENTITY), EMBEDDED)
    assert error < 3.5
    flag = found(result)["matrix_not_used"]
    assert (flag.severity, flag.concerns.kind) == ("caution", "experiment")
    assert "is the identity" in flag.sentence
    assert "single stains instead" in flag.sentence
    assert result.gates["spillover"]["source"] == "single_stains"
    assert set(found(result)) == {"matrix_not_used"}


def test_single_stains_replace_a_matrix_without_a_gated_stain(run: Run) -> None:
    result, error = run(STUDY, EMBEDDED, keywords=matrix_of(("B530-A", "R660-A"), HEAVY))
    assert error < 3.5
    flag = found(result)["matrix_not_used"]
    assert "does not cover B675-A (it has B530-A, R660-A)" in flag.sentence
    assert flag.concerns.channel == "B675-A"


def test_uncorrected_spill_is_estimated_from_the_samples(run: Run) -> None:
    result, error = run(replace(STUDY, embedded=IDENTITY, controls=FEW), EMBEDDED)
    # The FMO controls have the spill, too: raised to them, the threshold would cost 19 points.
    assert error < 3.5
    assert "no single stains either" in found(result)["matrix_not_used"].sentence
    flag = found(result)["remaining_spill"]
    assert flag.severity == "caution"
    assert flag.value == pytest.approx(HEAVY[1][2], abs=0.03)
    assert "of R660-A in B675-A" in flag.sentence
    assert "late by −" in flag.sentence
    assert result.spillover.empty
    kept = [flag for flag in result.flags if flag.code == "fmo_not_used"]
    assert {flag.severity for flag in kept} == {"note"}
    assert "E1/fmo-annexin.fcs" in [flag.concerns.fcs for flag in kept]


@pytest.mark.parametrize("section", [EMBEDDED, EACH_FILE])
def test_spill_that_a_wrong_matrix_leaves_is_estimated_from_single_stains(
    run: Run, section: Mapping[str, Any]
) -> None:
    result, _ = run(replace(STUDY, embedded=LIGHT), section)
    flag = found(result)["remaining_spill"]
    assert "Without this spill percent apoptotic would change by" in flag.sentence
    assert "late by −" in flag.sentence
    assert flag.value == pytest.approx(HEAVY[1][2] - LIGHT[1][2], abs=0.03)
    assert flag.limit == 0.015
    assert "E1/single-annexin.fcs" in flag.sentence


def test_an_fmo_that_is_asked_for_is_doubted_without_compensation(run: Run) -> None:
    asked = {"compensation": {"source": "none"}, "thresholds": {"annexin": "fmo"}}
    result, error = run(replace(STUDY, controls=FEW), asked)
    assert error > 5
    kept = [flag for flag in result.flags if flag.code == "fmo_not_used"]
    assert ("caution", "E1/fmo-annexin.fcs") in [(f.severity, f.concerns.fcs) for f in kept]


@pytest.mark.parametrize("form", ["Comp-{}", "FJComp-{}", "<{}>"])
@pytest.mark.parametrize("embedded", [HEAVY, None])
def test_values_that_are_named_as_compensated_are_not_compensated_again(
    run: Run, form: str, embedded: Matrix | None
) -> None:
    result, error = run(replace(STUDY, embedded=embedded), EMBEDDED, compensated(form))
    assert error < 3.5
    assert result.spillover.empty
    flag = found(result)["already_compensated"]
    assert flag.severity == "note"
    assert form.format("R660-A") in flag.sentence
    assert set(found(result)) == {"already_compensated"}


@pytest.mark.parametrize("section", [EMBEDDED, EACH_FILE])
@pytest.mark.parametrize("controls", [BASE.controls, FEW])
def test_values_that_are_compensated_without_a_sign_of_it_are_recognised(
    run: Run, controls: tuple[str, ...], section: Mapping[str, Any]
) -> None:
    study = replace(STUDY, embedded=HEAVY, controls=controls)
    result, error = run(study, section, compensated("{}"))
    assert error < 3.5
    assert result.spillover.empty
    flag = found(result)["already_compensated"]
    assert flag.severity == "caution"
    assert "compensated already" in flag.sentence


def test_a_run_stops_where_uncorrected_spill_moves_percents(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coculture.flow.gating.refusal.REFUSED_POINTS", -1.0)
    study = replace(STUDY, embedded=IDENTITY, controls=FEW)
    with pytest.raises(SpilloverError, match="write none as flow"):
        run(study, EMBEDDED)
    result, _ = run(study, {"compensation": {"source": "none"}})
    assert "remaining_spill" in found(result)


def test_another_tissue_as_negative_control_is_no_spill(run: Run) -> None:
    # Its autofluorescence of 225 would hide the spill of the marker, 0.05 of 8000.
    stroma = replace(BASE.stroma, autofluorescence=5.0)
    result, _ = run(replace(STUDY, stroma=stroma), {})
    matrix = spillover_matrix(result.spillover)
    assert matrix is not None
    marker = pd.Series(matrix.loc["B530-A"])
    assert marker["B675-A"] == pytest.approx(HEAVY[0][2], abs=0.005)
    assert found(result) == {}


NONE = {"compensation": {"source": "none"}}
FEW_CONTROLS = ("unstained", "stroma")


@pytest.mark.parametrize(
    ("study", "section"),
    [
        (BASE, NONE),
        (replace(BASE, embedded=IDENTITY), EMBEDDED),
    ],
)
def test_necrotic_cells_may_be_apoptotic_by_spill_of_the_dye(
    run: Run, study: base_study.BaseStudy, section: Mapping[str, Any]
) -> None:
    few = replace(study, experiments=1, wells=1, necrotic_share=0.15, controls=FEW_CONTROLS)
    result, error = run(few, section)
    assert error > 10
    flag = found(result)["unknown_spill"]
    assert flag.severity == "caution"
    assert flag.concerns.channel == "R660-A"
    assert -flag.value == pytest.approx(error, abs=3)
    assert "would explain the lowest Annexin V of the" in flag.sentence


def test_the_same_without_a_population(tmp_path: Path) -> None:
    study = replace(BASE, experiments=1, wells=1, necrotic_share=0.15, controls=FEW_CONTROLS)
    written = base_study.write(tmp_path, study)
    result = gate_experiment(written.files, base_study.settings(**NONE, populations=[]))
    flag = found(result)["unknown_spill"]
    assert flag.severity == "caution"
    wells = result.wells[result.wells["role"] == "sample"].set_index("fcs")
    truth = written.truth["percent_of_all_cells"].loc[wells.index]
    assert -flag.value == pytest.approx((wells["percent_apoptotic"] - truth).max(), abs=3)


@pytest.mark.parametrize("spilled", [LIGHT, IDENTITY])
def test_few_necrotic_cells_are_no_caution(run: Run, spilled: Matrix) -> None:
    few = replace(BASE, experiments=1, wells=1, spillover=spilled, controls=FEW_CONTROLS)
    result, error = run(few, NONE)
    assert error < 2.5
    severities = [flag.severity for code, flag in found(result).items() if code == "unknown_spill"]
    assert severities == (["note"] if spilled == LIGHT else [])


def test_a_matrix_that_is_used_makes_the_dyes_spill_known(run: Run) -> None:
    study = replace(BASE, experiments=1, wells=1, embedded=LIGHT, controls=FEW_CONTROLS)
    assert found(run(replace(study, necrotic_share=0.0), EMBEDDED)[0]) == {}


def test_the_dyes_spill_is_known_from_its_single_stain(run: Run) -> None:
    result, _ = run(replace(BASE, experiments=1, wells=1, necrotic_share=0.15), NONE)
    assert "unknown_spill" not in found(result)
    assert "0.1 of B675-A in R660-A" in found(result)["remaining_spill"].sentence


@pytest.mark.parametrize("controls", [BASE.controls, FEW_CONTROLS])
def test_a_marker_from_which_too_much_is_taken(run: Run, controls: tuple[str, ...]) -> None:
    """Annexin-positive cells are pushed out of the marker's gate."""
    wrong = ((1.0, 0.0, 0.015), (0.83, 1.0, 0.02), (0.38, 0.1, 1.0))
    study = replace(BASE, experiments=1, wells=1, embedded=wrong, controls=controls)
    result, error = run(study, EMBEDDED)
    assert error > 20
    flag = found(result)["remaining_spill"]
    assert flag.severity == "caution"
    assert flag.concerns.channel == "B530-A"
    assert flag.value == pytest.approx(-0.83, abs=0.1)
    assert "percent apoptotic would change by +" in flag.sentence


def test_a_stained_single_stain_is_said_to_set_the_matrix(tmp_path: Path) -> None:
    study = replace(BASE, experiments=1, wells=1)
    listed = [
        replace(tube, stains=(1.0, 1.0, 1.0)) if tube.name == "single-dye" else tube
        for tube in tubes(study)
    ]
    written = base_study.write(tmp_path, study, listed)
    result = gate_experiment(written.files, base_study.settings())
    (flag,) = [flag for flag in result.flags if flag.code == "failed_control"]
    assert flag.concerns.fcs == "E1/single-dye.fcs"
    assert "still sets the compensation of B675-A: the spill into R660-A was taken" in flag.sentence
    wells = result.wells[result.wells["role"] == "sample"].set_index("fcs")
    errors = wells["percent_apoptotic"] - written.truth["percent"].loc[wells.index]
    assert errors.abs().max() < 3.5


def test_a_wrong_matrix_names_its_single_stains(tmp_path: Path) -> None:
    """Debris has less autofluorescence than cells, and the difference counts as spill."""
    study = replace(BASE, experiments=1, wells=1)
    listed = [
        replace(tube, kinds={"debris": 1.0}) if tube.name == "unstained" else tube
        for tube in tubes(study)
    ]
    written = base_study.write(tmp_path, study, listed)
    result = gate_experiment(written.files, base_study.settings())
    flag = found(result)["remaining_spill"]
    assert "Check E1/single-annexin.fcs and its unstained control" in flag.sentence


def test_an_fmo_without_a_live_peak_says_why_it_is_used(tmp_path: Path) -> None:
    def on_a_log_scale(_: base_study.Tube, recorded: base_study.Recorded) -> base_study.Recorded:
        events = recorded.events.copy()
        events[list(BASE.detectors)] = np.log10(np.maximum(events[list(BASE.detectors)], 1))
        return replace(recorded, events=events)

    study = replace(BASE, experiments=1, wells=3, events_sample=4000, events_control=2500)
    written = base_study.write(tmp_path, study, edit=on_a_log_scale)
    result = gate_experiment(written.files, base_study.settings(**NONE))
    flag = found(result)["fmo_not_used"]
    assert flag.severity == "caution"
    assert "write auto" not in flag.sentence
    assert "the samples have no peak of live cells in R660-A" in flag.sentence


def test_spill_that_a_matrix_leaves_is_not_called_uncorrected(run: Run) -> None:
    result, _ = run(replace(STUDY, embedded=LIGHT), EMBEDDED)
    assert "because spill is left after compensation" in found(result)["fmo_not_used"].sentence
