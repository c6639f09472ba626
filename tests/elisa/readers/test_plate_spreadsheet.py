"""Workbooks: damaged ones, foreign ones, and ones that unpack to too much."""

import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from coculture.elisa import PlateError, read_plates
from tests.elisa.readers.written_exports import COLUMNS, expected, only_reading, row_od


@pytest.fixture
def saved_workbook(tmp_path: Path) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["", *COLUMNS])
    for row, letter in enumerate("ABCDEFGH", 1):
        sheet.append([letter, *(row_od(row, c) for c in COLUMNS)])
    book.save(tmp_path / "saved.xlsx")
    return (tmp_path / "saved.xlsx").read_bytes()


_FAR_ROWS = b"".join(
    b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (row, row) for row in range(1, 200)
)


@pytest.mark.parametrize("name", ["export.xlsx", "export.txt", "export.xls", "export"])
def test_a_spreadsheet_is_known_by_its_content(
    tmp_path: Path, name: str, saved_workbook: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(saved_workbook)
    assert only_reading(path) == expected()


@pytest.mark.parametrize("name", ["export.xlsx", "export.txt"])
def test_damaged_spreadsheets_are_refused(tmp_path: Path, name: str, saved_workbook: bytes) -> None:
    path = tmp_path / name
    half = len(saved_workbook) // 2
    ole2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    for data in (
        b"PK\x03\x04 and then nothing",
        saved_workbook[:half],
        saved_workbook[:60] + b"\0" * 300 + saved_workbook[360:],
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
    with pytest.raises(PlateError, match="damaged, or the file is no spreadsheet"):
        read_plates(path)


@pytest.mark.usefixtures("saved_workbook")
def test_a_workbook_whose_sheet_is_no_xml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.xlsx"
    with zipfile.ZipFile(tmp_path / "saved.xlsx") as whole, zipfile.ZipFile(path, "w") as damaged:
        for part in whole.namelist():
            text = whole.read(part)
            damaged.writestr(part, text[: len(text) // 2] if "sheet1" in part else text)
    with pytest.raises(PlateError, match="the spreadsheet is damaged"):
        read_plates(path)


def _with_sheet(path: Path, saved_workbook: Path, sheet: bytes) -> Path:
    """`saved_workbook` written to `path` with another XML in the place of its first sheet."""
    with (
        zipfile.ZipFile(saved_workbook) as whole,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in whole.namelist():
            new.writestr(part, sheet if part.endswith("sheet1.xml") else whole.read(part))
    return path


_SHEET = (
    b'<?xml version="1.0"?>%s<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/'
    b'2006/main"><dimension ref="A1:XFD1048576"/><sheetData>%s</sheetData></worksheet>'
)


_LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (level, b"&l%d;" % (level - 1) * 10) for level in range(1, 10)
)


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        (_SHEET % (b"", b" " * 150_000_000), "has 150 MB once unpacked"),
        (_SHEET % (b"", _FAR_ROWS), "has more than 200,000 cells"),
        (
            _SHEET % (b"", b'<row r="2000000000"><c r="A2000000000"><v>1</v></c></row>'),
            "has more than 200,000 cells",
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
    lettered_grid = [[row_od(row, column) for column in COLUMNS] for row in range(1, 9)]
    pd.DataFrame(lettered_grid, index=list("ABCDEFGH"), columns=COLUMNS).to_excel(plain)
    with zipfile.ZipFile(plain) as whole:
        sheet = whole.read("xl/worksheets/sheet1.xml")
    assert b'<dimension ref="A1:M9"' in sheet
    _with_sheet(path, plain, sheet.replace(b'ref="A1:M9"', b'ref="A1:XFD1048576"'))
    assert only_reading(path) == expected()
