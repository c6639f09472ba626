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
CODES = ("matrix_not_used", "already_compensated", "remaining_spill", "fmo_not_used")
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
