"""Tables with one row a well, long and wide."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coculture.elisa import Plate, PlateError, read_plates

ROWS, COLUMNS = "ABCDEFGH", range(1, 13)


OD = np.round(np.linspace(0.05, 3.2, 96).reshape(8, 12), 3)


def ods(plate_wells: pd.DataFrame, reading: str | None = None) -> np.ndarray:
    """The plate's ODs in reading order, of one reading or of the only one."""
    if reading is not None:
        plate_wells = plate_wells[plate_wells["reading"] == reading]
    return plate_wells["od"].to_numpy()


def test_a_wide_table_of_wells_with_plates(tmp_path: Path) -> None:
    wells = [f"{letter}{c:02d}" for letter in ROWS for c in COLUMNS]
    frame = pd.DataFrame({"Plate": "p1", "Well": wells, "450": OD.ravel(), "570": OD.ravel() / 10})
    both = pd.concat([frame, frame.assign(Plate="p2")])
    path = tmp_path / "wide.csv"
    both.to_csv(path, index=False)
    one, other = read_plates(path)
    assert (one.name, other.name) == ("p1", "p2")
    assert one.wells["well"].iloc[0] == "A1"
    assert ods(other.wells, "450").tolist() == OD.ravel().tolist()


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


def write_export(folder: Path, lines: list[str], name: str = "export.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("heading", ["OD450", "OD", "Absorbance", "Label1", "A570"])
def test_a_damaged_column_of_readings_is_refused_not_dropped(tmp_path: Path, heading: str) -> None:
    lines = [f"Well,{heading},OD620"]
    lines += [f"{well},{point(MAIN[well])},{point(OTHER[well])}" for well in WELLS]
    lines[28] = lines[28].replace(point(MAIN["C4"]), "0.5x")
    with pytest.raises(PlateError, match=f'line 29: well C4, column "{heading}": "0.5x" is not'):
        read_plates(write_export(tmp_path, lines))


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


def test_a_column_of_other_words_is_left_alone(tmp_path: Path) -> None:
    lines = ["Well,OD450,Result,Comment"]
    lines += [f"{well},{point(MAIN[well])},{OTHER[well]},bubble" for well in WELLS]
    lines[28] = lines[28].replace(f",{OTHER['C4']},", ",Range?,")
    assert only_reading(write_export(tmp_path, lines)) == MAIN


def test_numeric_names_of_wells_and_layouts_are_no_readings(tmp_path: Path) -> None:
    lines = ["Well,Well ID,Layout,450,570"]
    lines += [
        f"{well},{i},{i},{point(MAIN[well])},{point(OTHER[well])}" for i, well in enumerate(WELLS)
    ]
    (plate,) = read_plates(write_export(tmp_path, lines))
    assert by_reading(plate) == {"450": MAIN, "570": OTHER}


def test_a_row_and_a_column_make_a_well(tmp_path: Path) -> None:
    for row, column in (("Well Row", "Well Col"), ("row", "column")):
        lines = [f"{row},{column},Content,Raw Data (450)"]
        lines += [f"{well[0]},{well[1:]},Sample X1,{point(MAIN[well])}" for well in WELLS]
        assert only_reading(write_export(tmp_path, lines)) == MAIN
        mars = ["User: U,Path: C:,Test ID: 5", "Test name: IL6", "ID1: P1", "", *lines]
        assert only_reading(write_export(tmp_path, mars)) == MAIN


@pytest.mark.parametrize("written", ["{}:{}", "{}-{:02d}", "{}_{}", "{} {}"])
def test_separators_inside_a_well_s_name(tmp_path: Path, written: str) -> None:
    lines = ["Well,OD450"]
    lines += [f"{written.format(well[0], int(well[1:]))},{point(MAIN[well])}" for well in WELLS]
    assert only_reading(write_export(tmp_path, lines)) == MAIN


@pytest.mark.parametrize("damaged", ["C", "C0", "C 123", "c?"])
def test_a_damaged_well_s_name_is_refused_not_dropped(tmp_path: Path, damaged: str) -> None:
    lines = ["Well,OD450", *(f"{well},{point(MAIN[well])}" for well in WELLS)]
    lines[28] = lines[28].replace("C4", damaged)
    with pytest.raises(PlateError, match=r'line 29: "' + damaged.replace("?", r"\?") + '" is not'):
        read_plates(write_export(tmp_path, lines))


def test_lines_of_means_between_wells_are_passed_over(tmp_path: Path) -> None:
    lines = ["Well,OD450", *(f"{well},{point(MAIN[well])}" for well in WELLS)]
    lines[5:5] = ["Mean,0.4", ",0.5", "", "CV,12"]
    assert only_reading(write_export(tmp_path, lines)) == MAIN


def write_lines(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines))
    return path


@pytest.mark.parametrize("heading", ["well,od", "well,od,", "Well,450,570"])
def test_decimal_commas_between_commas_of_a_table_are_refused(tmp_path: Path, heading: str) -> None:
    rows = [f"A{c}" + f",0,{c}50" * (heading.strip(",").count(",")) for c in COLUMNS]
    path = write_lines(tmp_path / "long.csv", [heading, *rows])
    with pytest.raises(PlateError, match=r"line 2: well A1 has more cells .* semicolons"):
        read_plates(path)


def test_a_well_twice_in_a_long_table_is_refused(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "long.csv", ["well,od", "A1,0.1", "A2,0.2", "A01,0.3"])
    with pytest.raises(PlateError, match="line 4: well A1 is listed twice"):
        read_plates(path)


def test_a_well_once_a_wavelength_and_plate_is_no_doubling(tmp_path: Path) -> None:
    rows = [f"{p},A1,{nm},0.1" for p in ("p1", "p2") for nm in (450, 570)]
    path = write_lines(tmp_path / "long.csv", ["plate,well,wavelength,row_od", *rows])
    assert [len(plate.wells) for plate in read_plates(path)] == [2, 2]
    write_lines(path, ["plate,well,wavelength,row_od", *rows, "p2,A1,450,0.2"])
    with pytest.raises(PlateError, match=r'line 6: well A1 of plate "p2" .*reading "450"'):
        read_plates(path)
