"""The base study has the truth that it claims, and gating gives it without a caution."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coculture.flow import (
    GatedExperiment,
    control_drift,
    drift_flags,
    gate_experiment,
    read_fcs,
)
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, HEAVY, Recorded, Tube, Written

MEAN_ERROR = 1.0
WORST_ERROR = 3.5
SMALL = replace(BASE, experiments=1, wells=1, events_sample=400, events_control=300)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return base_study.write(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def gated(written: Written) -> list[GatedExperiment]:
    settings = base_study.settings()
    return [gate_experiment(rows, settings) for rows in written.of_experiments().values()]


@pytest.fixture(scope="module")
def errors(written: Written, gated: list[GatedExperiment]) -> "pd.Series[float]":
    """Percent apoptotic minus the truth, of each well."""
    wells = pd.concat([one.wells for one in gated]).set_index("fcs")
    truth = written.truth[written.truth["role"] == "sample"]
    return wells["percent_apoptotic"].reindex(truth.index) - truth["percent"]


def test_mean_of_all_wells_is_the_truth(errors: "pd.Series[float]") -> None:
    assert len(errors) == 27
    assert abs(errors.mean()) < MEAN_ERROR


def test_no_well_is_far_from_the_truth(errors: "pd.Series[float]") -> None:
    assert errors.notna().all()
    assert errors.abs().max() < WORST_ERROR


def test_no_caution_is_raised(gated: list[GatedExperiment]) -> None:
    raised = [flag for one in gated for flag in one.flags if flag.severity != "note"]
    assert raised == []


def test_truth_is_near_what_was_asked_for(written: Written) -> None:
    wells = written.truth[written.truth["role"] == "sample"]
    means = wells.groupby("dose")["percent"].mean()
    assert means.to_numpy() == pytest.approx(BASE.percents, abs=1.5)
    # Stroma is a fifth of the cells, and a tenth of it is dying.
    of_all = wells.groupby("dose")["percent_of_all_cells"].mean()
    assert of_all.to_numpy() == pytest.approx(0.8 * np.array(BASE.percents) + 2, abs=1.5)


def test_a_tube_is_made_as_the_parameters_say() -> None:
    tube = Tube("E1", "big", "sample", 1, 60, 100_000, stroma=0.2)
    recorded = base_study.record(tube, BASE, np.random.default_rng(5))
    shares = pd.Series(recorded.kinds).value_counts(normalize=True)
    assert shares["doublet"] == pytest.approx(0.05, abs=0.004)
    assert shares["debris"] == pytest.approx(0.08, abs=0.004)
    assert shares["late"] / shares["early"] == pytest.approx(0.45 / 0.55, abs=0.03)
    assert shares["dying_stroma"] / shares["stroma"] == pytest.approx(1 / 9, abs=0.015)
    assert recorded.percent == pytest.approx(60, abs=0.8)
    live = recorded.events[recorded.kinds == "live"].median()
    assert live["FSC-A"] == pytest.approx(90_000, rel=0.01)
    assert live["FSC-H"] / live["FSC-A"] == pytest.approx(0.85, abs=0.01)
    assert live["B530-A"] == pytest.approx(8100, rel=0.02)
    assert live["B675-A"] == pytest.approx(45 + 8 + 0.015 * 8000, abs=8)


def test_a_mistake_in_one_tube_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    listed = base_study.changed(
        base_study.tubes(SMALL), lambda tube: tube.name == "unstained", stains=(1.0, 1.0, 1.0)
    )
    before = base_study.write(tmp_path / "before", SMALL).files
    after = base_study.write(tmp_path / "after", SMALL, listed).files
    differ = {
        str(one.fcs)
        for one, other in zip(before.itertuples(), after.itertuples(), strict=True)
        if Path(str(one.path)).read_bytes() != Path(str(other.path)).read_bytes()
    }
    assert differ == {"E1/unstained.fcs"}


def test_events_can_be_carried_over_from_another_tube() -> None:
    killed = Tube("E1", "killed", "sample", 1, 100, 0)
    tube = Tube("E1", "a", "unstained", 1, 0, 10_000, carried_share=0.05, carried_from=killed)
    recorded = base_study.record(tube, BASE, np.random.default_rng(2))
    assert recorded.percent == pytest.approx(5, abs=1)


def test_files_say_the_day_the_matrix_and_what_is_asked_for(tmp_path: Path) -> None:
    study = replace(SMALL, experiments=2, embedded=HEAVY, controls=())
    listed = base_study.changed(
        base_study.tubes(study), lambda tube: tube.dose == 10, keywords={"spillover": None}
    )

    def without_range(tube: Tube, recorded: Recorded) -> Recorded:
        return replace(recorded, ranges={"SSC-A": 4096.0}) if tube.dose == 100 else recorded

    files = base_study.write(tmp_path, study, listed, without_range).files
    keywords = [read_fcs(path).keywords for path in files["path"]]
    assert [one["$DATE"] for one in keywords] == ["01-MAR-2021"] * 3 + ["08-MAR-2021"] * 3
    matrix = "3,B530-A,R660-A,B675-A,1,0,0.05,0,1,0.25,0,0.2,1"
    assert [one.get("$SPILLOVER") for one in keywords] == [matrix, None, matrix] * 2
    assert [one["$P3R"] for one in keywords] == ["262144", "262144", "4096"] * 2


def test_no_drift_between_experiments_is_flagged(written: Written) -> None:
    settings = base_study.settings()
    drift = control_drift(written.files, settings)
    assert len(drift) == 3 * 2 * 3
    assert drift_flags(drift, settings) == []
