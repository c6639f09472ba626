"""flow/alternatives.csv: the counts are those of a config that makes the other choice."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coculture.exchange.alternatives import AUTOMATIC_GATES
from coculture.flow import GatedExperiment, gate_experiment
from coculture.flow.gating.alternatives.moved_thresholds import _moved
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, HEAVY, LIGHT, BaseStudy, Written

SMALL = replace(BASE, experiments=1, wells=1, events_sample=2500, events_control=2000)
COUNTS = ["events_population", "n_viable", "n_early", "n_late", "n_necrotic"]


def gated(written: Written, **section: object) -> GatedExperiment:
    return gate_experiment(written.files, base_study.settings(**section))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    study = replace(SMALL, embedded=LIGHT)
    return base_study.write(tmp_path_factory.mktemp("alternatives"), study)


@pytest.fixture(scope="module")
def configured(written: Written) -> GatedExperiment:
    return gated(written)


def under(found: GatedExperiment, alternative: str) -> pd.DataFrame:
    """The counts of the samples under an alternative, by file."""
    rows = found.alternatives
    of_files = rows[(rows["alternative"] == alternative) & (rows["fcs"] != "")]
    return of_files.set_index("fcs")[COUNTS].astype(int)


def of_samples(found: GatedExperiment) -> pd.DataFrame:
    samples = found.wells[found.wells["role"] == "sample"]
    return samples.set_index("fcs")[COUNTS].astype(int)


@pytest.mark.parametrize(("gate", "name"), [("annexin", "Annexin V"), (base_study.MARKER, None)])
@pytest.mark.parametrize(("direction", "times"), [("higher", 10**0.1), ("lower", 10**-0.1)])
def test_a_moved_threshold_counts_as_if_the_config_gave_it(
    written: Written,
    configured: GatedExperiment,
    gate: str,
    name: str | None,
    direction: str,
    times: float,
) -> None:
    blocks = configured.gates["populations"]["myeloma"]
    # With the gates of the stains as they are: a marker set by hand would set them again.
    own = {one: _by_hand(blocks[one]) for one in ("annexin", "viability_dye", gate)}
    own[gate]["threshold"] *= times
    by_hand = gated(written, gates={"E1": {"myeloma": own}})
    counts = under(configured, f"the {name or gate} threshold a tenth of a decade {direction}")
    pd.testing.assert_frame_equal(counts, of_samples(by_hand))


def _by_hand(block: Mapping[str, Any]) -> dict[str, Any]:
    return {key: block[key] for key in ("channels", "threshold", "keep")}


def test_a_moved_threshold_changes_the_counts(configured: GatedExperiment) -> None:
    higher, lower = (
        under(configured, f"the Annexin V threshold a tenth of a decade {direction}")
        for direction in ("higher", "lower")
    )
    own = of_samples(configured)
    for fcs in own.index:
        early = [int(counts.loc[fcs, "n_early"]) for counts in (higher, own, lower)]
        assert early[0] < early[1] < early[2]


@pytest.mark.parametrize(
    ("code", "source"), [("fmo", "the FMO control"), ("unstained", "the unstained control")]
)
def test_another_source_counts_as_if_the_config_asked_for_it(
    written: Written, configured: GatedExperiment, code: str, source: str
) -> None:
    by_hand = gated(written, thresholds={"annexin": code})
    counts = under(configured, f"the Annexin V threshold from {source}")
    pd.testing.assert_frame_equal(counts, of_samples(by_hand))


def test_the_other_matrix_counts_as_if_the_config_asked_for_it(
    written: Written, configured: GatedExperiment
) -> None:
    by_hand = gated(written, compensation={"source": "embedded"})
    counts = under(configured, "the spillover matrix in the files")
    pd.testing.assert_frame_equal(counts, of_samples(by_hand))
    assert len(under(by_hand, "spillover from the single stains")) == len(counts)


def test_a_matrix_that_leaves_spill_is_not_used(tmp_path: Path) -> None:
    study = replace(SMALL, spillover=HEAVY, embedded=LIGHT)
    rows = gated(base_study.write(tmp_path, study)).alternatives
    (row,) = rows[rows["choice"] == "spillover"].to_dict("records")
    assert row["fcs"] == ""
    assert row["kept_because"].startswith("it leaves")


def test_the_automatic_gates_are_an_alternative_to_those_of_a_person(
    written: Written, configured: GatedExperiment
) -> None:
    assert AUTOMATIC_GATES not in set(configured.alternatives["choice"])
    scatter = configured.gates["populations"]["myeloma"]["cells"]
    own = {"cells": _by_hand(scatter) | {"threshold": scatter["threshold"] * 2}}
    moved = gated(written, gates={"E1": {"myeloma": own}})
    assert not of_samples(moved).equals(of_samples(configured))
    pd.testing.assert_frame_equal(under(moved, "the automatic gates"), of_samples(configured))


def test_no_compensation_is_no_alternative(configured: GatedExperiment) -> None:
    names = configured.alternatives.loc[configured.alternatives["choice"] == "spillover"]
    assert set(names["alternative"]) == {"the spillover matrix in the files"}


def test_unstained_cells_with_a_reporter_set_no_marker(configured: GatedExperiment) -> None:
    rows = configured.alternatives
    row = rows[rows["alternative"].str.contains("unstained") & (rows["fcs"] == "")].iloc[0]
    assert row["kept_because"] == f"unstained cells have {base_study.MARKER}"


def test_a_source_without_control_is_not_counted(configured: GatedExperiment) -> None:
    rows = configured.alternatives
    exploratory = rows["alternative"].str.contains("valley of all samples")
    assert exploratory.any()
    assert not rows.loc[exploratory, "counted"].any()
    assert rows.loc[~exploratory, "counted"].all()


def _with_stained_fmo(study: BaseStudy, folder: Path) -> Written:
    """The Annexin V FMO tube is fully stained."""
    listed = base_study.changed(
        base_study.tubes(study), lambda tube: tube.name == "fmo-annexin", stains=(1.0, 1.0, 1.0)
    )
    return base_study.write(folder, study, listed)


def test_a_control_that_fails_its_test_sets_no_threshold(tmp_path: Path) -> None:
    rows = gated(_with_stained_fmo(SMALL, tmp_path)).alternatives
    of_fmo = rows[rows["alternative"] == "the Annexin V threshold from the FMO control"]
    assert list(of_fmo["fcs"]) == [""]
    assert of_fmo["kept_because"].iloc[0] == "E1/fmo-annexin.fcs failed the test of controls"


def test_each_flagged_file_is_left_out(tmp_path: Path) -> None:
    few = base_study.changed(
        base_study.tubes(SMALL), lambda tube: tube.is_sample and tube.dose == 10, events=60
    )
    found = gated(base_study.write(tmp_path, SMALL, few))
    flagged = found.wells[(found.wells["role"] == "sample") & (found.wells["flags"] != "")]
    rows = found.alternatives
    left_out = rows[rows["choice"] == "file_left_out"]
    assert len(flagged)
    assert list(left_out["fcs"]) == list(flagged["fcs"])
    assert left_out["events_population"].isna().all()


def test_thresholds_of_cell_lines_and_files_move_too() -> None:
    block = {"threshold": 100.0, "of_cells": {"a": 50.0}, "of_files": {"f": 10.0}}
    moved = _moved(block, 2.0)
    assert moved == {"threshold": 200.0, "of_cells": {"a": 100.0}, "of_files": {"f": 20.0}}
    assert _moved({"threshold": 100.0, "of_cells": {"a": -1.0}}, 2.0) is None


def test_an_excluded_sample_is_put_back_with_the_gates_of_the_others(written: Written) -> None:
    """Gates of the same controls: the counts are those of the study that excludes nothing."""
    fcs = str(written.files.loc[written.files["role"] == "sample", "fcs"].iloc[0])
    is_lost = written.files["fcs"] == fcs
    files = written.files.assign(exclude=written.files["exclude"].mask(is_lost, "spilled"))
    own = {"myeloma": _gates_of(gated(written))}
    settings = base_study.settings(gates={"E1": own})
    whole = gate_experiment(written.files, settings)
    counts = under(gate_experiment(files, settings), f"{fcs} put back")
    pd.testing.assert_frame_equal(counts, of_samples(whole).loc[[fcs]])


def _gates_of(found: GatedExperiment) -> dict[str, Any]:
    blocks = found.gates["populations"]["myeloma"]
    return {name: _by_hand(block) for name, block in blocks.items() if "threshold" in block}


def test_an_excluded_sample_that_cannot_be_read_is_said(written: Written, tmp_path: Path) -> None:
    fcs = str(written.files.loc[written.files["role"] == "sample", "fcs"].iloc[0])
    broken = tmp_path / "broken.fcs"
    broken.write_bytes(b"not a file of a cytometer")
    is_lost = written.files["fcs"] == fcs
    files = written.files.assign(
        exclude=written.files["exclude"].mask(is_lost, "corrupt"),
        path=written.files.get("path", written.files["fcs"]).mask(is_lost, str(broken)),
    )
    rows = gate_experiment(files, base_study.settings()).alternatives
    (row,) = rows[rows["choice"] == "put_back"].to_dict("records")
    assert row["fcs"] == ""
    assert "broken.fcs" in row["kept_because"]


def test_an_excluded_control_is_put_back_with_the_gates_that_it_gives(written: Written) -> None:
    """The counts are those of the study that excludes nothing."""
    (fcs,) = written.files.loc[written.files["role"] == "population_negative", "fcs"].head(1)
    is_lost = written.files["fcs"] == fcs
    files = written.files.assign(exclude=written.files["exclude"].mask(is_lost, "old antibody"))
    settings = base_study.settings(compensation={"source": "none"})
    whole = gate_experiment(written.files, settings)
    without = gate_experiment(files, settings)
    rows = without.alternatives
    assert set(rows.loc[rows["alternative"] == f"{fcs} put back", "choice"]) == {"control_put_back"}
    pd.testing.assert_frame_equal(under(without, f"{fcs} put back"), of_samples(whole))
    assert not of_samples(without).equals(of_samples(whole))


def test_an_excluded_control_that_cannot_be_read_is_said(written: Written, tmp_path: Path) -> None:
    (fcs,) = written.files.loc[written.files["role"] == "fmo_dye", "fcs"].head(1)
    broken = tmp_path / "broken.fcs"
    broken.write_bytes(b"not a file of a cytometer")
    is_lost = written.files["fcs"] == fcs
    files = written.files.assign(
        exclude=written.files["exclude"].mask(is_lost, "corrupt"),
        path=written.files.get("path", written.files["fcs"]).mask(is_lost, str(broken)),
    )
    rows = gate_experiment(files, base_study.settings()).alternatives
    (row,) = rows[rows["choice"] == "control_put_back"].to_dict("records")
    assert row["fcs"] == ""
    assert "broken.fcs" in row["kept_because"]
