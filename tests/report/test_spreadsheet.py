"""The workbook: one sheet a table, values as they are, the same bytes again."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from coculture.report import Results, write_spreadsheet
from coculture.report.spreadsheet import SpreadsheetError

MakeResults = Callable[..., Results]

TABLE = pd.DataFrame(
    {
        "culture": ["=1+1", "+cmd|' /C calc'!A0", "-5", "@SUM(A1)", "007"],
        "flags": ["", "http://nowhere", "{=1}", "a\nb", "x"],
        "percent_apoptotic": [12.34567890123456, float("nan"), -3.0, float("inf"), 1e-9],
        "n": [1, 2, 3, 4, 5],
        "used": [True, False, True, True, True],
    }
)


@pytest.fixture
def workbook(results: MakeResults, tmp_path: Path) -> Any:
    columns = pd.DataFrame(
        [("cultures.csv", "percent_apoptotic", "%", "Early and late together")],
        columns=["table", "column", "unit", "definition"],
    )
    tables = {"clinical/changes.csv": TABLE, "cultures.csv": TABLE, "columns.csv": columns}
    tables["flags.csv"] = pd.DataFrame({"code": ["few_events"], "value": 12.0})
    write_spreadsheet(results(tables=tables), tmp_path / "report.xlsx")
    return openpyxl.load_workbook(tmp_path / "report.xlsx")


def test_each_table_has_a_sheet_after_the_notes(workbook: Any) -> None:
    assert workbook.sheetnames == [
        *(
            "notes",
            "findings",
            "finding tests",
            "contrasts",
            "arms",
            "endpoints",
            "cultures",
            "flags",
        ),
        "clinical changes",
    ]


def test_values_are_kept_as_they_are(workbook: Any) -> None:
    rows = list(workbook["cultures"].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == list(TABLE["culture"])
    assert [row[1] for row in rows] == [None, "http://nowhere", "{=1}", "a\nb", "x"]
    assert [row[2] for row in rows] == [12.34567890123456, None, -3, "inf", 1e-9]
    assert [row[3] for row in rows] == [1, 2, 3, 4, 5]
    kinds = {cell.data_type for row in workbook["cultures"].iter_rows() for cell in row}
    assert "f" not in kinds
    assert not any(cell.hyperlink for row in workbook["cultures"].iter_rows() for cell in row)


def test_headings_are_frozen_and_nothing_is_merged(workbook: Any) -> None:
    for sheet in workbook.worksheets[1:]:
        assert sheet.freeze_panes == "A2"
        assert not sheet.merged_cells.ranges
    assert [cell.value for cell in workbook["cultures"][1]] == list(TABLE.columns)
    assert all(cell.font.bold for cell in workbook["cultures"][1])
    # Five columns and five rows below the headings.
    assert workbook["cultures"].auto_filter.ref == "A1:E6"


def test_the_notes_give_unit_and_definition(workbook: Any) -> None:
    rows = list(workbook["notes"].iter_rows(values_only=True))
    assert ("cultures", "percent_apoptotic", "%", "Early and late together") in rows


def test_a_second_run_gives_the_same_bytes(results: MakeResults, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_spreadsheet(results(), tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as packed:
        assert {member.date_time for member in packed.infolist()} == {(1980, 1, 31, 0, 0, 0)}
        assert b"1980-01-01T00:00:00Z" in packed.read("docProps/core.xml")


def test_a_text_too_long_for_a_cell_is_rejected_with_its_place(
    results: MakeResults, tmp_path: Path
) -> None:
    table = pd.DataFrame({"culture": ["a", "x" * 40_000]})
    with pytest.raises(SpreadsheetError, match=r"cultures\.csv, column culture, row 3: a text of"):
        write_spreadsheet(results(tables={"cultures.csv": table}), tmp_path / "report.xlsx")


def test_a_text_as_long_as_a_cell_may_be_is_kept(results: MakeResults, tmp_path: Path) -> None:
    # Excel's limit: 32,767 characters.
    text = "x" * 32_767
    table = pd.DataFrame({"culture": [text]})
    write_spreadsheet(results(tables={"cultures.csv": table}), tmp_path / "report.xlsx")
    assert openpyxl.load_workbook(tmp_path / "report.xlsx")["cultures"]["A2"].value == text


def test_a_number_is_shown_with_four_digits_and_kept_with_all(workbook: Any) -> None:
    cells = workbook["cultures"]["C"][1:]
    assert [cell.number_format for cell in cells] == [
        *("0.00", "General", "0", "General", "0.000E+00")
    ]
    assert cells[0].value == 12.34567890123456


def test_a_sentence_is_wrapped(results: MakeResults, tmp_path: Path) -> None:
    sentence = "In IL-1β cells IL-1Ra lowered IL-6 more than DEX did."
    table = pd.DataFrame({"sentence": [sentence], "id": "1a"})
    write_spreadsheet(results(tables={"clinical/changes.csv": table}), tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["clinical changes"]
    assert sheet["A2"].alignment.wrap_text
    assert not sheet["B2"].alignment.wrap_text
    assert sheet.column_dimensions["A"].width > 40
