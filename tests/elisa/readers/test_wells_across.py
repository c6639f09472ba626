"""Tables with a column for each well."""

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
    write_export,
)


def line(label: str, values: dict[str, float]) -> str:
    return "\t".join([label, *(point(values[well]) for well in WELLS)])


HEADING = "\t".join(["Well", *WELLS])


def test_each_line_is_a_reading(tmp_path: Path) -> None:
    path = write_export(tmp_path, [HEADING, line("OD450", MAIN), line("OD570", OTHER)])
    assert by_reading(only_plate(path)) == {"OD450": MAIN, "OD570": OTHER}


def test_a_kinetic_table_is_no_reading(tmp_path: Path) -> None:
    times = "\t".join(["Time", "T° 420", *WELLS])
    lines = [times, *(f"0:0{i}:00\t\t" + line("", MAIN).strip() for i in range(3))]
    with pytest.raises(PlateError, match="the format of this file is not known"):
        read_plates(write_export(tmp_path, lines))


def test_a_damaged_cell_is_refused_by_its_well(tmp_path: Path) -> None:
    damaged = line("OD450", MAIN).replace(point(MAIN["C4"]), "0.3x")
    with pytest.raises(PlateError, match=r'line 2: well C4: "0\.3x" is not a reading'):
        read_plates(write_export(tmp_path, [HEADING, damaged]))


def test_more_cells_than_wells_and_wells_twice_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PlateError, match="line 2: more cells than the heading has wells"):
        read_plates(write_export(tmp_path, [HEADING, line("OD450", MAIN) + "\t0.5"]))
    twice = HEADING.replace("\tH12", "\tH11")
    with pytest.raises(PlateError, match="line 1: well H11 is named twice"):
        read_plates(write_export(tmp_path, [twice, line("OD450", MAIN)]))
