"""Plain plate grids, alone, stacked and side by side."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from coculture.elisa import PlateError, read_plates
from coculture.elisa.readers.grid import _order_by_label, _refuse_uneven_rows
from coculture.elisa.readers.source import LineError
from tests.elisa.readers.written_exports import (
    COLUMNS,
    MAIN,
    OD,
    OTHER,
    PLASTIC,
    ROWS,
    by_reading,
    cells,
    counted,
    grid_lines,
    lettered_grid,
    ods,
    only_plate,
    only_reading,
    point,
    well_grid,
    write_export,
)


@pytest.mark.reference
def test_stacked_grids_leave_labels_and_doses_alone(exports: Path) -> None:
    (plate,) = read_plates(exports / "plater" / "example-1.csv")
    assert plate.wells["reading"].unique().tolist() == ["Killing"]
    assert plate.wells["od"].iloc[0] == 98


def test_a_grid_with_decimal_commas_and_semicolons(tmp_path: Path) -> None:
    path = tmp_path / "comma.csv"
    path.write_text("\n".join(grid_lines(OD, delimiter=";")).replace(".", ","))
    (plate,) = read_plates(path)
    assert ods(plate.wells).tolist() == OD.ravel().tolist()


def test_a_grid_of_384_wells(tmp_path: Path) -> None:
    values = np.arange(384).reshape(16, 24) / 100
    path = tmp_path / "p384.csv"
    path.write_text("\n".join(grid_lines(values, delimiter=",")))
    (plate,) = read_plates(path)
    assert (len(plate.wells), plate.wells["well"].iloc[-1]) == (384, "P24")
    assert ods(plate.wells).tolist() == values.ravel().tolist()


def test_a_part_of_a_plate(tmp_path: Path) -> None:
    path = tmp_path / "part.csv"
    path.write_text(",3,4,5\nC,0.1,0.2,0.3\nD,0.4,0.5,0.6\n")
    (plate,) = read_plates(path)
    assert plate.wells["well"].tolist() == ["C3", "C4", "C5", "D3", "D4", "D5"]
    assert ods(plate.wells).tolist() == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]


def test_grids_named_by_wavelength_are_readings_of_one_plate(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    lines = [*grid_lines(OD, "OD450", ","), "", *grid_lines(PLASTIC, "OD570", ",")]
    path.write_text("\n".join(lines))
    (plate,) = read_plates(path)
    assert ods(plate.wells, "OD450").tolist() == OD.ravel().tolist()
    assert set(plate.wells["wavelength_nm"]) == {450, 570}


def test_grids_named_by_plate_are_plates(tmp_path: Path) -> None:
    path = tmp_path / "plates.csv"
    lines = [*grid_lines(OD, "Plate 1", ","), "", *grid_lines(OD / 2, "Plate 2", ",")]
    path.write_text("\n".join(lines))
    one, other = read_plates(path)
    assert (one.name, other.name) == ("Plate 1", "Plate 2")
    assert ods(other.wells).tolist() == (OD / 2).ravel().tolist()


def test_sheets_of_plain_grids_are_plates_or_wavelengths(workbook: Callable[..., Path]) -> None:
    plates = read_plates(workbook(Monday=cells(OD, ""), Tuesday=cells(PLASTIC, "")))
    assert [plate.name for plate in plates] == ["Monday", "Tuesday"]
    (plate,) = read_plates(workbook(**{"450_nm": cells(OD, ""), "570_nm": cells(PLASTIC, "")}))
    assert plate.wells.groupby("wavelength_nm").size().to_dict() == {450: 96, 570: 96}


@pytest.mark.parametrize("word", ["0.5x", "OUT", "Range?", "0.51*", "-inf"])
def test_another_word_among_readings_is_refused_by_its_well(tmp_path: Path, word: str) -> None:
    lines = [*well_grid(MAIN, corner="450"), "", *well_grid(OTHER, corner="570")]
    lines[13] = lines[13].replace(point(OTHER["C4"]), word)
    with pytest.raises(PlateError) as refused:
        read_plates(write_export(tmp_path, lines))
    message = str(refused.value)
    for part in ("export.csv", "well C4", '"570"', "line 11", f'"{word}" is not a reading'):
        assert part in message


@pytest.mark.parametrize("gap", [0, 1, 3])
def test_grids_side_by_side_are_both_read(tmp_path: Path, gap: int) -> None:
    pairs = zip(well_grid(MAIN, corner="450"), well_grid(OTHER, corner="570"), strict=True)
    lines = [left + "," * (gap + 1) + right for left, right in pairs]
    (plate,) = read_plates(write_export(tmp_path, lines))
    assert by_reading(plate) == {"450": MAIN, "570": OTHER}
    assert plate.wells.groupby("reading")["wavelength_nm"].first().to_dict() == {
        "450": 450,
        "570": 570,
    }


def test_titles_over_grids_side_by_side(tmp_path: Path) -> None:
    pairs = zip(["Plate 1", *well_grid(MAIN)], ["Plate 2", *well_grid(OTHER)], strict=True)
    lines = [f"{left},,{right}" for left, right in pairs]
    lines[0] = "Plate 1" + "," * 14 + "Plate 2"
    plates = read_plates(write_export(tmp_path, lines))
    assert [(plate.name, *by_reading(plate).values()) for plate in plates] == [
        ("Plate 1", MAIN),
        ("Plate 2", OTHER),
    ]


def test_a_layout_beside_the_readings_is_left_alone(tmp_path: Path) -> None:
    layout = ["layout," + ",".join(map(str, COLUMNS))]
    layout += [f"{row}," + ",".join(f"S{column}" for column in COLUMNS) for row in ROWS]
    lines = [f"{left},,{right}" for left, right in zip(well_grid(MAIN), layout, strict=True)]
    assert only_reading(write_export(tmp_path, lines)) == MAIN


def test_a_grid_may_stand_far_from_the_margin(tmp_path: Path) -> None:
    lines = [
        "IL-6 of Monday",
        *([""] * 6),
        *("," * 9 + line for line in well_grid(MAIN, corner="450")),
    ]
    (plate,) = read_plates(write_export(tmp_path, lines))
    assert by_reading(plate) == {"450": MAIN}


def test_grids_directly_under_each_other_are_both_read(tmp_path: Path) -> None:
    path = write_export(tmp_path, [*lettered_grid(","), *lettered_grid(",")], "stacked.csv")
    assert [len(plate.wells) for plate in read_plates(path)] == [96, 96]


@pytest.mark.reference
def test_the_plain_grids_that_were_read_wrongly(failing: Path) -> None:
    assert only_reading(failing / "xlsx_notes_right_of_grid" / "noted.xlsx") == counted(0.05)
    layout = failing / "layout_of_integers_alone_read_as_od" / "layout.csv"
    with pytest.raises(PlateError, match='line 2: the plate grid "Plate Layout" contains the'):
        read_plates(layout)


@pytest.mark.parametrize("gap", [[], [""]])
@pytest.mark.parametrize("heading", [[], ["Labels"]])
def test_notes_to_the_right_of_a_grid_are_left_alone(
    workbook: Callable[..., Path], gap: list[str], heading: list[str]
) -> None:
    rows: list[list[object]] = cells(OD, "")
    notes: list[list[object]] = [["B1", "", 450, "moved"], ["x"], []]
    notes += [["B2"] for _ in range(5)]
    for row, beside in zip(rows[1:], notes, strict=True):
        row += [*gap, *beside]
    rows[0] += [*gap, *heading]
    path = workbook(Plate_1=[["Read", "Read: (A) 450"], [], *rows])
    assert list(only_reading(path).values()) == OD.ravel().tolist()


def test_a_reading_beyond_the_heading_is_refused(workbook: Callable[..., Path]) -> None:
    rows: list[list[object]] = cells(OD, "")
    rows[0].pop()
    with pytest.raises(PlateError, match="row A has more cells than the heading has columns"):
        read_plates(workbook(Plate_1=rows))


def whole(values: list[int], title: str = "") -> list[str]:
    grid = np.array(values).reshape(8, 12)
    return [title, *grid_lines(grid, delimiter=",")]


REPEATED = [1000, 500, 250, 125, 62, 31] * 16
LAYOUTS = {
    "samples in order": whole(list(range(1, 97))),
    "samples in pairs": whole([i // 2 for i in range(96)]),
    "doses in replicates": whole(REPEATED),
    "doses below a title": ["Plate layout", *grid_lines(OD, delimiter=",")],
    "a title": whole([i**2 for i in range(96)], "Plate map"),
}


@pytest.mark.parametrize("kind", LAYOUTS)
def test_whole_numbers_like_a_layout_are_no_optical_densities(tmp_path: Path, kind: str) -> None:
    lines = LAYOUTS[kind]
    with pytest.raises(PlateError, match=r"line 2: .* contains the numbers of a layout \(well A"):
        read_plates(write_export(tmp_path, lines))
    both = [*lines, "", "OD", *well_grid(MAIN)]
    assert only_reading(write_export(tmp_path, both)) == MAIN


def test_whole_readings_are_read(tmp_path: Path) -> None:
    rfu = [50 + 13 * i for i in range(96)]
    assert list(only_reading(write_export(tmp_path, whole(rfu))).values()) == rfu
    named = [line.replace(",1,2,3,", "OD450,1,2,3,", 1) for line in whole(REPEATED)]
    assert list(only_reading(write_export(tmp_path, named)).values()) == REPEATED


def test_a_wavelength_at_the_end_of_the_lines_names_the_reading(tmp_path: Path) -> None:
    lines = [lettered_grid("\t")[0], *(f"{line}\t450" for line in lettered_grid("\t")[1:])]
    plate = only_plate(write_export(tmp_path, lines))
    assert list(by_reading(plate)) == ["450"]
    assert plate.wells["wavelength_nm"].unique().tolist() == [450]


def test_a_row_that_lost_a_cell_is_refused(tmp_path: Path) -> None:
    lines = well_grid(MAIN, "\t", corner="450")
    lines[3] = lines[3].replace(f"\t{point(MAIN['C4'])}", "")
    with pytest.raises(PlateError, match="line 4: the row has fewer cells than the heading"):
        read_plates(write_export(tmp_path, lines))
    labelled = [f"{line}\t{'' if i == 0 else 450}" for i, line in enumerate(lines)]
    with pytest.raises(PlateError, match="line 4: the row has fewer cells than the heading"):
        read_plates(write_export(tmp_path, labelled))
    ended = [f"{line}\t" for line in lines]
    with pytest.raises(PlateError, match="line 4: the row has fewer cells than the heading"):
        read_plates(write_export(tmp_path, ended))


def test_columns_that_are_missing_in_all_rows_are_no_damage(tmp_path: Path) -> None:
    lines = well_grid(MAIN, "\t", corner="450")
    lines = [lines[0], *(line.rsplit("\t", 2)[0] for line in lines[1:])]
    assert only_reading(write_export(tmp_path, lines)) == {
        well: od for well, od in MAIN.items() if int(well[1:]) <= 10
    }


def test_a_reading_added_to_a_row_is_refused(tmp_path: Path) -> None:
    for trailing in ("", "\t"):
        lines = [line + trailing for line in well_grid(MAIN, "\t", corner="450")]
        lines[3] = lines[3].replace("C\t", "C\t0.777\t")
        with pytest.raises(PlateError, match="row C has more cells than the heading has columns"):
            read_plates(write_export(tmp_path, lines))


@pytest.mark.parametrize("damaged", ["6", "abc"])
def test_a_damaged_column_number_is_refused(tmp_path: Path, damaged: str) -> None:
    heading, *rows = well_grid(MAIN)
    broken = heading.replace(",7,", f",{damaged},")
    with pytest.raises(PlateError, match=f'line 1: the column number 6 .* followed by "{damaged}"'):
        read_plates(write_export(tmp_path, [broken, *rows]))


def test_a_grid_and_a_table_of_numbers_beside_it(tmp_path: Path) -> None:
    lines = [f"{line},,{i},{i + 2}" for i, line in enumerate(well_grid(MAIN), 11)]
    assert only_reading(write_export(tmp_path, lines)) == MAIN


def test_empty_cells_behind_a_label_are_no_readings(tmp_path: Path) -> None:
    heading, *rows = well_grid(MAIN, "\t")
    path = write_export(tmp_path, [heading, *(f"{row}\t450\t" for row in rows)], "labels.txt")
    assert only_reading(path) == MAIN


def test_a_reading_moved_under_a_heading_of_notes_is_refused(
    workbook: Callable[..., Path],
) -> None:
    heading, *rows = [[*row, ""] for row in cells(OD, "")]
    rows[2].insert(5, 0.7)
    notes = ["B1", "B1", "B2", "B2", "B3", "B3", "B4", "B4"]
    noted = [[*row[:13], row[13] or note] for row, note in zip(rows, notes, strict=True)]
    with pytest.raises(PlateError, match=r"line 4: the row has a number .* which no other row has"):
        read_plates(workbook(notes=[[*heading[:13], "Labels"], *noted]))


@pytest.mark.parametrize("name", ["[Concentration]", "Conc", "CV (%)", "Std Dev"])
def test_results_alone_are_no_optical_densities(tmp_path: Path, name: str) -> None:
    heading, *rows = well_grid(MAIN)
    titled = [f"{name},{','.join(heading.split(',')[1:])}", *rows]
    with pytest.raises(PlateError, match=r'line 1: the plate grid ".*" contains results, not opt'):
        read_plates(write_export(tmp_path, titled))
    pairs = [line for row in rows for line in (f"{row},Well ID", f",{row[2:]},{name}")]
    lines = [heading, *pairs]
    lines[1::2] = [f"{row[0]},{','.join(['SPL'] * 12)},Well ID" for row in rows]
    with pytest.raises(PlateError, match=r"contains results, not optical densities"):
        read_plates(write_export(tmp_path, lines))


def test_a_plate_whose_name_has_a_word_of_results_is_read(tmp_path: Path) -> None:
    lines = ["Plate 2 high conc", *well_grid(MAIN)]
    assert only_reading(write_export(tmp_path, lines)) == MAIN


def test_lines_of_a_row_follow_their_labels_only_where_each_has_its_own() -> None:
    def ordered(first: list[str], second: list[str]) -> list[str]:
        cells = {"A1": ["1", "2", "3"], "B1": ["4", "5", "6"]}
        _order_by_label(cells, {"A": first, "B": second}, [1])
        assert cells["A1"] == ["1", "2", "3"]
        return cells["B1"]

    assert ordered(["450", "540", "570"], ["570", "450", "540"]) == ["5", "6", "4"]
    assert ordered(["450", "450", "570"], ["450", "570", "450"]) == ["4", "5", "6"]
    assert ordered(["450", "540", "570"], ["450", "540", "600"]) == ["4", "5", "6"]


def test_a_row_that_lost_an_unlabelled_line_is_refused() -> None:
    _refuse_uneven_rows({"A": ["", ""], "B": ["", ""]}, 3)
    with pytest.raises(LineError, match="line 3: row B of the plate grid does not have the same"):
        _refuse_uneven_rows({"A": ["", ""], "B": [""]}, 3)


def test_decimal_commas_of_a_row_that_is_nearly_empty_are_refused(tmp_path: Path) -> None:
    """0,101 and 0,102 between commas are four cells: two more than the heading has columns."""
    heading = ",".join(["OD", *map(str, COLUMNS)])
    rows = [f"{letter},0,10{i},0,20{i}" + "," * 10 for i, letter in enumerate(ROWS)]
    with pytest.raises(PlateError, match="row A has more cells than the heading has columns"):
        read_plates(write_export(tmp_path, [heading, *rows]))
