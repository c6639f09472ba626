"""A step's fingerprint changes with the code it reaches, and with nothing else."""

import shutil
from pathlib import Path

import pytest

from coculture.running import fingerprint


@pytest.fixture
def checkout(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of scripts and library whose fingerprints are taken in place of the real ones."""
    shutil.copytree(root / "scripts", tmp_path / "scripts")
    shutil.copytree(root / "src" / "coculture", tmp_path / "coculture")
    monkeypatch.setattr(fingerprint, "_PACKAGE", tmp_path / "coculture")
    fingerprint._parsed.cache_clear()
    return tmp_path


def _changed(checkout: Path, file: str, old: str, new: str) -> set[str]:
    """Names of the scripts whose fingerprint a change of `file` changes."""
    before = fingerprint.of_scripts(checkout / "scripts")
    path = checkout / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    fingerprint._parsed.cache_clear()
    after = fingerprint.of_scripts(checkout / "scripts")
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
    before = fingerprint.of_script(script)
    package.write_text(f"{package.read_text()}\nX = 1\n")
    fingerprint._parsed.cache_clear()
    assert fingerprint.of_script(script) != before
