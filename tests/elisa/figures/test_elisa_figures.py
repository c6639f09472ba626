"""What holds for every figure of the ELISA part: its files, columns and cultures."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coculture import drawing
from coculture.drawing.figure import Drawing
from coculture.elisa import ElisaSettings
from coculture.elisa.figures import (
    PLATE_FIGURES,
    STUDY_FIGURES,
    PlateResults,
    StudyResults,
    plate_drawings,
    plate_figures,
    study_drawings,
    study_figures,
)
from coculture.exchange import result_tables

SAMPLES = {"low": 60.0, "middle": 2000.0, "high": 50000.0}


def two_plates(plate: PlateResults) -> pd.DataFrame:
    return pd.concat([plate.wells, plate.wells.assign(plate="P2")], ignore_index=True)


@pytest.fixture
def drawings(
    plate: PlateResults, settings: Callable[..., ElisaSettings]
) -> Callable[[], dict[str, Drawing]]:
    study = StudyResults(two_plates(plate), settings().limits)
    return lambda: dict([*plate_drawings(plate), *study_drawings(study)])


def test_every_figure_gives_its_title_caption_and_result(
    drawings: Callable[[], dict[str, Drawing]],
) -> None:
    found = drawings()
    assert list(found) == [*PLATE_FIGURES, *STUDY_FIGURES]
    for drawn in found.values():
        assert drawn.text.title
        assert drawn.text.caption.endswith(".")
        assert drawn.text.result.endswith(".")
        assert drawn.text.analysis == ""


def test_the_names_of_figures_are_known_without_matplotlib() -> None:
    code = "import sys, coculture.elisa.figures; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_files_are_the_same_bytes_twice(
    drawings: Callable[[], dict[str, Drawing]], tmp_path: Path
) -> None:
    for folder in ("one", "two"):
        for name, drawn in drawings().items():
            assert drawn.table == f"figures/elisa/{name}.csv"
            paths = [tmp_path / folder / f"{name}{ending}" for ending in (".svg", ".csv")]
            drawing.save(drawn, paths)
    for path in sorted((tmp_path / "one").iterdir()):
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_every_column_is_explained_and_reads_back(
    drawings: Callable[[], dict[str, Drawing]], tmp_path: Path
) -> None:
    for name, drawn in drawings().items():
        path = tmp_path / f"{name}.csv"
        drawing.save(drawn, [path])
        described = result_tables.describe({drawn.table: [path]})
        assert described["column"].tolist() == list(drawn.shown.columns)
        back: Any = result_tables.read(path)
        pd.testing.assert_frame_equal(
            back, drawn.shown.reset_index(drop=True), check_dtype=False, rtol=5e-10, atol=0
        )


def test_the_svg_carries_each_culture(
    drawings: Callable[[], dict[str, Drawing]], tmp_path: Path
) -> None:
    for name in ("standard_curve", "plate"):
        drawing.save(drawings()[name], [tmp_path / f"{name}.svg"])
        written = (tmp_path / f"{name}.svg").read_text(encoding="utf-8")
        assert set(re.findall('id="culture:([^"]*)"', written)) == set(SAMPLES)


def test_plates_without_standards_have_no_curve() -> None:
    assert plate_figures({"sample"}) == ["plate"]
    assert study_figures({"sample"}) == []
    assert plate_figures({"sample", "standard"}) == list(PLATE_FIGURES)
    assert study_figures({"sample", "control"}) == list(STUDY_FIGURES)
