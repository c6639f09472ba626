"""Cell lines that differ, and wells if the config asks for it, have thresholds of their own."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coculture.flow import GatedExperiment, gate_experiment
from coculture.flow.gating.sources import manual
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, LIGHT, Tube, Written, changed, tubes

SMALL = replace(
    BASE,
    experiments=1,
    doses=(0.0, 100.0),
    percents=(8.0, 60.0),
    wells=1,
    events_sample=4000,
    events_control=1000,
    controls=("unstained", "stroma"),
    embedded=LIGHT,
)


def two_lines(background: float) -> list[Tube]:
    """Each sample for lines A and B; the live cells of B bind more Annexin V."""
    return [
        replace(
            tube,
            cells=line,
            name=f"{tube.name}-{line}",
            culture=f"{tube.culture}-{line}",
            background=background if line == "B" else 1.0,
        )
        for tube in tubes(SMALL)
        for line in ("AB" if tube.is_sample else "A")
    ]


def gated(folder: Path, listed: list[Tube], **section: Any) -> tuple[GatedExperiment, Written]:
    written = base_study.write(folder, SMALL, listed)
    settings = base_study.settings(compensation={"source": "embedded"}, **section)
    return gate_experiment(written.files, settings), written


def errors(experiment: GatedExperiment, written: Written) -> "pd.Series[float]":
    truth = written.truth[written.truth["role"] == "sample"]["percent"]
    return experiment.wells.set_index("fcs")["percent_apoptotic"].reindex(truth.index) - truth


def annexin(experiment: GatedExperiment) -> dict[str, Any]:
    return dict(experiment.gates["populations"]["myeloma"]["annexin"])


def test_lines_with_other_live_peaks_have_their_own_thresholds(tmp_path: Path) -> None:
    experiment, written = gated(tmp_path, two_lines(12.0))
    block = annexin(experiment)
    assert block["of_cells"]["B"] > 1.5 * block["of_cells"]["A"]
    assert "for each cell line" in block["rule"]
    assert errors(experiment, written).abs().max() < 3.5


def test_lines_with_the_same_live_peak_share_a_threshold(tmp_path: Path) -> None:
    assert "of_cells" not in annexin(gated(tmp_path, two_lines(1.0))[0])


def test_lines_without_untreated_wells_share_a_threshold(tmp_path: Path) -> None:
    listed = [tube for tube in two_lines(12.0) if tube.cells != "B" or tube.dose != 0]
    assert "of_cells" not in annexin(gated(tmp_path, listed)[0])


@pytest.mark.parametrize("light", [(0.0, 300.0, 0.0), (0.0, 0.0, 300.0)])
def test_thresholds_of_each_well_follow_a_fluorescent_drug(
    tmp_path: Path, light: tuple[float, float, float]
) -> None:
    listed = changed(tubes(SMALL), lambda tube: tube.dose == 100, light=light)
    experiment, written = gated(tmp_path, listed, thresholds={"scope": "well"})
    assert errors(experiment, written).abs().max() < 3.5
    wells = experiment.wells.set_index("fcs")["percent_viable"].dropna()
    truth = written.truth["percent_viable"].reindex(wells.index)
    of_samples = written.truth.loc[wells.index, "role"] == "sample"
    assert (wells - truth)[of_samples].abs().max() < 4


def test_edited_threshold_replaces_those_of_lines_that_were_copied_with_it() -> None:
    automatic = {"channels": ["A"], "threshold": 2.0, "of_cells": {"B": 9.0}, "source": "live_peak"}
    automatic |= {"rule": "r"}
    assert manual.block({**automatic, "threshold": 3.0}, automatic) == {
        "channels": ["A"],
        "threshold": 3.0,
        "source": "manual",
        "rule": manual.RULE,
        "automatic": 2.0,
    }
    assert manual.block(automatic, automatic) == automatic
    own = manual.block({**automatic, "of_cells": {"B": 8.0}}, automatic)
    assert (own["source"], own["of_cells"]) == ("manual", {"B": 8.0})


def test_treated_unstained_control_moves_the_threshold_of_its_arm(tmp_path: Path) -> None:
    light = (0.0, 300.0, 0.0)
    listed = changed(tubes(SMALL), lambda tube: tube.dose == 100, light=light)
    (unstained,) = [tube for tube in listed if tube.role == "unstained"]
    treated = replace(
        unstained, name="unstained-100", percent=60.0, light=light, arm="dose 100", well="H8"
    )
    experiment, written = gated(tmp_path, [*listed, treated])
    block = annexin(experiment)
    assert set(block["of_files"]) == {"E1/E1-dose100-1.fcs", "E1/unstained-100.fcs"}
    assert block["controls"] != []
    assert errors(experiment, written).abs().max() < 3.5
    assert "live_peak_moved" not in {flag.code for flag in experiment.flags}


def test_treated_unstained_control_like_the_untreated_one_changes_nothing(tmp_path: Path) -> None:
    (unstained,) = [tube for tube in tubes(SMALL) if tube.role == "unstained"]
    treated = replace(unstained, name="unstained-100", percent=60.0, arm="dose 100", well="H8")
    experiment, _ = gated(tmp_path, [*tubes(SMALL), treated])
    assert "of_files" not in annexin(experiment)
