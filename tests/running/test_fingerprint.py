"""A step's fingerprint changes with the code it reaches, and with nothing else."""

import hashlib
import json
import shutil
import sys
from pathlib import Path

import pytest

from coculture.running import fingerprint


@pytest.fixture
def checkout(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of scripts and library whose fingerprints are taken in place of the real ones."""
    shutil.copytree(root / "scripts", tmp_path / "scripts")
    shutil.copytree(root / "src" / "coculture", tmp_path / "coculture")
    monkeypatch.setattr(fingerprint, "PACKAGE", tmp_path / "coculture")
    return tmp_path


def _changed(checkout: Path, file: str, old: str, new: str) -> set[str]:
    """Names of the scripts whose fingerprint a change of `file` changes."""
    before = fingerprint.Code().of_scripts(checkout / "scripts")
    path = checkout / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    after = fingerprint.Code().of_scripts(checkout / "scripts")
    return {name for name in before if before[name] != after[name]}


def test_a_comment_changes_nothing(checkout: Path) -> None:
    assert (
        _changed(checkout, "coculture/flow/gating/experiment.py", "\n\n\ndef ", "\n\n# why\n\ndef ")
        == set()
    )


def test_gating_code_changes_the_flow_steps_only(checkout: Path) -> None:
    changed = _changed(
        checkout,
        "coculture/flow/gating/experiment.py",
        "def gate_experiment(",
        "X = 1\n\n\ndef gate_experiment(",
    )
    assert "flow_gate" in changed
    assert all(name.startswith("flow") for name in changed)


def test_drawing_code_gates_nothing_again(checkout: Path) -> None:
    changed = _changed(
        checkout,
        "coculture/flow/figures/contact_sheet.py",
        "def draw(",
        "X = 1\n\n\ndef draw(",
    )
    assert changed == {"flow_figures"}


def test_report_code_changes_the_report_only(checkout: Path) -> None:
    changed = _changed(
        checkout, "coculture/report/methods.py", "def methods(", "X = 1\n\n\ndef methods("
    )
    assert changed == {"report_page", "report_spreadsheet"}


def test_the_table_writer_reaches_every_step_that_writes_a_table(checkout: Path) -> None:
    changed = _changed(
        checkout, "coculture/exchange/result_tables.py", "def write(", "X = 1\n\n\ndef write("
    )
    assert {"flow_gate", "elisa_quantify", "comparison_compare", "report_columns"} <= changed


def test_a_script_counts_itself(checkout: Path) -> None:
    assert _changed(checkout, "scripts/flow_gate.py", "def main(", "X = 1\n\n\ndef main(") == {
        "flow_gate"
    }


def test_the_package_of_a_module_is_reached_with_it(checkout: Path) -> None:
    """To import a module runs the __init__ of every package above it."""
    script = checkout / "scripts" / "own.py"
    script.write_text("from coculture.flow.intervals import anything\n")
    package = checkout / "coculture" / "flow" / "__init__.py"
    before = fingerprint.Code().of_script(script)
    package.write_text(f"{package.read_text()}\nX = 1\n")
    assert fingerprint.Code().of_script(script) != before


def test_what_is_remembered_changes_no_fingerprint(checkout: Path, tmp_path: Path) -> None:
    memory = tmp_path / "memory" / "fingerprints.json"
    fresh = fingerprint.Code().of_scripts(checkout / "scripts")
    assert fingerprint.Code(memory).of_scripts(checkout / "scripts") == fresh
    assert fingerprint.Code(memory).of_scripts(checkout / "scripts") == fresh
    page = checkout / "coculture" / "report" / "page.py"
    page.write_text(f"{page.read_text()}\nX = 1\n")
    assert fingerprint.Code(memory).of_scripts(checkout / "scripts") == (
        fingerprint.Code().of_scripts(checkout / "scripts")
    )
    memory.write_text("{damaged")
    assert fingerprint.Code(memory).of_scripts(checkout / "scripts") != fresh


def test_what_is_remembered_is_used(checkout: Path, tmp_path: Path) -> None:
    memory = tmp_path / "fingerprints.json"
    fresh = fingerprint.Code(memory).of_scripts(checkout / "scripts")
    script = (checkout / "scripts" / "flow_gate.py").read_bytes()
    entries = json.loads(memory.read_text())
    key = hashlib.sha256(sys.version.encode() + script + bytes(checkout / "scripts")).hexdigest()
    entries[key][0] = "another tree"
    memory.write_text(json.dumps(entries))
    now = fingerprint.Code(memory).of_scripts(checkout / "scripts")
    assert {name for name in fresh if now[name] != fresh[name]} == {"flow_gate"}


def test_a_template_changes_the_fingerprint_of_its_folder(checkout: Path) -> None:
    before = fingerprint.of_folder(checkout / "coculture/report/template")
    assert fingerprint.of_folder(checkout / "coculture/report/template") == before
    page = checkout / "coculture" / "report" / "template" / "page.html"
    page.write_text(f"{page.read_text()}<!-- -->\n")
    assert fingerprint.of_folder(checkout / "coculture/report/template") != before
