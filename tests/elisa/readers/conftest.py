"""What the tests of several readers share: the real exports, and workbooks to write."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest


@pytest.fixture
def exports(reference: Path) -> Path:
    """The folder of real exports."""
    return reference / "elisa" / "exports"


@pytest.fixture
def failing(reference: Path) -> Path:
    """The folder of exports that an earlier version read wrongly, with made-up values."""
    return reference / "elisa" / "failing"


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Write sheets (name to rows) as a spreadsheet: _ is a space in a name, and __ is a _."""

    def make(**sheets: list[list[object]]) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for name, rows in sheets.items():
            sheet = book.create_sheet(name.replace("_", " ").replace("  ", "_"))
            for row in rows:
                sheet.append(row)
        path = tmp_path / "export.xlsx"
        book.save(path)
        return path

    return make
