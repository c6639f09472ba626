"""Exports that were edited, cut or renamed: no reader may give one well's value to another."""

import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from coculture.elisa import PlateError, read_plates

COLUMNS = range(1, 13)


def od(row: int, column: int) -> float:
    """An OD that tells its well: row 3, column 11 reads 0.311."""
    return round(row / 10 + column / 1000, 3)


def expected(rows: str = "ABCDEFGH") -> dict[str, float]:
    return {f"{r}{c}": od("ABCDEFGH".index(r) + 1, c) for r in rows for c in COLUMNS}


def readings(path: Path) -> dict[str, float]:
    """The ODs of the file's only plate; wells that are not ok are left out."""
    (plate,) = read_plates(path)
    ok = plate.wells[plate.wells["state"] == "ok"]
    assert ok["well"].is_unique
    return dict(zip(ok["well"], ok["od"], strict=True))


def states(path: Path) -> pd.Series:
    (plate,) = read_plates(path)
    return plate.wells.set_index("well")["state"]


def write(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines))
    return path


def grid(separator: str, label: str = "", corner: str = "") -> list[str]:
    """A heading and eight lettered lines, with a label at the right end where one is given."""
    end = [label] if label else []
    return [
        separator.join([corner, *map(str, COLUMNS)]),
        *(
            separator.join([letter, *(f"{od(row, c):.3f}" for c in COLUMNS), *end])
            for row, letter in enumerate("ABCDEFGH", 1)
        ),
    ]


# SoftMax Pro: rows without letters

SOFTMAX_HEADER = (
    "Plate:\tP\t1.3\tPlateFormat\tEndpoint\tAbsorbance\tRaw\tFALSE\t1"
    "\t\t\t\t\t\t1\t450 \t1\t12\t96\t1\t8"
)
F, H = 5, 7


def softmax(rows: list[str], header: str = SOFTMAX_HEADER) -> list[str]:
    heading = "\tTemperature(C)\t" + "\t".join(map(str, COLUMNS))
    return ["##BLOCKS= 1", header, heading, *rows, "", "~End"]


def softmax_rows() -> list[str]:
    return ["\t\t" + "\t".join(f"{od(row, c):.3f}" for c in COLUMNS) for row in range(1, 9)]


@pytest.mark.parametrize("blank", ["", "\t" * 13])
def test_a_blank_row_of_softmax_is_missing_and_shifts_no_other(tmp_path: Path, blank: str) -> None:
    rows = softmax_rows()
    rows[F] = blank
    path = write(tmp_path / "blank.txt", softmax(rows))
    assert readings(path) == expected("ABCDEGH")
    assert states(path)[[f"F{c}" for c in COLUMNS]].eq("missing").all()


def test_a_blank_last_row_of_softmax_is_missing(tmp_path: Path) -> None:
    rows = softmax_rows()
    rows[H] = "\t" * 13
    path = write(tmp_path / "blank.txt", softmax(rows))
    assert readings(path) == expected("ABCDEFG")
    assert states(path)["H12"] == "missing"


@pytest.mark.parametrize("lost", [0, F, H])
@pytest.mark.parametrize("widened", [False, True])
def test_a_lost_row_of_softmax_is_refused(tmp_path: Path, lost: int, widened: bool) -> None:
    """Widened: a spreadsheet saved the file, all lines have as many cells."""
    rows = softmax_rows()
    del rows[lost]
    lines = softmax(rows)
    if widened:
        lines = [line + "\t" * (20 - line.count("\t")) for line in lines]
    path = write(tmp_path / "lost.txt", lines)
    with pytest.raises(PlateError, match=r'plate "P" \(line 2\) has 7 rows .* header states 8'):
        read_plates(path)


def test_a_row_too_many_of_softmax_is_refused(tmp_path: Path) -> None:
    rows = softmax_rows()
    path = write(tmp_path / "many.txt", softmax([*rows, rows[0]]))
    with pytest.raises(PlateError, match="has 9 rows of wells where its header states 8"):
        read_plates(path)


def test_softmax_counts_the_rows_of_a_part_of_a_plate(tmp_path: Path) -> None:
    header = SOFTMAX_HEADER.removesuffix("1\t8") + "3\t2"
    path = write(tmp_path / "part.txt", softmax(softmax_rows()[2:4], header))
    assert readings(path) == expected("CD")


def test_softmax_without_a_stated_number_of_rows_is_refused(tmp_path: Path) -> None:
    header = SOFTMAX_HEADER.removesuffix("\t1\t8") + "\tx\ty"
    path = write(tmp_path / "header.txt", softmax(softmax_rows(), header))
    with pytest.raises(PlateError, match="does not end with the first row and the number of rows"):
        read_plates(path)


def test_a_blank_plate_of_softmax_has_no_measurement(tmp_path: Path) -> None:
    rows = ["\t\t" + "\t".join(["NaN"] * 12)] * 8
    path = write(tmp_path / "blank.txt", softmax(rows))
    with pytest.raises(PlateError, match="without a single measurement"):
        read_plates(path)


# Grids with lettered rows

VENDORS = {
    "plain": ([], grid(",")),
    "tecan": (["Label: OD"], grid("\t", corner="<>")),
    "gen5": (
        ["Software Version\t3.12", "Plate Number\tPlate 1", "", "Results"],
        grid("\t", "abs450:450"),
    ),
    "envision": (
        ["Plate information", "Plate,Barcode", "1,", "", "Results for A450(1)"],
        grid(","),
    ),
    "mars": (["User: X", "Test name: ELISA", "", "Raw Data (450)"], grid(",")),
    "skanit": (["Absorbance 1", "Wavelength: 450 nm", "Plate 1"], grid("\t", corner="Abs")),
}


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_vendor_reads_the_whole_grid(tmp_path: Path, vendor: str) -> None:
    above, lines = VENDORS[vendor]
    assert readings(write(tmp_path / "export.txt", [*above, *lines])) == expected()


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("blank", [None, "", "F"])
def test_a_lost_lettered_row_shifts_and_hides_no_other(
    tmp_path: Path, vendor: str, blank: str | None
) -> None:
    above, lines = VENDORS[vendor]
    lines = [*lines[:6], *([] if blank is None else [blank]), *lines[7:]]
    assert readings(write(tmp_path / "export.txt", [*above, *lines])) == expected("ABCDEGH")


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_letter_that_stands_twice_is_refused(tmp_path: Path, vendor: str) -> None:
    above, lines = VENDORS[vendor]
    path = write(tmp_path / "export.txt", [*above, *lines[:4], lines[3], *lines[4:]])
    line = len(above) + 5
    with pytest.raises(PlateError, match=f"line {line}: row C stands .* a second time") as caught:
        read_plates(path)
    assert str(caught.value).startswith(str(path))


def test_a_lost_line_of_gen5_gives_no_reading_for_another(tmp_path: Path) -> None:
    raw = grid("\t", "450")
    blanked = [line.replace("B\t", "\t", 1) for line in grid("\t", "Blank 450")]
    lines = [raw[0]]
    for row, computed in zip(raw[1:], blanked[1:], strict=True):
        lines += [row, computed if computed.startswith("\t") else "\t" + computed.split("\t", 1)[1]]
    above = ["Software Version\t3.12", "Plate Number\tPlate 1", "", "Results"]
    assert readings(write(tmp_path / "whole.txt", [*above, *lines])) == expected()
    del lines[4]
    lost = write(tmp_path / "lost.txt", [*above, *lines])
    with pytest.raises(PlateError, match="row B of the plate grid has not the same lines"):
        read_plates(lost)


def test_grids_directly_under_each_other_are_both_read(tmp_path: Path) -> None:
    path = write(tmp_path / "stacked.csv", [*grid(","), *grid(",")])
    assert [len(plate.wells) for plate in read_plates(path)] == [96, 96]


# Decimal commas between commas


@pytest.mark.parametrize("vendor", ["plain", "envision", "mars"])
@pytest.mark.parametrize(("filled", "widened"), [(2, False), (12, False), (12, True)])
def test_decimal_commas_between_commas_are_refused(
    tmp_path: Path, vendor: str, filled: int, widened: bool
) -> None:
    above, lines = VENDORS[vendor]
    heading = lines[0] + "," * 12 * widened
    rows = [
        ",".join([letter, *(f"0,{row}{c:02d}" for c in COLUMNS[:filled]), *[""] * (12 - filled)])
        for row, letter in enumerate("ABCDEFGH", 1)
    ]
    path = write(tmp_path / "comma.csv", [*above, heading, *rows])
    with pytest.raises(PlateError, match=r"row A has more cells .* semicolons between the cells"):
        read_plates(path)


@pytest.mark.parametrize("filled", [2, 12])
def test_decimal_commas_between_commas_of_softmax_are_refused(tmp_path: Path, filled: int) -> None:
    rows = [
        ",," + ",".join([*(f"0,{row}{c:02d}" for c in COLUMNS[:filled]), *[""] * (12 - filled)])
        for row in range(1, 9)
    ]
    lines = [line.replace("\t", ",") for line in softmax(rows)]
    path = write(tmp_path / "softmax.csv", lines)
    with pytest.raises(PlateError, match=r"line 4 has more cells .* decimal commas"):
        read_plates(path)


@pytest.mark.parametrize("heading", ["well,od", "well,od,", "Well,450,570"])
def test_decimal_commas_between_commas_of_a_table_are_refused(tmp_path: Path, heading: str) -> None:
    rows = [f"A{c}" + f",0,{c}50" * (heading.strip(",").count(",")) for c in COLUMNS]
    path = write(tmp_path / "long.csv", [heading, *rows])
    with pytest.raises(PlateError, match=r"line 2: well A1 has more cells .* semicolons"):
        read_plates(path)


# A well twice


def test_a_well_twice_in_a_long_table_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "long.csv", ["well,od", "A1,0.1", "A2,0.2", "A01,0.3"])
    with pytest.raises(PlateError, match="line 4: well A1 stands in the table a second time"):
        read_plates(path)


def test_a_well_once_a_wavelength_and_plate_is_no_doubling(tmp_path: Path) -> None:
    rows = [f"{p},A1,{nm},0.1" for p in ("p1", "p2") for nm in (450, 570)]
    path = write(tmp_path / "long.csv", ["plate,well,wavelength,od", *rows])
    assert [len(plate.wells) for plate in read_plates(path)] == [2, 2]
    write(path, ["plate,well,wavelength,od", *rows, "p2,A1,450,0.2"])
    with pytest.raises(PlateError, match=r'line 6: well A1 of plate "p2" .*reading "450"'):
        read_plates(path)


def test_a_list_that_repeats_the_matrix_is_not_read_twice(tmp_path: Path) -> None:
    above, lines = VENDORS["gen5"]
    table = ["", "Well\tabs450:450", *(f"{well}\t{value}" for well, value in expected().items())]
    path = write(tmp_path / "both.txt", [*above, *lines, *table])
    assert readings(path) == expected()
    write(path, [*above, *lines, *table[:-1], "H12\t9.9"])
    with pytest.raises(PlateError, match="has well H12 more than once, with different values"):
        read_plates(path)


def test_a_plate_that_was_read_twice_at_one_wavelength_is_refused(tmp_path: Path) -> None:
    above, lines = VENDORS["envision"]
    other = [line.replace("A,0.101", "A,0.102") for line in lines]
    path = write(tmp_path / "twice.csv", [*above, *lines, "", *above, *other])
    with pytest.raises(PlateError, match='plate "Plate 1" has well A1 more than once'):
        read_plates(path)


# Plates of one name


def test_plates_of_one_name_are_all_numbered(tmp_path: Path) -> None:
    block = softmax(softmax_rows())[1:]
    other = [line.replace("\tP\t", "\tP (1)\t") for line in block]
    path = write(tmp_path / "names.txt", [*block, *block, *other])
    assert [plate.name for plate in read_plates(path)] == ["P (2)", "P (3)", "P (1)"]


# Spreadsheets by content


@pytest.fixture
def workbook(tmp_path: Path) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["", *COLUMNS])
    for row, letter in enumerate("ABCDEFGH", 1):
        sheet.append([letter, *(od(row, c) for c in COLUMNS)])
    book.save(tmp_path / "saved.xlsx")
    return (tmp_path / "saved.xlsx").read_bytes()


@pytest.mark.parametrize("name", ["export.xlsx", "export.txt", "export.xls", "export"])
def test_a_spreadsheet_is_known_by_its_content(tmp_path: Path, name: str, workbook: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(workbook)
    assert readings(path) == expected()


@pytest.mark.parametrize("name", ["export.xlsx", "export.txt"])
def test_damaged_spreadsheets_are_refused(tmp_path: Path, name: str, workbook: bytes) -> None:
    path = tmp_path / name
    half = len(workbook) // 2
    ole2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    for data in (
        b"PK\x03\x04 and then nothing",
        workbook[:half],
        workbook[:60] + b"\0" * 300 + workbook[360:],
        ole2,
        ole2 + bytes(range(256)) * 8,
    ):
        path.write_bytes(data)
        with pytest.raises(PlateError, match="the spreadsheet is damaged") as caught:
            read_plates(path)
        assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize("name", ["export.xlsx", "export.zip", "export.txt"])
def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("export.csv", "well,od\nA1,0.1\n")
    with pytest.raises(PlateError, match="damaged, or the file is none"):
        read_plates(path)


@pytest.mark.usefixtures("workbook")
def test_a_workbook_whose_sheet_is_no_xml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.xlsx"
    with zipfile.ZipFile(tmp_path / "saved.xlsx") as whole, zipfile.ZipFile(path, "w") as damaged:
        for part in whole.namelist():
            text = whole.read(part)
            damaged.writestr(part, text[: len(text) // 2] if "sheet1" in part else text)
    with pytest.raises(PlateError, match="the spreadsheet is damaged"):
        read_plates(path)


def _with_sheet(path: Path, workbook: Path, sheet: bytes) -> Path:
    """`workbook` written to `path` with another XML in the place of its first sheet."""
    with (
        zipfile.ZipFile(workbook) as whole,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in whole.namelist():
            new.writestr(part, sheet if part.endswith("sheet1.xml") else whole.read(part))
    return path


_SHEET = (
    b'<?xml version="1.0"?>%s<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/'
    b'2006/main"><dimension ref="A1:XFD1048576"/><sheetData>%s</sheetData></worksheet>'
)
_FAR_ROWS = b"".join(
    b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (row, row) for row in range(1, 200)
)
_LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (level, b"&l%d;" % (level - 1) * 10) for level in range(1, 10)
)


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        (_SHEET % (b"", b" " * 150_000_000), "unpacks to 150 MB, and no plate export has"),
        (_SHEET % (b"", _FAR_ROWS), "has more than 2,000,000 cells"),
        (
            _SHEET % (b"", b'<row r="2000000000"><c r="A2000000000"><v>1</v></c></row>'),
            "has more than 2,000,000 cells",
        ),
        (
            _SHEET
            % (
                b'<!DOCTYPE worksheet [<!ENTITY l0 "ha">%s]>' % _LAUGHS,
                b'<row r="1"><c r="A1" t="str"><v>&l9;</v></c></row>',
            ),
            "the spreadsheet is damaged",
        ),
    ],
    ids=["zip bomb", "far columns", "far row", "a billion laughs"],
)
def test_what_unpacks_to_more_than_a_machine_holds_is_refused(
    tmp_path: Path, sheet: bytes, said: str
) -> None:
    pd.DataFrame([[0.1, 0.2]]).to_excel(tmp_path / "plain.xlsx")
    path = _with_sheet(tmp_path / "bomb.xlsx", tmp_path / "plain.xlsx", sheet)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(PlateError, match=said) as caught:
        read_plates(path)
    assert str(path) in str(caught.value)


def test_the_stated_size_of_a_sheet_is_not_that_of_its_readings(tmp_path: Path) -> None:
    """A spreadsheet program that formatted whole columns states a million rows."""
    plain, path = tmp_path / "plain.xlsx", tmp_path / "wide.xlsx"
    grid = [[od(row, column) for column in COLUMNS] for row in range(1, 9)]
    pd.DataFrame(grid, index=list("ABCDEFGH"), columns=COLUMNS).to_excel(plain)
    with zipfile.ZipFile(plain) as whole:
        sheet = whole.read("xl/worksheets/sheet1.xml")
    assert b'<dimension ref="A1:M9"' in sheet
    _with_sheet(path, plain, sheet.replace(b'ref="A1:M9"', b'ref="A1:XFD1048576"'))
    assert readings(path) == expected()
