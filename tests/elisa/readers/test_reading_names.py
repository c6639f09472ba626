"""What the name of a reading says: its wavelength, and whether it was computed."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from coculture.elisa import ElisaSettings, PlateError, read_layout, read_plates
from tests.elisa.readers.written_exports import (
    MAIN,
    OTHER,
    WELLS,
    by_reading,
    only_reading,
    point,
    write_export,
)


@pytest.mark.parametrize(
    "computed",
    [
        "A450-A570", "450 nm - 570 nm", "Blank corrected based on Raw Data (450)",
        "Corrected OD450", "OD450 delta", "Normalised 450", "Difference",
    ],
)  # fmt: skip
def test_computed_columns_give_way_to_raw_ones(tmp_path: Path, computed: str) -> None:
    lines = [f"Well,{computed},Raw Data (450)"]
    lines += [f"{well},{point(OTHER[well])},{point(MAIN[well])}" for well in WELLS]
    assert only_reading(write_export(tmp_path, lines)) == MAIN
    alone = [line.rsplit(",", 1)[0] for line in lines]
    assert only_reading(write_export(tmp_path, alone)) == OTHER


@pytest.mark.parametrize(
    ("heading", "wavelength"),
    [
        ("OD_450nm_raw", 450), ("Absorbance (450 nm)", 450), ("450nm_rep1", 450), ("A450(1)", 450),
        ("450 (ref 620)", None), ("OD", None),
    ],
)  # fmt: skip
def test_the_wavelength_of_a_heading(
    tmp_path: Path, heading: str, wavelength: float | None
) -> None:
    lines = [f"Well,{heading}", *(f"{well},{point(MAIN[well])}" for well in WELLS)]
    (plate,) = read_plates(write_export(tmp_path, lines))
    assert by_reading(plate) == {heading: MAIN}
    stated = plate.wells["wavelength_nm"].dropna().unique().tolist()
    assert stated == ([wavelength] if wavelength else [])


def test_two_reads_at_one_wavelength_must_be_told_apart(
    tmp_path: Path, settings: Callable[..., ElisaSettings]
) -> None:
    lines = ["Well,Read 1:450,Read 2:450"]
    lines += [f"{well},{point(MAIN[well])},{point(OTHER[well])}" for well in WELLS]
    path = write_export(tmp_path, lines)
    wells = pd.DataFrame(
        {
            "plate": "P1", "file": str(path), "plate_in_file": "", "well": ["A1"],
            "role": "sample", "analyte": "IL-6", "concentration_pg_ml": float("nan"),
            "culture": "c", "dilution": 1.0, "exclude": "",
        }
    )  # fmt: skip
    alone = {"wavelength_nm": 450, "reference_wavelength_nm": None}
    with pytest.raises(PlateError, match='wavelength_nm 450: "Read 1:450", "Read 2:450"; set'):
        read_layout(wells, settings(**alone))
    named = read_layout(wells, settings(**alone | {"wavelength_nm": "Read 2:450"}))
    assert named.loc[named["well"] == "A1", "od"].tolist() == [OTHER["A1"]]
