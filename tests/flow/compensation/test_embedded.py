"""Files of one experiment with different matrices: refused, or each compensated with its own."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coculture.flow import FcsError, FlowSettings, SpilloverError, check_files, gate_experiment
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, HEAVY, IDENTITY, LIGHT, Recorded, Tube, Written

WELLS = replace(
    BASE,
    experiments=1,
    wells=2,
    events_sample=3000,
    controls=("unstained", "stroma"),
    embedded=LIGHT,
)
EMBEDDED = base_study.settings(compensation={"source": "embedded"})
EACH_FILE = base_study.settings(compensation={"source": "each_file"})


def is_heavy(tube: Tube) -> bool:
    return tube.name == "E1-dose100-2"


def at_heavy_spill(tube: Tube, recorded: Recorded) -> Recorded:
    """One well was measured with other filters, and its matrix says so."""
    if not is_heavy(tube):
        return recorded
    return base_study.record(tube, replace(WELLS, spillover=HEAVY), np.random.default_rng(5))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    text = base_study.spillover_text(BASE.detectors, HEAVY)
    listed = base_study.changed(base_study.tubes(WELLS), is_heavy, keywords={"spillover": text})
    folder = tmp_path_factory.mktemp("matrices")
    return base_study.write(folder, WELLS, listed, at_heavy_spill)


def test_another_matrix_is_refused_by_the_check(written: Written) -> None:
    (problem,) = check_files(written.files, EMBEDDED)
    first = written.files.index[written.files["role"] == "sample"][0]
    assert problem.value == "E1/E1-dose100-2.fcs"
    assert problem.message == (
        f"The file has a different spillover matrix than E1/E1-dose0-1.fcs (row {first}), but "
        "embedded needs the same matrix in all samples of an experiment. Choose each_file, "
        "single_stains or csv as flow.compensation.source."
    )
    with pytest.raises(SpilloverError, match="Use single_stains, csv or each_file"):
        gate_experiment(written.files, EMBEDDED)


def test_each_file_is_compensated_with_its_own(written: Written) -> None:
    assert check_files(written.files, EACH_FILE) == []
    gated = gate_experiment(written.files, EACH_FILE)
    samples = gated.wells[gated.wells["role"] == "sample"].set_index("fcs")
    truth = written.truth.loc[samples.index]
    for column in ("percent", "percent_viable"):
        name = "percent_apoptotic" if column == "percent" else column
        assert (samples[name].astype(float) - truth[column]).abs().max() < 3.5
    (note,) = [flag for flag in gated.flags if flag.code == "matrix_of_each_file"]
    assert note.severity == "note"
    assert "There are 2: 7 files with that of E1/unstained.fcs; 1 with that of" in note.sentence
    assert gated.gates["spillover"]["source"] == "each_file"
    assert gated.gates["spillover"]["same_matrix"][1] == ["E1/E1-dose100-2.fcs"]


@pytest.mark.parametrize(
    ("names", "severity"),
    [(("E1-dose100-2", "E1-dose10-1"), "caution"), (("unstained", "stroma"), "note")],
)
def test_files_with_the_identity_have_the_matrix_of_the_others(
    tmp_path: Path, names: tuple[str, ...], severity: str
) -> None:
    identity = base_study.spillover_text(BASE.detectors, IDENTITY)
    heavy = replace(WELLS, wells=2, spillover=HEAVY, embedded=HEAVY)
    listed = base_study.changed(
        base_study.tubes(heavy), lambda tube: tube.name in names, keywords={"spillover": identity}
    )
    written = base_study.write(tmp_path, heavy, listed)
    gated = gate_experiment(written.files, EACH_FILE)
    samples = gated.wells[gated.wells["role"] == "sample"].set_index("fcs")
    truth = written.truth.loc[samples.index]
    assert (samples["percent_viable"].astype(float) - truth["percent_viable"]).abs().max() < 3.5
    (flag,) = [flag for flag in gated.flags if flag.code == "matrix_not_used"]
    assert flag.severity == severity
    assert "is the identity" in flag.sentence
    assert "compensated with the matrix that most of the other files have" in flag.sentence
    assert all(f"E1/{name}.fcs" in flag.sentence for name in names)
    assert set(gated.gates["spillover"]["without_own_matrix"]) == {f"E1/{one}.fcs" for one in names}


def test_single_stains_replace_matrices_of_which_none_can_be_used(tmp_path: Path) -> None:
    study = replace(BASE, experiments=1, wells=1, spillover=HEAVY, embedded=IDENTITY)
    written = base_study.write(tmp_path, study)
    own, shared = (
        gate_experiment(written.files, EACH_FILE),
        gate_experiment(written.files, EMBEDDED),
    )
    assert own.gates["spillover"]["source"] == "single_stains"
    (flag,) = [flag for flag in own.flags if flag.code == "matrix_not_used"]
    assert flag.severity == "caution"
    pd.testing.assert_frame_equal(own.wells, shared.wells)


def test_one_matrix_in_all_files_gives_no_note(tmp_path: Path) -> None:
    study = replace(WELLS, wells=1, events_sample=800)
    files = base_study.write(tmp_path, study).files
    own, shared = gate_experiment(files, EACH_FILE), gate_experiment(files, EMBEDDED)
    pd.testing.assert_frame_equal(own.wells, shared.wells)
    assert "matrix_of_each_file" not in [flag.code for flag in own.flags]


def test_a_file_without_a_matrix_is_named(
    files: pd.DataFrame, myeloma_settings: Callable[..., FlowSettings], tmp_path: Path
) -> None:
    row = files.index[files["role"] == "sample"][-1]
    path = tmp_path / "without.fcs"
    content = Path(str(files.loc[row, "path"])).read_bytes()
    path.write_bytes(
        content.replace(b"SPILLOVER", b"SPILLIVER").replace(b"spillover", b"spilliver")
    )
    changed = files.copy()
    changed.loc[row, "path"] = str(path)
    for source in ("embedded", "each_file"):
        settings = myeloma_settings(compensation={"source": source})
        (problem,) = check_files(changed, settings)
        assert problem.row == row
        assert problem.message.startswith("The file has no spillover matrix ($SPILLOVER, SPILL")
    with pytest.raises(FcsError, match="has no spillover matrix"):
        gate_experiment(changed, settings)
