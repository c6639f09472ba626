"""MSD plates with one and several spots."""

from pathlib import Path

import pytest

from coculture.elisa import PlateError, read_plates
from tests.elisa.readers.written_exports import (
    COLUMNS,
    MAIN,
    OTHER,
    ROWS,
    by_reading,
    counted,
    only_plate,
    only_reading,
    write_export,
)


@pytest.mark.reference
def test_the_msd_plate_that_was_taken_for_tecan(failing: Path) -> None:
    plate = only_plate(failing / "msd_taken_for_tecan" / "msd.txt")
    (values,) = by_reading(plate).values()
    assert plate.name == "22M"
    assert len(values) == 96
    nominal = counted(500, 130)
    assert all(abs(values[well] - nominal[well]) <= 1 for well in values)


def ecl(values: dict[str, float]) -> dict[str, float]:
    return {well: round(10_000 * value) for well, value in values.items()}


SIGNAL, SECOND = ecl(MAIN), ecl(OTHER)


def head(spot: str = "") -> list[str]:
    return [
        "FileName :\tZ:\\x.txt", "Stack ID :\t0.1", "Barcode1 :\t<*22M0*>", "Barcode2 :\t<>",
        "Type     :\t96", "Spots Per Well:\t1", "Orient   :\tNormal", "Spot     :\t   <>",
        "Legend   :\t<1>   <8>", *([f"SpotID   :\t{spot}"] if spot else []), "",
        f"{'=' * 10}Data{'=' * 30}", "\t" + "\t".join(f"{c}   " for c in COLUMNS) + "\t",
    ]  # fmt: skip


FOOT = [f"{'=' * 10}Statistics{'=' * 20}", "Sector   :\t1\t2\t3", "Average  :\t39677\t40426\t34200"]


def row(values: dict[str, float], letter: str, mark: str) -> str:
    return f"{mark} \t" + "\t".join(f"  {values[f'{letter}{c}']:.0f} " for c in COLUMNS) + "\t"


def test_a_plate_of_one_spot(tmp_path: Path) -> None:
    lines = [*head(), *(row(SIGNAL, letter, letter) for letter in ROWS), *FOOT]
    plate = only_plate(write_export(tmp_path, lines, "msd.txt"))
    assert (plate.name, by_reading(plate)) == ("22M0", {"ECL signal": SIGNAL})


def spotted() -> list[str]:
    lines = head("all")
    for letter in ROWS:
        lines += [row(SIGNAL, letter, letter), "\t" * 13, row(SECOND, letter, " "), ""]
    return [*lines, *FOOT]


def test_spots_below_one_another_are_readings(tmp_path: Path) -> None:
    plate = only_plate(write_export(tmp_path, spotted(), "msd.txt"))
    assert by_reading(plate) == {"spot 1": SIGNAL, "spot 3": SECOND}


def test_a_lost_spot_gives_no_reading_for_another(tmp_path: Path) -> None:
    lines = spotted()
    del lines[18]
    with pytest.raises(PlateError, match="the plate has 96 wells, but spot 3 has 84"):
        read_plates(write_export(tmp_path, lines, "msd.txt"))


def test_a_grid_for_each_spot(tmp_path: Path) -> None:
    lines: list[str] = []
    for spot, values in (("1", SIGNAL), ("10", SECOND)):
        lines += [*head(spot), *(row(values, letter, letter) for letter in ROWS), *FOOT, ""]
    plate = only_plate(write_export(tmp_path, lines, "msd.txt"))
    assert by_reading(plate) == {"spot 1": SIGNAL, "spot 10": SECOND}


def test_damaged_msd_grids_are_refused(tmp_path: Path) -> None:
    whole = [*head(), *(row(SIGNAL, letter, letter) for letter in ROWS), *FOOT]
    short = [*whole]
    short[14] = short[14].rsplit("\t", 2)[0]
    with pytest.raises(PlateError, match="line 15: 12 cells where the lines above have 14"):
        read_plates(write_export(tmp_path, short, "msd.txt"))
    with pytest.raises(PlateError, match="line 16: row C occurs twice"):
        read_plates(write_export(tmp_path, [*whole[:15], *whole[14:]], "msd.txt"))
    with pytest.raises(PlateError, match='MSD export without a grid below "Data"'):
        read_plates(write_export(tmp_path, head()[:-2], "msd.txt"))


def test_a_table_of_discovery_workbench_is_refused_by_its_name(tmp_path: Path) -> None:
    lines = ["Sample,Assay,Well,Spot,Signal,Calc. Concentration", "S001,IL-6,A1,1,5321,12.3"]
    with pytest.raises(PlateError, match="table of MSD Discovery Workbench"):
        read_plates(write_export(tmp_path, lines))


def test_a_barcode_is_no_corner_of_tecan(tmp_path: Path) -> None:
    lines = [*head(), *(row(SIGNAL, letter, letter) for letter in ROWS), *FOOT]
    assert only_reading(write_export(tmp_path, lines, "msd.txt")) == SIGNAL
