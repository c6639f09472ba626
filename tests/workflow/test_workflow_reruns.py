"""What a change makes the workflow do again; and a run from nothing gives the same bytes again."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import yaml

from coculture import simulate
from coculture.provenance import read_checksums
from coculture.provenance.sameness import differences
from tests.conftest import SMALL

pytestmark = pytest.mark.workflow

Workflow = Callable[..., subprocess.CompletedProcess[str]]

Change = Callable[[Path], object]

SIGNED = {"provenance_checksums", "provenance_run"}
FLOW = {"flow_gate", "flow_figures"}
ELISA = {"elisa_variance", "elisa_quantify", "elisa_plate_figures", "elisa_cultures"}
COMPARISON = {"comparison_join", "comparison_compare", "comparison_figures", "gate_page_write"}
"""The gate page shows the findings when gates were moved."""
CLINICAL = {"clinical_table"}
REPORT = {"report_flags", "report_columns", "report_page", "report_spreadsheet"} | SIGNED
RECORDS = {"study_record", "provenance_software"}
GATING = "src/coculture/flow/gating/experiment.py"
VARIANCE = "src/coculture/curves/variance_function.py"
COMBINING = "src/coculture/elisa/plates/cultures.py"
CONTRASTS = "src/coculture/comparison/statistics/contrasts.py"
CLINIC = "src/coculture/clinical/changes.py"
PAGE = "src/coculture/report/page.py"
TEMPLATE = "src/coculture/report/template/page.html"


def nothing(_: Path) -> None:
    """A rerun as it is."""


def every_date(folder: Path) -> None:
    """Of results too, and what a step reads is newer than what it writes, as after a copy."""
    changed = ("results/**/*", "study/**/*", "src/**/*", "scripts/*")
    for number, path in enumerate(path for pattern in changed for path in folder.glob(pattern)):
        os.utime(path, (time.time() + number,) * 2)


def a_new_fcs_file(folder: Path) -> None:
    """One more well of an arm of E1: the same tube of the study with another seed."""
    study = folder / "study"
    cultures = pd.read_csv(study / "cultures.csv")
    well = cultures[cultures["experiment"] == "E1"].iloc[[0]].assign(culture="more", replicate=9)
    pd.concat([cultures, well]).to_csv(study / "cultures.csv", index=False)
    files = pd.read_csv(study / "flow.csv", dtype=str)
    row = files[files["culture"] == cultures["culture"][0]].iloc[[0]]
    old = study / str(row["fcs"].iloc[0])
    new = old.with_name("more.fcs")
    # Of a copy the check would say so.
    simulate.study(study / "other", 8, SMALL)
    shutil.move(study / "other" / str(row["fcs"].iloc[0]), new)
    shutil.rmtree(study / "other")
    row = row.assign(fcs=new.relative_to(study).as_posix(), culture="more", well="")
    pd.concat([files, row]).to_csv(study / "flow.csv", index=False)


def an_fcs_file_replaced_by_an_older_one(folder: Path) -> None:
    rows = pd.read_csv(folder / "study" / "flow.csv")
    path = folder / "study" / str(rows.loc[rows["role"] == "sample", "fcs"].iloc[0])
    path.write_bytes(path.read_bytes() + b" ")
    os.utime(path, (0, 0))


OF_ONE_EXPERIMENT = (a_new_fcs_file, an_fcs_file_replaced_by_an_older_one)


def configured(*keys: str, value: object) -> Change:
    """Another value of a key of the config."""

    def change(folder: Path) -> None:
        path = folder / "study" / "config.yaml"
        config = yaml.safe_load(path.read_text())
        section = config
        for key in keys[:-1]:
            section = section.setdefault(key, {})
        assert section.get(keys[-1]) != value
        section[keys[-1]] = value
        path.write_text(yaml.safe_dump(config, sort_keys=False))

    return change


def edited(file: str, added: str, after: str = "") -> Change:
    """Text added to a file of the checkout, at its end or after a text that it has."""

    def change(folder: Path) -> None:
        path = folder / file
        text = path.read_text()
        assert after in text
        path.write_text(text.replace(after, after + added, 1) if after else text + added)

    return change


@pytest.mark.parametrize(
    ("change", "made_again"),
    [
        pytest.param(nothing, set(), id="nothing, in another folder"),
        pytest.param(every_date, set(), id="dates"),
        pytest.param(
            edited("study/config.yaml", "# a comment\n"), set(), id="a comment in the config"
        ),
        pytest.param(edited(GATING, "# a comment\n"), set(), id="a comment in the code"),
        pytest.param(
            a_new_fcs_file,
            FLOW | {"flow_drift"} | COMPARISON | REPORT | RECORDS,
            id="a new FCS file of E1",
        ),
        pytest.param(
            an_fcs_file_replaced_by_an_older_one,
            FLOW | {"flow_drift"} | COMPARISON | REPORT | RECORDS,
            id="an FCS file of E1 replaced by an older one",
        ),
        pytest.param(
            configured("elisa", "model", value="5PL_pos"),
            ELISA | COMPARISON | REPORT | RECORDS,
            id="an ELISA setting",
        ),
        pytest.param(
            configured("comparison", "margin_points", value=7),
            COMPARISON | REPORT | RECORDS,
            id="a margin",
        ),
        pytest.param(
            edited(GATING, "X = 1\n"),
            FLOW | {"flow_drift"} | COMPARISON | REPORT | {"provenance_software"},
            id="gating code",
        ),
        pytest.param(
            edited(VARIANCE, "X = 1\n"),
            ELISA | COMPARISON | REPORT | {"provenance_software"},
            id="code of the curves",
        ),
        pytest.param(
            edited(COMBINING, "X = 1\n"),
            ELISA | COMPARISON | REPORT | {"provenance_software"},
            id="code of the plates",
        ),
        pytest.param(
            edited(CONTRASTS, "X = 1\n"),
            COMPARISON | REPORT | {"provenance_software"},
            id="code of the comparison",
        ),
        pytest.param(
            edited(PAGE, "X = 1\n"),
            {"provenance_software", "report_page", "report_spreadsheet"} | SIGNED,
            id="code of the report",
        ),
        pytest.param(
            edited(CLINIC, "X = 1\n"),
            CLINICAL
            | {"report_columns", "report_page", "report_spreadsheet", "provenance_software"}
            | SIGNED,
            id="code of the clinical table",
        ),
        pytest.param(
            edited(TEMPLATE, "<!-- -->\n"),
            {"provenance_software", "report_page"} | SIGNED,
            id="template of the page",
        ),
        pytest.param(
            edited("src/coculture/elisa/columns.csv", "elisa/wells.csv,odd,text,,Odd.\n"),
            FLOW | {"flow_drift"} | ELISA | COMPARISON | CLINICAL | REPORT | RECORDS,
            id="the type of a column",
        ),
        pytest.param(
            edited("requirements.lock", "# another package\n"),
            FLOW | {"flow_drift"} | ELISA | COMPARISON | CLINICAL | REPORT | RECORDS,
            id="a package",
        ),
    ],
)
def test_what_a_change_makes_again(
    small: Path, tmp_path: Path, workflow: Workflow, change: Change, made_again: set[str]
) -> None:
    folder = Path(shutil.copytree(small, tmp_path / "copy"))
    change(folder)
    asked = workflow(folder, folder / "study" / "config.yaml", "--dry-run", checkout=folder)
    assert asked.returncode == 0, asked.stdout + asked.stderr
    said = asked.stdout + asked.stderr
    assert _rules(said) == made_again
    if change in OF_ONE_EXPERIMENT:
        assert "Experiment E2" not in said


def an_excluded_well(folder: Path) -> None:
    path = folder / "study" / "elisa.csv"
    wells = pd.read_csv(path, dtype=str, keep_default_na=False)
    wells.loc[wells.index[wells["role"] == "sample"][0], "exclude"] = "bubble"
    wells.to_csv(path, index=False)


def no_clinical_table(folder: Path) -> None:
    path = folder / "study" / "config.yaml"
    config = yaml.safe_load(path.read_text())
    del config["tables"]["clinical"]
    path.write_text(yaml.safe_dump(config, sort_keys=False))


@pytest.mark.long
def test_after_each_change_in_turn_the_bytes_are_those_of_a_run_from_nothing(
    small: Path, tmp_path: Path, workflow: Workflow
) -> None:
    """A raw file, a table, a setting of each stage; of code, the bytes do not change here."""
    folder = Path(shutil.copytree(small, tmp_path / "copy"))
    config, results = folder / "study" / "config.yaml", folder / "results/small"
    changes: list[Change] = [
        an_fcs_file_replaced_by_an_older_one,
        a_new_fcs_file,
        an_excluded_well,
        configured("elisa", "model", value="5PL_pos"),
        configured("comparison", "margin_points", value=7),
        edited(PAGE, "X = 1\n"),
        no_clinical_table,
    ]
    for number, change in enumerate(changes):
        change(folder)
        run = workflow(folder, config, checkout=folder)
        assert run.returncode == 0, run.stdout + run.stderr
        fresh = workflow(tmp_path / str(number), config, checkout=folder)
        assert fresh.returncode == 0, fresh.stdout + fresh.stderr
        assert differences(tmp_path / str(number) / "results/small", results) == [], change


def a_threshold_set_by_hand(folder: Path) -> None:
    """Three times as high as the rule sets it."""
    gates = yaml.safe_load((folder / "results/small/flow/E1/gates.yaml").read_text())
    ((population, blocks),) = gates["populations"].items()
    annexin = {key: blocks["annexin"][key] for key in ("channels", "keep", "threshold")}
    annexin["threshold"] *= 3
    configured("flow", "gates", value={"E1": {population: {"annexin": annexin}}})(folder)


def test_dates_never_decide_and_nothing_of_before_stays(
    small: Path, tmp_path: Path, workflow: Workflow
) -> None:
    """A threshold changed, only gating finished, and then somebody set the clock back."""
    folder = Path(shutil.copytree(small, tmp_path / "copy"))
    config, results = folder / "study" / "config.yaml", folder / "results/small"
    a_threshold_set_by_hand(folder)
    no_clinical_table(folder)
    gated = [f"results/small/flow/{experiment}/wells.csv" for experiment in ("E1", "E2")]
    run = workflow(folder, config, *gated, checkout=folder)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Removed 7 files of results/small/clinical, " in run.stdout
    assert not (results / "clinical").exists()
    assert not (results / "figures/clinical").exists()
    for path in (results / "flow").rglob("*"):
        os.utime(path, (time.time() - 2 * 24 * 3600,) * 2)
    run = workflow(folder, config, checkout=folder)
    assert run.returncode == 0, run.stdout + run.stderr
    # The figures of IL-6 show nothing of it, and are copied; those of apoptosis are drawn.
    kept = Path(".snakemake/kept/small/comparison_figures")
    before, after = ({one.name for one in (at / kept).iterdir()} for at in (small, folder))
    assert before & after
    assert after - before
    fresh = workflow(tmp_path / "fresh", config, checkout=folder)
    assert fresh.returncode == 0, fresh.stdout + fresh.stderr
    assert differences(tmp_path / "fresh/results/small", results) == []
    assert "cultures.csv: differs" in differences(small / "results/small", results)
    listed = read_checksums(results / "checksums.txt")
    there = {path.relative_to(results).as_posix() for path in results.rglob("*") if path.is_file()}
    of_one_run = {
        name for name in there - set(listed) if name.split("/")[0] not in ("logs", "steps")
    }
    assert of_one_run == {"checksums.txt", "provenance/run.json", "ro-crate-metadata.json"}


def test_an_edited_result_stops_the_run_before_it_removes_anything(
    small: Path, tmp_path: Path, workflow: Workflow
) -> None:
    folder = Path(shutil.copytree(small, tmp_path / "copy"))
    config, results = folder / "study" / "config.yaml", folder / "results/small"
    before = sorted(path for path in results.rglob("*") if path.is_file())
    findings = results / "comparison/findings.csv"
    findings.write_text(findings.read_text() + "\n")
    configured("comparison", "margin_points", value=7)(folder)
    run = workflow(folder, config, checkout=folder)
    assert run.returncode != 0
    said = run.stdout + run.stderr
    assert "1 result changed since the last run, so nothing was run." in said
    assert "\n  results/small/comparison/findings.csv" in said
    assert "run the same command again" not in said
    assert sorted(path for path in results.rglob("*") if path.is_file()) == before
    findings.unlink()
    run = workflow(folder, config, "results/small/comparison/findings.csv", checkout=folder)
    assert run.returncode == 0, run.stdout + run.stderr
    assert findings.exists()


def no_records_of_snakemake(folder: Path) -> None:
    shutil.rmtree(folder / ".snakemake")


def damaged_records_of_snakemake(folder: Path) -> None:
    records = [path for path in (folder / ".snakemake/metadata").rglob("*") if path.is_file()]
    assert records
    for path in records:
        path.write_text("{")


@pytest.mark.parametrize("lost", [no_records_of_snakemake, damaged_records_of_snakemake])
def test_a_change_is_noticed_without_the_records_of_snakemake(
    small: Path, tmp_path: Path, workflow: Workflow, lost: Change
) -> None:
    folder = Path(shutil.copytree(small, tmp_path / "copy"))
    lost(folder)
    config = folder / "study" / "config.yaml"
    asked = workflow(folder, config, "--dry-run", checkout=folder)
    assert _rules(asked.stdout + asked.stderr) == set()
    configured("comparison", "margin_points", value=7)(folder)
    asked = workflow(folder, config, "--dry-run", checkout=folder)
    assert _rules(asked.stdout + asked.stderr) == COMPARISON | REPORT | RECORDS
    touched = workflow(folder, config, "--touch", checkout=folder)
    assert touched.returncode == 0
    asked = workflow(folder, config, "--dry-run", checkout=folder)
    assert _rules(asked.stdout + asked.stderr) == COMPARISON | REPORT | RECORDS


def test_a_result_that_was_deleted_is_made_again(
    small: Path, tmp_path: Path, workflow: Workflow
) -> None:
    """Also one that no later step needs any more; and all of a study whose records are gone."""
    folder = Path(shutil.copytree(small, tmp_path / "copy"))
    config = folder / "study" / "config.yaml"
    (folder / "results/small/elisa/flags.csv").unlink()
    asked = workflow(folder, config, "--dry-run", checkout=folder)
    assert "elisa_cultures" in _rules(asked.stdout + asked.stderr)
    shutil.rmtree(folder / "results/small/steps")
    asked = workflow(folder, config, "--dry-run", checkout=folder)
    assert _rules(asked.stdout + asked.stderr) == (
        FLOW | {"flow_drift"} | ELISA | COMPARISON | CLINICAL | REPORT | RECORDS
    )


def _rules(said: str) -> set[str]:
    """The rules in the table of jobs that a dry run prints."""
    table = re.search(r"^job +count\n[- ]+\n(.*?)^total ", said, re.MULTILINE | re.DOTALL)
    return {line.split()[0] for line in table[1].splitlines()} - {"all"} if table else set()


def test_a_run_elsewhere_gives_the_same_bytes(
    small: Path, tmp_path: Path, workflow: Workflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From nothing, in another folder, time zone and locale, on one core, hashing otherwise."""
    for name, value in {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7"}.items():
        monkeypatch.setenv(name, value)
    config = small / "study" / "config.yaml"
    run = workflow(tmp_path, config, "--cores", "1", checkout=small)
    assert run.returncode == 0, run.stdout + run.stderr
    assert differences(tmp_path / "results/small", small / "results/small") == []
