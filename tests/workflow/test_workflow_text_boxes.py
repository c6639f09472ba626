"""Every text of every figure of a study that was run can be read."""

from pathlib import Path

import pytest

from tests.drawing.text_boxes import Outside, Overlap, drawn_texts

pytestmark = pytest.mark.workflow


def faults_of(results: Path) -> dict[str, list[Overlap | Outside]]:
    """Texts on each other or beyond the canvas, by figure; only figures that have any."""
    figures = results / "figures"
    found = {
        str(path.relative_to(figures)): drawn_texts(path).faults()
        for path in sorted(figures.rglob("*.svg"))
    }
    assert found, f"{figures} has no figures"
    return {name: faults for name, faults in found.items() if faults}


def test_every_text_of_the_example_can_be_read(example: Path) -> None:
    assert faults_of(example / "results/example") == {}


def test_the_example_has_a_file_of_each_endpoint_for_prism(example: Path) -> None:
    results = example / "results/example"
    files = {path.name for path in (results / "prism").iterdir()}
    assert files == {"apoptosis.pzfx", "il6.pzfx"}
    recorded = (results / "checksums.txt").read_text(encoding="utf-8")
    assert all(f"prism/{name}" in recorded for name in files)
