"""What a run does with a study: refuses it whole, and keeps it apart from others."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

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


def test_no_key_of_the_example_leaks_into_another_study(
    small: Path, small_study_once: Path
) -> None:
    own = yaml.safe_load((small_study_once / "config.yaml").read_text())
    used = yaml.safe_load((small / "results/small/study/config.yaml").read_text())
    assert used["tables"] == {"clinical": None, **own["tables"]}
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
    run = workflow(tmp_path / "run", path)
    assert run.returncode == 0, run.stdout + run.stderr
    results = tmp_path / "run/results/small"
    used = yaml.safe_load((results / "study/config.yaml").read_text())
    assert used["comparison"]["findings"] == []
    assert used["tables"]["clinical"] is None
    assert used["title"] == ""
    assert not (results / "clinical").exists()


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
