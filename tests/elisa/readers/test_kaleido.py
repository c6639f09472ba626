"""Kaleido: measurements of one plate, of versions 2 and 3."""

from pathlib import Path

import pytest

from coculture.elisa import PlateError, read_plates
from tests.elisa.readers.written_exports import (
    MAIN,
    OTHER,
    by_reading,
    counted,
    only_plate,
    only_reading,
    wavelengths,
    well_grid,
    write_export,
)


@pytest.mark.reference
def test_the_kaleido_export_that_was_read_as_two_plates(failing: Path) -> None:
    plate = only_plate(failing / "kaleido_two_wavelengths" / "kaleido.csv")
    assert plate.name == "V-2024"
    assert by_reading(plate) == {"ABS mono 1": counted(0.05), "ABS mono 2": counted(0.02)}


def grid(values: dict[str, float], title: str, repeat: int = 1) -> list[str]:
    barcode = f"Barcode: V-7, PlateRepeat: {repeat}, WellRepeat: 1"
    return ["", f"Results for {title}", "", barcode, *well_grid(values), ""]


FOOT = [
    "Analysis Result", "", "Measurement Basic Information", "Software version:,,Kaleido 2.0",
    "Platemap", "Plate", *well_grid(dict.fromkeys(MAIN, 1.0)), "",
    "Meas,,,,", "Tech,,,,ABS mono 1", "Excitation wavelength [nm],,,,450", "",
    "Meas,,,,", "Tech,,,,ABS mono 2", "Excitation wavelength [nm],,,,570",
]  # fmt: skip


def test_two_measurements_of_a_plate_have_their_wavelengths(tmp_path: Path) -> None:
    lines = [*grid(MAIN, "ABS mono 1"), *grid(OTHER, "ABS mono 2"), *FOOT]
    plate = only_plate(write_export(tmp_path, lines))
    assert by_reading(plate) == {"ABS mono 1": MAIN, "ABS mono 2": OTHER}
    assert (plate.name, wavelengths(plate)) == ("V-7", {"ABS mono 1": 450, "ABS mono 2": 570})


def test_version_3_has_the_barcode_in_a_table(tmp_path: Path) -> None:
    lines = [
        "EnSight Results from,,", "", "Result for ABS 1,,", "Barcode,Repeat,Loop no",
        "P3 13:39:01,1,", ",,", *well_grid(MAIN), "", "Measurement Information,,",
        "Operation,,,ABS 1", "Excitation wavelength [nm],,,450",
    ]  # fmt: skip
    plate = only_plate(write_export(tmp_path, lines))
    assert (plate.name, by_reading(plate)) == ("P3 13:39:01", {"ABS 1": MAIN})
    assert wavelengths(plate) == {"ABS 1": 450}


def test_a_plate_that_was_read_twice_is_two_plates(tmp_path: Path) -> None:
    lines = [*grid(MAIN, "ABS mono 1"), *grid(OTHER, "ABS mono 1", 2), *FOOT]
    plates = read_plates(write_export(tmp_path, lines))
    assert [plate.name for plate in plates] == ["V-7", "V-7 repeat 2"]


def test_an_analysis_of_kaleido_is_no_measurement(tmp_path: Path) -> None:
    lines = [*grid(MAIN, "ABS mono 1"), "Analysis Result", *grid(OTHER, "Ratio"), *FOOT[1:]]
    assert only_reading(write_export(tmp_path, lines)) == MAIN


def test_a_kaleido_export_without_results_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlateError, match='Kaleido export without a grid below "Results for"'):
        read_plates(write_export(tmp_path, FOOT))
