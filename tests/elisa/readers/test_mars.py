"""MARS: raw data before computed ones."""

from pathlib import Path

from coculture.elisa import read_plates
from tests.elisa.readers.written_exports import OD, PLASTIC, grid_lines, ods


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
