"""VICTOR: lists of wells with their labels."""

from pathlib import Path

import pytest

from coculture.elisa import PlateError, read_plates
from tests.elisa.readers.written_exports import (
    MAIN,
    OTHER,
    WELLS,
    by_reading,
    only_plate,
    point,
    wavelengths,
    write_export,
)

HEADING = "Plate\tRepeat\tWell\tType\tTime\tOD450 (1.0s) (A)\tTime\tAbsorbance @ 620 (A)"


def line(well: str, main: float, other: float, plate: str = "1", repeat: int = 1) -> str:
    named = f"{well[0]}{int(well[1:]):02d}"
    return f"{plate}\t{repeat}\t{named}\tM\t00:00:12.50\t{point(main)}\t00:01:02.1\t{point(other)}"


LINES = [HEADING, *(line(well, MAIN[well], OTHER[well]) for well in WELLS)]


def test_a_list_of_victor(tmp_path: Path) -> None:
    plate = only_plate(write_export(tmp_path, [*LINES, "", "Protocol name\tELISA"]))
    assert by_reading(plate) == {"OD450": MAIN, "Absorbance @ 620": OTHER}
    assert wavelengths(plate) == {"OD450": 450, "Absorbance @ 620": 620}
    assert plate.name == "Plate 1"


def test_a_blank_cell_of_the_plate_is_no_plate(tmp_path: Path) -> None:
    lines = [LINES[0], LINES[1], *("\t" + text.split("\t", 1)[1] for text in LINES[2:])]
    assert by_reading(only_plate(write_export(tmp_path, lines)))["OD450"] == MAIN


def test_repeats_of_victor_are_readings(tmp_path: Path) -> None:
    again = [line(well, OTHER[well], MAIN[well], repeat=2) for well in WELLS]
    plate = only_plate(write_export(tmp_path, [*LINES, *again]))
    assert by_reading(plate) == {
        "OD450 repeat 1": MAIN, "OD450 repeat 2": OTHER,
        "Absorbance @ 620 repeat 1": OTHER, "Absorbance @ 620 repeat 2": MAIN,
    }  # fmt: skip


def test_a_damaged_cell_of_victor_is_refused(tmp_path: Path) -> None:
    lines = [*LINES]
    lines[28] = lines[28].replace(point(MAIN["C4"]), "0.3x")
    with pytest.raises(PlateError, match=r'line 29: well C04, column "OD450 .*: "0.3x" is not'):
        read_plates(write_export(tmp_path, lines))
    lines[28] = LINES[28] + "\t0.4"
    with pytest.raises(PlateError, match="line 29: well C04 has more cells than the heading"):
        read_plates(write_export(tmp_path, lines))
