"""Exports as laboratories have them: other versions, other locales, other people's spreadsheets."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from coculture.elisa import ElisaSettings, Plate, PlateError, read_layout, read_plates

COLUMNS = range(1, 13)
ROWS = "ABCDEFGH"


def od(well: str, shift: float = 0.0) -> float:
    """An OD that tells its well (C11 reads 0.3115) and, by the shift, its reading."""
    return round((ROWS.index(well[0]) + 1) / 10 + int(well[1:]) / 1000 + 0.0005 + shift, 4)


WELLS = [f"{row}{column}" for row in ROWS for column in COLUMNS]
MAIN = {well: od(well) for well in WELLS}
OTHER = {well: od(well, 1.0) for well in WELLS}


def point(value: float) -> str:
    return f"{value:.4f}"


def comma(value: float) -> str:
    return point(value).replace(".", ",")


def grid(
    values: dict[str, float],
    separator: str = ",",
    written: Callable[[float], str] = point,
    corner: str = "",
) -> list[str]:
    lines = [[row, *(written(values[f"{row}{column}"]) for column in COLUMNS)] for row in ROWS]
    return [separator.join(line) for line in [[corner, *map(str, COLUMNS)], *lines]]


def write(folder: Path, lines: list[str], name: str = "export.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


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


# Delimiters, quotes, and notes above the readings


@pytest.mark.parametrize(("separator", "written"), [(";", comma), ("\t", comma), ("\t", point)])
def test_notes_full_of_commas_do_not_decide_the_delimiter(
    tmp_path: Path, separator: str, written: Callable[[float], str]
) -> None:
    notes = [f"Step {i}: wash, aspirate, wait" for i in range(30)]
    assert only_reading(write(tmp_path, [*notes, *grid(MAIN, separator, written)])) == MAIN


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ('"{}"', point),
        ('"{}"', comma),
        ('="{}"', point),
        ('"=""{}"""', point),
        ('"=""{}"""', comma),
    ],
)
def test_quoted_numbers_are_numbers(
    tmp_path: Path, written: str, number: Callable[[float], str]
) -> None:
    lines = grid(MAIN, ",", lambda value: written.format(number(value)))
    assert only_reading(write(tmp_path, lines)) == MAIN


def test_a_hint_for_the_spreadsheet_is_no_table(tmp_path: Path) -> None:
    assert only_reading(write(tmp_path, ["sep=;", *grid(MAIN, ";", comma)])) == MAIN


# Words in wells


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("OVR", "overflow"), ("OFL", "overflow"), ("OVERFLW", "overflow"), ("High", "overflow"),
        ("Over-range", "overflow"), ("*.***", "overflow"), ("+++", "overflow"),
        ("≥4", "overflow"), ("+INF", "overflow"), ("inf", "overflow"), ("Sat.", "overflow"),
        ("Invalid", "missing"), ("ERR", "missing"), ("Error", "missing"), ("n.d.", "missing"),
        ("N/D", "missing"), ("#DIV/0!", "missing"), ("#VALUE!", "missing"), ("–", "missing"),
        (".", "missing"), ("#Low", "missing"), ("-nan(ind)", "missing"),
        ("null", "missing"), ("≤0", "missing"), ("Outlier", "masked"),
    ],
)  # fmt: skip
def test_words_of_other_readers_become_states(tmp_path: Path, word: str, state: str) -> None:
    lines = grid(MAIN, "\t")
    lines[3] = lines[3].replace(point(MAIN["C4"]), word)
    (plate,) = read_plates(write(tmp_path, lines))
    wells = plate.wells.set_index("well")
    assert wells.loc["C4", "state"] == state
    assert wells["od"].isna()["C4"]
    assert (wells["state"].drop("C4") == "ok").all()


@pytest.mark.parametrize("word", ["0.5x", "OUT", "Range?", "0.51*", "-inf"])
def test_another_word_among_readings_is_refused_by_its_well(tmp_path: Path, word: str) -> None:
    lines = [*grid(MAIN, corner="450"), "", *grid(OTHER, corner="570")]
    lines[13] = lines[13].replace(point(OTHER["C4"]), word)
    with pytest.raises(PlateError) as refused:
        read_plates(write(tmp_path, lines))
    message = str(refused.value)
    for part in ("export.csv", "well C4", '"570"', "line 11", f'"{word}" is not a reading'):
        assert part in message


def test_a_damaged_line_of_gen5_is_refused_not_dropped(tmp_path: Path) -> None:
    lines = ["Software Version\t3.11", "Plate Number\tPlate 1", "Results"]
    both = zip(grid(MAIN, "\t"), grid(OTHER, "\t"), strict=True)
    for row, (main, other) in enumerate(both):
        lines += [main] if row == 0 else [f"{main}\t450", f"\t{other.split(chr(9), 1)[1]}\t570"]
    lines[9] = lines[9].replace(point(OTHER["C4"]), "0.5x")
    with pytest.raises(PlateError, match=r'well C4 of the plate grid "570".*"0.5x"'):
        read_plates(write(tmp_path, lines))
    lines[9] = lines[9].replace("0.5x", point(OTHER["C4"]))
    (plate,) = read_plates(write(tmp_path, lines))
    assert by_reading(plate) == {"450": MAIN, "570": OTHER}


@pytest.mark.parametrize("heading", ["OD450", "OD", "Absorbance", "Label1", "A570"])
def test_a_damaged_column_of_readings_is_refused_not_dropped(tmp_path: Path, heading: str) -> None:
    lines = [f"Well,{heading},OD620"]
    lines += [f"{well},{point(MAIN[well])},{point(OTHER[well])}" for well in WELLS]
    lines[28] = lines[28].replace(point(MAIN["C4"]), "0.5x")
    with pytest.raises(PlateError, match=f'line 29: well C4, column "{heading}": "0.5x" is not'):
        read_plates(write(tmp_path, lines))


def test_a_column_of_other_words_is_left_alone(tmp_path: Path) -> None:
    lines = ["Well,OD450,Result,Comment"]
    lines += [f"{well},{point(MAIN[well])},{OTHER[well]},bubble" for well in WELLS]
    lines[28] = lines[28].replace(f",{OTHER['C4']},", ",Range?,")
    assert only_reading(write(tmp_path, lines)) == MAIN


# Which numbers are readings


def test_numeric_names_of_wells_and_layouts_are_no_readings(tmp_path: Path) -> None:
    lines = ["Well,Well ID,Layout,450,570"]
    lines += [
        f"{well},{i},{i},{point(MAIN[well])},{point(OTHER[well])}" for i, well in enumerate(WELLS)
    ]
    (plate,) = read_plates(write(tmp_path, lines))
    assert by_reading(plate) == {"450": MAIN, "570": OTHER}


@pytest.mark.parametrize(
    "computed",
    [
        "A450-A570", "450 nm - 570 nm", "Blank corrected based on Raw Data (450)",
        "Corrected OD450", "OD450 delta", "Normalised 450", "Difference",
    ],
)  # fmt: skip
def test_computed_columns_give_way_to_raw_ones(tmp_path: Path, computed: str) -> None:
    lines = [f"Well,{computed},Raw Data (450)"]
    lines += [f"{well},{point(OTHER[well])},{point(MAIN[well])}" for well in WELLS]
    assert only_reading(write(tmp_path, lines)) == MAIN
    alone = [line.rsplit(",", 1)[0] for line in lines]
    assert only_reading(write(tmp_path, alone)) == OTHER


@pytest.mark.parametrize(
    ("heading", "wavelength"),
    [
        ("OD_450nm_raw", 450), ("Absorbance (450 nm)", 450), ("450nm_rep1", 450), ("A450(1)", 450),
        ("450 (ref 620)", None), ("OD", None),
    ],
)  # fmt: skip
def test_the_wavelength_of_a_heading(
    tmp_path: Path, heading: str, wavelength: float | None
) -> None:
    lines = [f"Well,{heading}", *(f"{well},{point(MAIN[well])}" for well in WELLS)]
    (plate,) = read_plates(write(tmp_path, lines))
    assert by_reading(plate) == {heading: MAIN}
    stated = plate.wells["wavelength_nm"].dropna().unique().tolist()
    assert stated == ([wavelength] if wavelength else [])


@pytest.mark.parametrize("label", ["450-570", "Corrected [450]", "Blanked 450"])
def test_gen5_leaves_computed_lines_out(tmp_path: Path, label: str) -> None:
    lines = ["Software Version\t3.11", "Plate Number\tPlate 1", "Results"]
    both = zip(grid(MAIN, "\t"), grid(OTHER, "\t"), strict=True)
    for row, (main, other) in enumerate(both):
        rest = other.split("\t", 1)[1]
        lines += [main] if row == 0 else [f"{main}\t450", f"\t{rest}\t{label}"]
    assert only_reading(write(tmp_path, lines)) == MAIN


def test_two_reads_at_one_wavelength_must_be_told_apart(
    tmp_path: Path, settings: Callable[..., ElisaSettings]
) -> None:
    lines = ["Well,Read 1:450,Read 2:450"]
    lines += [f"{well},{point(MAIN[well])},{point(OTHER[well])}" for well in WELLS]
    path = write(tmp_path, lines)
    wells = pd.DataFrame(
        {
            "plate": "P1", "file": str(path), "plate_in_file": "", "well": ["A1"],
            "role": "sample", "analyte": "IL-6", "concentration_pg_ml": float("nan"),
            "culture": "c", "dilution": 1.0, "exclude": "",
        }
    )  # fmt: skip
    alone = {"wavelength_nm": 450, "reference_wavelength_nm": None}
    with pytest.raises(PlateError, match='wavelength_nm 450: "Read 1:450", "Read 2:450"; set'):
        read_layout(wells, settings(**alone))
    named = read_layout(wells, settings(**alone | {"wavelength_nm": "Read 2:450"}))
    assert named.loc[named["well"] == "A1", "od"].tolist() == [OTHER["A1"]]


# Where wells stand


def test_a_row_and_a_column_make_a_well(tmp_path: Path) -> None:
    for row, column in (("Well Row", "Well Col"), ("row", "column")):
        lines = [f"{row},{column},Content,Raw Data (450)"]
        lines += [f"{well[0]},{well[1:]},Sample X1,{point(MAIN[well])}" for well in WELLS]
        assert only_reading(write(tmp_path, lines)) == MAIN
        mars = ["User: U,Path: C:,Test ID: 5", "Test name: IL6", "ID1: P1", "", *lines]
        assert only_reading(write(tmp_path, mars)) == MAIN


@pytest.mark.parametrize("written", ["{}:{}", "{}-{:02d}", "{}_{}", "{} {}"])
def test_separators_inside_a_well_s_name(tmp_path: Path, written: str) -> None:
    lines = ["Well,OD450"]
    lines += [f"{written.format(well[0], int(well[1:]))},{point(MAIN[well])}" for well in WELLS]
    assert only_reading(write(tmp_path, lines)) == MAIN


@pytest.mark.parametrize("damaged", ["C", "C0", "C 123", "c?"])
def test_a_damaged_well_s_name_is_refused_not_dropped(tmp_path: Path, damaged: str) -> None:
    lines = ["Well,OD450", *(f"{well},{point(MAIN[well])}" for well in WELLS)]
    lines[28] = lines[28].replace("C4", damaged)
    with pytest.raises(PlateError, match=r'line 29: "' + damaged.replace("?", r"\?") + '" is not'):
        read_plates(write(tmp_path, lines))


def test_lines_of_means_between_wells_are_passed_over(tmp_path: Path) -> None:
    lines = ["Well,OD450", *(f"{well},{point(MAIN[well])}" for well in WELLS)]
    lines[5:5] = ["Mean,0.4", ",0.5", "", "CV,12"]
    assert only_reading(write(tmp_path, lines)) == MAIN


@pytest.mark.parametrize("gap", [0, 1, 3])
def test_grids_side_by_side_are_both_read(tmp_path: Path, gap: int) -> None:
    pairs = zip(grid(MAIN, corner="450"), grid(OTHER, corner="570"), strict=True)
    lines = [left + "," * (gap + 1) + right for left, right in pairs]
    (plate,) = read_plates(write(tmp_path, lines))
    assert by_reading(plate) == {"450": MAIN, "570": OTHER}
    assert plate.wells.groupby("reading")["wavelength_nm"].first().to_dict() == {
        "450": 450,
        "570": 570,
    }


def test_titles_over_grids_side_by_side(tmp_path: Path) -> None:
    pairs = zip(["Plate 1", *grid(MAIN)], ["Plate 2", *grid(OTHER)], strict=True)
    lines = [f"{left},,{right}" for left, right in pairs]
    lines[0] = "Plate 1" + "," * 14 + "Plate 2"
    plates = read_plates(write(tmp_path, lines))
    assert [(plate.name, *by_reading(plate).values()) for plate in plates] == [
        ("Plate 1", MAIN),
        ("Plate 2", OTHER),
    ]


def test_a_layout_beside_the_readings_is_left_alone(tmp_path: Path) -> None:
    layout = ["layout," + ",".join(map(str, COLUMNS))]
    layout += [f"{row}," + ",".join(f"S{column}" for column in COLUMNS) for row in ROWS]
    lines = [f"{left},,{right}" for left, right in zip(grid(MAIN), layout, strict=True)]
    assert only_reading(write(tmp_path, lines)) == MAIN


def test_a_grid_may_stand_far_from_the_margin(tmp_path: Path) -> None:
    lines = ["IL-6 of Monday", *([""] * 6), *("," * 9 + line for line in grid(MAIN, corner="450"))]
    (plate,) = read_plates(write(tmp_path, lines))
    assert by_reading(plate) == {"450": MAIN}


def softmax(name: str, rows: list[str]) -> list[str]:
    header = f"Plate:\t{name}\t1.3\tPlateFormat\tEndpoint\tAbsorbance\tRaw\tFALSE\t1"
    numbers = "\t\t\t\t\t\t1\t450 \t1\t12\t96\t1\t8"
    return [header + numbers, "\tTemperature(C)\t" + "\t".join(map(str, COLUMNS)), *rows]


def test_a_plate_of_softmax_that_was_never_read_hides_no_other(tmp_path: Path) -> None:
    read = ["\t\t" + line.split("\t", 1)[1] for line in grid(MAIN, "\t")[1:]]
    lines = [*softmax("P1", read), "~End", *softmax("P2", ["\t" * 13] * 8), "~End"]
    assert only_reading(write(tmp_path, lines)) == MAIN
    with pytest.raises(PlateError, match=r'plate "P2" \(line 12\) has no readings'):
        read_plates(write(tmp_path, lines[:-1]))
    with pytest.raises(PlateError, match=r'plate "P2" \(line 1\) has no readings'):
        read_plates(write(tmp_path, lines[11:]))


@pytest.mark.parametrize("labels_first", [True, False])
def test_magellan_prints_names_and_values_under_each_other(
    tmp_path: Path, labels_first: bool
) -> None:
    names = "\t".join(f"SM1_{column}" for column in COLUMNS)
    heading, *rows = grid(MAIN, "\t", corner="<>")
    lines = [heading]
    for row in rows:
        letter, values = row.split("\t", 1)
        upper, lower = (names, values) if labels_first else (values, names)
        lines += [f"{letter}\t{upper}", f"\t{lower}"]
    assert only_reading(write(tmp_path, lines)) == MAIN


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.4\n%\xe2\xe3", "a PDF"),
        (b"\xef\xbb\xbf<html><table><tr><td>A1", "a web page"),
        (b'\r\n<?xml version="1.0"?><Workbook/>', "an XML document"),
        (
            b"PK\x03\x04" + 26 * b"\0" + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
            "an OpenDocument spreadsheet",
        ),
    ],
)  # fmt: skip
def test_files_of_another_kind_are_named(tmp_path: Path, content: bytes, kind: str) -> None:
    path = tmp_path / "export.xls"
    path.write_bytes(content)
    with pytest.raises(PlateError, match=f"this is {kind}, which is not read; open it"):
        read_plates(path)


def test_softmax_on_any_sheet_of_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Notes", "washed twice"])
    sheet = book.create_sheet("Plate1")
    header = ["Plate:", "P", 1.3, "PlateFormat", "Endpoint", "Absorbance", "Raw", "FALSE", 1]
    sheet.append([*header, *[None] * 5, 1, 450, 1, 12, 96, 1, 8])
    sheet.append([None, "Temperature(°C)", *COLUMNS])
    for row in ROWS:
        sheet.append([None, 23.4, *(MAIN[f"{row}{column}"] for column in COLUMNS)])
    sheet.append(["~End"])
    path = tmp_path / "export.xlsx"
    book.save(path)
    (plate,) = read_plates(path)
    assert by_reading(plate) == {"450": MAIN}
