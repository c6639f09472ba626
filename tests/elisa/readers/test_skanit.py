"""SkanIt and SkyHigh workbooks."""

import datetime
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from coculture.elisa import read_plates

ROWS, COLUMNS = "ABCDEFGH", range(1, 13)


OD = np.round(np.linspace(0.05, 3.2, 96).reshape(8, 12), 3)


PLASTIC = np.round(OD / 10, 4)


def ods(plate_wells: pd.DataFrame, reading: str | None = None) -> np.ndarray:
    """The plate's ODs in reading order, of one reading or of the only one."""
    if reading is not None:
        plate_wells = plate_wells[plate_wells["reading"] == reading]
    return plate_wells["od"].to_numpy()


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


def test_skanit_workbook(workbook: Callable[..., Path]) -> None:
    rows: list[list[object]] = [
        ["Measurement results"], ["run.skax"], [datetime.datetime(2026, 1, 2, 3, 4)], [],
        ["Absorbance 1"], ["Wavelength: 450 nm"], ["Plate 1"], [], *cells(OD, "Abs"), [],
        ["Sample", *COLUMNS], ["A", *["Un1"] * 12], ["B", *["Un1"] * 12], [],
        ["Wavelength: 620 nm"], ["Plate 1"], [], *cells(PLASTIC, "Abs"),
    ]  # fmt: skip
    (plate,) = read_plates(workbook(General_information=[["Instrument"]], Absorbance_1_01=rows))
    assert plate.name == "Plate 1"
    assert ods(plate.wells, "450").tolist() == OD.ravel().tolist()
    assert ods(plate.wells, "620").tolist() == PLASTIC.ravel().tolist()


def test_skyhigh_workbook_with_a_sheet_a_wavelength(workbook: Callable[..., Path]) -> None:
    def rows(values: np.ndarray) -> list[list[object]]:
        wells = [(f"{letter}{c}", r, c - 1) for r, letter in enumerate(ROWS) for c in COLUMNS]
        return [
            ["Well", "Sample", "Raw absorbance"],
            *([well, "X", float(values[r, c])] for well, r, c in wells),
        ]

    path = workbook(Raw_data_450_nm=rows(OD), Raw_data_620_nm=rows(PLASTIC))
    (plate,) = read_plates(path)
    assert ods(plate.wells, "450").tolist() == OD.ravel().tolist()
    assert ods(plate.wells, "620").tolist() == PLASTIC.ravel().tolist()
