"""SkanIt and SkyHigh workbooks."""

import datetime
from collections.abc import Callable
from pathlib import Path

import numpy as np

from coculture.elisa import read_plates
from tests.elisa.readers.written_exports import COLUMNS, OD, PLASTIC, ROWS, cells, ods


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
