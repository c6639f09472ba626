"""Tables with one row a well, long and wide."""

from pathlib import Path

import pandas as pd
import pytest

from coculture.elisa import PlateError, read_plates
from tests.elisa.readers.written_exports import (
    COLUMNS,
    MAIN,
    OD,
    OTHER,
    ROWS,
    WELLS,
    by_reading,
    ods,
    only_reading,
    point,
    write_export,
)


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


@pytest.mark.parametrize("heading", ["OD450", "OD", "Absorbance", "Label1", "A570"])
def test_a_damaged_column_of_readings_is_refused_not_dropped(tmp_path: Path, heading: str) -> None:
    lines = [f"Well,{heading},OD620"]
    lines += [f"{well},{point(MAIN[well])},{point(OTHER[well])}" for well in WELLS]
    lines[28] = lines[28].replace(point(MAIN["C4"]), "0.5x")
    with pytest.raises(PlateError, match=f'line 29: well C4, column "{heading}": "0.5x" is not'):
        read_plates(write_export(tmp_path, lines))


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


@pytest.mark.parametrize("heading", ["well,od", "well,od,", "Well,450,570"])
def test_decimal_commas_between_commas_of_a_table_are_refused(tmp_path: Path, heading: str) -> None:
    rows = [f"A{c}" + f",0,{c}50" * (heading.strip(",").count(",")) for c in COLUMNS]
    path = write_export(tmp_path, [heading, *rows], "long.csv")
    with pytest.raises(PlateError, match=r"line 2: well A1 has more cells .* semicolons"):
        read_plates(path)


def test_a_well_twice_in_a_long_table_is_refused(tmp_path: Path) -> None:
    path = write_export(tmp_path, ["well,od", "A1,0.1", "A2,0.2", "A01,0.3"], "long.csv")
    with pytest.raises(PlateError, match="line 4: well A1 is listed twice"):
        read_plates(path)


def test_a_well_once_a_wavelength_and_plate_is_no_doubling(tmp_path: Path) -> None:
    rows = [f"{p},A1,{nm},0.1" for p in ("p1", "p2") for nm in (450, 570)]
    path = write_export(tmp_path, ["plate,well,wavelength,row_od", *rows], "long.csv")
    assert [len(plate.wells) for plate in read_plates(path)] == [2, 2]
    write_export(tmp_path, ["plate,well,wavelength,row_od", *rows, "p2,A1,450,0.2"], path.name)
    with pytest.raises(PlateError, match=r'line 6: well A1 of plate "p2" .*reading "450"'):
        read_plates(path)


@pytest.mark.parametrize(
    "statistic", ["Count", "Std Dev", "StdDev", "CV", "CV (%)", "%CV", "Repeat", "SEM", "Min", "N"]
)
def test_statistics_are_no_readings(tmp_path: Path, statistic: str) -> None:
    lines = [f"Well,480,{statistic}"]
    lines += [f"{well},{1000 + 17 * i},{i % 7}.5" for i, well in enumerate(WELLS)]
    assert only_reading(write_export(tmp_path, lines)) == {
        well: 1000 + 17 * i for i, well in enumerate(WELLS)
    }
    alone = [lines[0].replace("480,", ""), *(f"{well},{i % 7}.5" for i, well in enumerate(WELLS))]
    with pytest.raises(PlateError, match="the format of this file is not known"):
        read_plates(write_export(tmp_path, alone))


def test_the_mean_of_several_reads_is_the_reading(tmp_path: Path) -> None:
    lines = ["Well,Mean,StDev", *(f"{well},{point(MAIN[well])},0.01" for well in WELLS)]
    assert only_reading(write_export(tmp_path, lines)) == MAIN


@pytest.mark.parametrize("blank", [slice(1, None), slice(0, 5), slice(3, 9)])
def test_a_blank_cell_of_the_plate_starts_no_plate(tmp_path: Path, blank: slice) -> None:
    rows = [f"P1,{well},{point(MAIN[well])}" for well in WELLS]
    rows[blank] = [row.removeprefix("P1") for row in rows[blank]]
    (plate,) = read_plates(write_export(tmp_path, ["Plate,Well,OD", *rows]))
    assert (plate.name, by_reading(plate)) == ("P1", {"OD": MAIN})


def test_blank_cells_below_the_name_of_each_plate(tmp_path: Path) -> None:
    rows = [
        f"{name if well == 'A1' else ''},{well},{point(values[well])}"
        for name, values in (("P1", MAIN), ("P2", OTHER))
        for well in WELLS
    ]
    one, other = read_plates(write_export(tmp_path, ["Plate,Well,OD", *rows]))
    assert (one.name, by_reading(one)) == ("P1", {"OD": MAIN})
    assert (other.name, by_reading(other)) == ("P2", {"OD": OTHER})


def test_a_column_of_sample_numbers_is_no_reading(tmp_path: Path) -> None:
    lines = ["Well,Patient,OD", *(f"{w},{i // 2},{point(MAIN[w])}" for i, w in enumerate(WELLS))]
    assert only_reading(write_export(tmp_path, lines)) == MAIN


def list_of_gen5(cells_below: int) -> list[str]:
    """A list with statistics behind every other well, as Gen5 writes them."""
    lines = ["Name\tWell\tConc\t480,520\tCount\tMean\tStd Dev"]
    for i, well in enumerate(WELLS):
        rest = "\t2\t1000\t0" if i % 2 == 0 else "\t" * cells_below
        lines.append(f"SPL\t{well}\t75\t{1017 + 3 * i}{rest}")
    return lines


@pytest.mark.parametrize("place", [2, 3])
@pytest.mark.parametrize("below", [0, 3])
def test_a_row_of_a_list_that_lost_or_gained_a_cell_is_refused(
    tmp_path: Path, place: int, below: int
) -> None:
    for line in (51, 52):
        lines = list_of_gen5(below)
        row = lines[line - 1].split("\t")
        lost, gained = row[:place] + row[place + 1 :], row[: place + 1] + row[place:]
        for damaged in (lost, gained):
            if len(damaged) == 7 or (below and len(damaged) > 7):
                continue
            path = write_export(tmp_path, [*lines[: line - 1], "\t".join(damaged), *lines[line:]])
            with pytest.raises(PlateError, match=f"line {line}: well E[23] has"):
                read_plates(path)


def test_rows_that_end_where_their_last_cell_is(tmp_path: Path) -> None:
    lines = ["Well,OD450,Note,Second note"]
    lines += [f"{well},{point(MAIN[well])}" for well in WELLS]
    lines[28] += ",bubble"
    lines[40] += ",bubble,read twice"
    assert only_reading(write_export(tmp_path, lines)) == MAIN
    # A spreadsheet program leaves separators out in blocks of 16 rows.
    lines = ["Well,OD450,Note", *(f"{well},{point(MAIN[well])}," for well in WELLS)]
    lines[5] += "bubble"
    lines[-1] = lines[-1].rstrip(",")
    assert only_reading(write_export(tmp_path, lines)) == MAIN
