"""MARS: raw data before computed ones."""

from pathlib import Path

import numpy as np
import pandas as pd

from coculture.elisa import read_plates

OD = np.round(np.linspace(0.05, 3.2, 96).reshape(8, 12), 3)


PLASTIC = np.round(OD / 10, 4)


def ods(plate_wells: pd.DataFrame, reading: str | None = None) -> np.ndarray:
    """The plate's ODs in reading order, of one reading or of the only one."""
    if reading is not None:
        plate_wells = plate_wells[plate_wells["reading"] == reading]
    return plate_wells["od"].to_numpy()


def grid_lines(values: np.ndarray, corner: str = "", delimiter: str = "\t") -> list[str]:
    rows, columns = values.shape
    letters = [chr(ord("A") + i) for i in range(rows)]
    heading = delimiter.join([corner, *map(str, range(1, columns + 1))])
    return [heading] + [
        delimiter.join([letter, *(f"{v:g}" for v in row)])
        for letter, row in zip(letters, values, strict=True)
    ]


def test_mars_csv(tmp_path: Path) -> None:
    lines = [
        "User: USER,Path: C:\\Data,Test run no.: 3", "Test name: ELISA,Date: 1/2/2026",
        "", "ID1: plate seven,", "Absorbance", "",
        "1. Raw Data (450)", "", *grid_lines(OD, "", ","),
        "", "2. Raw Data (620)", "", *grid_lines(PLASTIC, "", ","),
        "", "Blank corrected based on Raw Data (450)", "", *grid_lines(OD / 2, "", ","),
    ]  # fmt: skip
    path = tmp_path / "mars.csv"
    path.write_text("\n".join(lines))
    (plate,) = read_plates(path)
    assert plate.name == "plate seven"
    assert plate.wells.groupby("wavelength_nm").size().to_dict() == {450: 96, 620: 96}
    assert ods(plate.wells, "1. Raw Data (450)").tolist() == OD.ravel().tolist()
