"""What a run does with a study: refuses it whole, and keeps it apart from others."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import yaml

from coculture.exchange import result_tables

pytestmark = pytest.mark.workflow

Workflow = Callable[..., subprocess.CompletedProcess[str]]


def test_a_broken_study_stops_before_any_job(
    small_study: Path, tmp_path: Path, workflow: Workflow
) -> None:
    cultures = small_study / "cultures.csv"
    cultures.write_text(cultures.read_text().replace("HS-5,1000,0,0", "HS-5,-1000,0,0", 1))
    run = workflow(tmp_path / "run", small_study / "config.yaml")
    assert run.returncode != 0
    assert 'cultures.csv, row 3, dex_nM "-1000": must not be below 0.' in run.stdout + run.stderr
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "run" / "results").exists()


def test_no_key_of_the_example_leaks_into_another_study(small: Path) -> None:
    own = yaml.safe_load((small / "study/config.yaml").read_text())
    used = yaml.safe_load((small / "results/small/study/config.yaml").read_text())
    assert used["tables"] == {"values": None, "clinical": None, "treatments": None, **own["tables"]}
    assert used["comparison"]["findings"] == own["comparison"]["findings"]
    assert used["flow"]["gates"] == {}
    assert not (small / "results/example").exists()


def test_a_config_without_tables_gets_none_of_the_example(
    small_study: Path, tmp_path: Path, workflow: Workflow
) -> None:
    """What the config leaves out is left out, though the example's config has it."""
    path = small_study / "config.yaml"
    config = yaml.safe_load(path.read_text())
    del config["comparison"], config["tables"]["clinical"], config["title"]
    path.write_text(yaml.safe_dump(config))
    recorded = "results/small/study/config.yaml"
    run = workflow(tmp_path / "run", path, recorded)
    assert run.returncode == 0, run.stdout + run.stderr
    used = yaml.safe_load((tmp_path / "run" / recorded).read_text())
    assert used["comparison"]["findings"] == []
    assert used["tables"]["clinical"] is None
    assert used["title"] == ""
    asked = workflow(tmp_path / "run", path, "--dry-run")
    assert asked.returncode == 0, asked.stdout + asked.stderr
    assert "report_page" in asked.stdout + asked.stderr
    assert "clinical" not in asked.stdout + asked.stderr


def test_odd_names_run_nothing_and_change_nothing(
    small: Path, tmp_path: Path, workflow: Workflow
) -> None:
    study = Path(shutil.copytree(small / "study", tmp_path / "study $(touch hacked)"))
    files = pd.read_csv(study / "flow.csv", dtype=str, keep_default_na=False)
    of_e1 = files.index[files["experiment"] == "E1"]
    odd = [
        "$(touch hacked) `touch hacked`",
        "q'u\"ote",
        "ü%s&",
        "*?[a]",
        "back\\slash",
        "-rf",
        "#;|~",
    ]
    for row, name in zip(of_e1, odd, strict=False):
        old = study / files.loc[row, "fcs"]
        files.loc[row, "fcs"] = f"{name}.fcs"
        old.rename(study / f"{name}.fcs")
    files.to_csv(study / "flow.csv", index=False)
    run = workflow(tmp_path, study / "config.yaml", "results/small/flow/E1/wells.csv")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Done with what was asked for, which was not the report." in run.stdout + run.stderr
    assert "Done. The report" not in run.stdout + run.stderr
    found, plain = (
        result_tables.read(folder / "results/small/flow/E1/wells.csv").drop(columns="fcs")
        for folder in (tmp_path, small)
    )
    pd.testing.assert_frame_equal(found, plain)
    assert list(tmp_path.rglob("hacked")) == []


@pytest.mark.parametrize("extra", ["--config", "--configfile"])
def test_a_study_comes_from_one_file(
    small_study: Path, tmp_path: Path, workflow: Workflow, extra: str
) -> None:
    config = small_study / "config.yaml"
    second = shutil.copy(config, tmp_path / "second.yaml")
    more = ["--config", "study=other"] if extra == "--config" else [str(config), str(second)]
    run = workflow(tmp_path, config, "-n", *(more if extra == "--config" else [extra, *more]))
    assert run.returncode != 0
    assert "One study at a time" in run.stdout + run.stderr


def test_without_control_files_experiments_are_compared_by_their_samples(
    small_study: Path, tmp_path: Path, workflow: Workflow
) -> None:
    files = pd.read_csv(small_study / "flow.csv", dtype=str, keep_default_na=False)
    files[files["role"] == "sample"].to_csv(small_study / "flow.csv", index=False)
    path = small_study / "config.yaml"
    config = yaml.safe_load(path.read_text())
    config["flow"]["compensation"] = {"source": "none"}
    path.write_text(yaml.safe_dump(config))
    made = [f"results/small/flow/{name}" for name in ("drift.csv", "drift_flags.csv")]
    run = workflow(tmp_path / "run", path, *made)
    assert run.returncode == 0, run.stdout + run.stderr
    drift = result_tables.read(tmp_path / "run" / made[0])
    assert set(drift["role"]) == {"sample"}
    assert len(set(drift["experiment"])) > 1
