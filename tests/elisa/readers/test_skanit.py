"""SkanIt and SkyHigh workbooks."""

import datetime
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from coculture.elisa import PlateError, read_plates
from tests.elisa.readers.written_exports import (
    COLUMNS,
    OD,
    PLASTIC,
    ROWS,
    WELLS,
    by_reading,
    cells,
    counted,
    ods,
    only_plate,
    wavelengths,
)


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


@pytest.mark.reference
def test_the_skanit_exports_that_were_read_wrongly(failing: Path) -> None:
    subtracted = only_plate(failing / "skanit_blank_subtraction" / "skanit.xlsx")
    assert (subtracted.name, by_reading(subtracted)) == ("Plate 1", {"450": counted(0.05)})
    french = only_plate(failing / "skanit_french_two_wavelengths" / "skanit_fr.xlsx")
    assert (french.name, wavelengths(french)) == ("Plaque 1", {"450": 450, "620": 620})
    assert by_reading(french) == {"450": counted(0.05), "620": counted(0.02)}


ABSORBANCE = dict(zip(WELLS, map(float, OD.ravel()), strict=True))
PLASTIC_BY_WELL = dict(zip(WELLS, map(float, PLASTIC.ravel()), strict=True))


def step(
    name: str, wavelength: str, plate: str, corner: str, values: np.ndarray, sample: str = "Sample"
) -> list[list[object]]:
    """The sheet of a step: a grid of values and one of sample names."""
    return [
        ["Measurement results"], ["run.skax"], ["6/5/2024 6:09:56 PM"], [], [name], [wavelength],
        [], [plate], [], *cells(values, corner), [],
        [sample, *COLUMNS], *(list[object]([letter, *["Un1"] * 12]) for letter in ROWS),
    ]  # fmt: skip


LANGUAGES = {
    "English": ("Wavelength: {} nm", "Plate 1", "Sample", "Blank Subtraction 1"),
    "German": ("Wellenlänge: {} nm", "Platte 1", "Probe", "Leerwertsubtraktion 1"),
    "French": ("Longueur d’onde : {} nm", "Plaque 1", "Échantillon", "Soustraction du blanc 1"),
    "Spanish": ("Longitud de onda: {} nm", "Placa 1", "Muestra", "Sustracción del blanco 1"),
    "Italian": ("Lunghezza d'onda: {} nm", "Piastra 1", "Campione", "Sottrazione del bianco 1"),
    "Portuguese": ("Comprimento de onda: {} nm", "Placa 1", "Amostra", "Subtração do branco 1"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_wavelengths_and_a_computed_step_in_any_language(
    workbook: Callable[..., Path], language: str
) -> None:
    wavelength, plate_name, sample, subtraction = LANGUAGES[language]
    path = workbook(
        S_1__01=step("Absorbance", wavelength.format(450), plate_name, "Abs", OD, sample),
        S_2__02=step("Absorbance", wavelength.format(620), plate_name, "Abs", PLASTIC, sample),
        S_3__03=step(subtraction, wavelength.format(450), plate_name, "x", OD - 0.05, sample),
    )
    plate = only_plate(path)
    assert (plate.name, wavelengths(plate)) == (plate_name, {"450": 450, "620": 620})
    assert by_reading(plate) == {"450": ABSORBANCE, "620": PLASTIC_BY_WELL}


def test_notes_beside_the_grid_of_skanit(workbook: Callable[..., Path]) -> None:
    rows = step("Absorbance 1", "Wavelength: 450 nm", "Plate 1", "Abs", OD)
    for row, note in zip(rows[9:14], ["", "B1", "wash 3", 450, "x"], strict=True):
        row += ["", note, "moved from the reader"]
    assert by_reading(only_plate(workbook(Absorbance_1_01=rows))) == {"450": ABSORBANCE}


def test_a_computed_step_alone_has_its_own_name(workbook: Callable[..., Path]) -> None:
    rows = step("Blank Subtraction 1", "Wavelength: 450 nm", "Plate 1", "Blank subtracted", OD)
    plate = only_plate(workbook(Blank_Subtraction_1__02=rows))
    assert by_reading(plate) == {"Blank Subtraction 1 450": ABSORBANCE}


def test_two_steps_at_one_wavelength_have_the_names_of_their_sheets(
    workbook: Callable[..., Path],
) -> None:
    first = step("Absorbance", "Wavelength: 450 nm", "Plate 1", "Abs", OD)
    second = step("Absorbance", "Wavelength: 450 nm", "Plate 1", "Abs", PLASTIC)
    plate = only_plate(workbook(Absorbance_1__01=first, Absorbance_2__02=second))
    assert by_reading(plate) == {
        "Absorbance 1 450": ABSORBANCE,
        "Absorbance 2 450": PLASTIC_BY_WELL,
    }


def test_a_damaged_sheet_is_not_replaced_by_what_was_computed_from_it(
    workbook: Callable[..., Path],
) -> None:
    raw = step("Absorbance 1", "Wavelength: 450 nm", "Plate 1", "Abs", OD)[:8]
    computed = step("Blank Subtraction 1", "Wavelength: 450 nm", "Plate 1", "x", OD)
    with pytest.raises(PlateError, match=r'sheet "Absorbance 1_01" .* has no whole grid'):
        read_plates(workbook(Absorbance_1__01=raw, Blank_Subtraction_1__02=computed))


def test_a_word_among_whole_readings_is_refused_by_its_well(workbook: Callable[..., Path]) -> None:
    """Counts of light are whole numbers; the grid is one of readings all the same."""
    rows = step("Luminescence 1", "Wavelength: 450 nm", "Plate 1", "RLU", np.round(OD * 1e5))
    rows[11][4] = "broken"
    with pytest.raises(PlateError, match=r'well B4 of the plate grid "450" .*"broken"'):
        read_plates(workbook(Luminescence_1_01=rows))
