"""Tecan: Magellan, i-control and their lists and grids."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from coculture.elisa import Plate, read_plates


@pytest.fixture
def exports(reference: Path) -> Path:
    return reference / "elisa" / "exports"


@pytest.mark.reference
def test_tecan_list_of_384_wells_at_two_wavelengths(exports: Path) -> None:
    (plate,) = read_plates(exports / "tecan" / "SLA01P01_ELISA.xlsx")
    assert plate.wells.groupby("reading").size().to_dict() == {"Label1": 384, "Label2": 384}
    assert plate.wells.set_index(["well", "reading"])["od"]["A13", "Label1"] == 0.3557


@pytest.mark.reference
def test_tecan_grid_beside_a_grid_of_labels(exports: Path) -> None:
    (plate,) = read_plates(exports / "elisar" / "example.xls")
    wells = plate.wells.set_index("well")["od"]
    assert (len(wells), wells["A12"], wells["H1"]) == (96, 2.166, 0.231)


ROWS, COLUMNS = "ABCDEFGH", range(1, 13)


OD = np.round(np.linspace(0.05, 3.2, 96).reshape(8, 12), 3)


PLASTIC = np.round(OD / 10, 4)


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Write sheets (name to rows) as a spreadsheet."""

    def make(**sheets: list[list[object]]) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for name, rows in sheets.items():
            sheet = book.create_sheet(name.replace("_", " "))
            for row in rows:
                sheet.append(row)
        path = tmp_path / "export.xlsx"
        book.save(path)
        return path

    return make


def cells(values: np.ndarray, corner: str) -> list[list[object]]:
    heading: list[object] = [corner, *COLUMNS]
    return [
        heading,
        *([letter, *map(float, row)] for letter, row in zip(ROWS, values, strict=True)),
    ]


def test_tecan_i_control_workbook_states_its_wavelengths(workbook: Callable[..., Path]) -> None:
    rows: list[list[object]] = [
        ["Application: Tecan i-control"], [], ["Label: OD"], ["Mode", None, None, "Absorbance"],
        ["Measurement wavelength", None, None, None, 450, "nm"], [], *cells(OD, "<>"), [],
        ["Label: plastic"], ["Measurement wavelength", None, None, None, 570, "nm"], [],
        *cells(PLASTIC, "<>"), ["End Time:", "now"],
    ]  # fmt: skip
    (plate,) = read_plates(workbook(Sheet1=rows))
    assert plate.wells.groupby(["reading", "wavelength_nm"]).size().to_dict() == {
        ("OD", 450.0): 96,
        ("plastic", 570.0): 96,
    }


COLUMNS = range(1, 13)


ROWS = "ABCDEFGH"


def well_od(well: str, shift: float = 0.0) -> float:
    """An OD that tells its well (C11 reads 0.3115) and, by the shift, its reading."""
    return round((ROWS.index(well[0]) + 1) / 10 + int(well[1:]) / 1000 + 0.0005 + shift, 4)


WELLS = [f"{row}{column}" for row in ROWS for column in COLUMNS]


MAIN = {well: well_od(well) for well in WELLS}


OTHER = {well: well_od(well, 1.0) for well in WELLS}


def point(value: float) -> str:
    return f"{value:.4f}"


def well_grid(
    values: dict[str, float],
    separator: str = ",",
    written: Callable[[float], str] = point,
    corner: str = "",
) -> list[str]:
    lines = [[row, *(written(values[f"{row}{column}"]) for column in COLUMNS)] for row in ROWS]
    return [separator.join(line) for line in [[corner, *map(str, COLUMNS)], *lines]]


def write_export(folder: Path, lines: list[str], name: str = "export.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def by_reading(plate: Plate) -> dict[str, dict[str, float]]:
    wells = plate.wells[plate.wells["state"] == "ok"]
    return {
        str(name): dict(zip(rows["well"], rows["od"], strict=True))
        for name, rows in wells.groupby("reading")
    }


def only_reading(path: Path) -> dict[str, float]:
    (plate,) = read_plates(path)
    (values,) = by_reading(plate).values()
    return values


@pytest.mark.parametrize("labels_first", [True, False])
def test_magellan_prints_names_and_values_under_each_other(
    tmp_path: Path, labels_first: bool
) -> None:
    names = "\t".join(f"SM1_{column}" for column in COLUMNS)
    heading, *rows = well_grid(MAIN, "\t", corner="<>")
    lines = [heading]
    for row in rows:
        letter, values = row.split("\t", 1)
        upper, lower = (names, values) if labels_first else (values, names)
        lines += [f"{letter}\t{upper}", f"\t{lower}"]
    assert only_reading(write_export(tmp_path, lines)) == MAIN
