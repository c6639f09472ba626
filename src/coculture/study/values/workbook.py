"""A table in a workbook (.xlsx), as the same rows of text that a CSV file gives."""

import datetime
import io
from collections.abc import Iterator

import openpyxl
from openpyxl.utils import get_column_letter

from coculture.exchange.problems import CocultureError

SIGNATURE = b"PK\x03\x04"
"""The first bytes of an .xlsx."""
OLD_SIGNATURE = b"\xd0\xcf\x11\xe0"
"""The first bytes of an .xls."""
_DIGITS = 15
"""Digits of a number that Excel keeps: a percent times 100 is 45.3, not 45.300000000000004."""


class WorkbookError(CocultureError):
    """A workbook is no table; the message continues a sentence that begins with its name."""


def rows(content: bytes) -> list[list[str]]:
    """The rows of the one sheet with cells; a percent as Excel shows it, "45.3 %".

    Raises
    ------
    WorkbookError
        If the file is damaged, has no or several sheets with cells, or formulas without values.
    """
    try:
        values = _sheets(content, data_only=True)
        formulas = _sheets(content, data_only=False)
    # What a damaged file raises depends on the damaged byte.
    except Exception as error:
        raise WorkbookError(f"cannot be read as a workbook ({error}); save it again.") from error
    filled = {name: found for name, found in values.items() if any(map(any, found))}
    for name, found in formulas.items():
        for row, column in _without_value(found, values[name]):
            cell = f"{get_column_letter(column + 1)}{row + 1}"
            raise WorkbookError(
                f"has a formula without a value in {cell} of the sheet {name}; open it in Excel, "
                "save it, and try again."
            )
    if not filled:
        raise WorkbookError("has no cells.")
    if len(filled) > 1:
        raise WorkbookError(
            f"has {len(filled)} sheets with cells ({', '.join(filled)}); keep one, or save it as "
            "CSV."
        )
    return next(iter(filled.values()))


def _sheets(content: bytes, data_only: bool) -> dict[str, list[list[str]]]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=data_only)
    found = {}
    for sheet in book.worksheets:
        # The stated size of a sheet may be wrong.
        sheet.reset_dimensions()
        found[sheet.title] = [
            [_text(cell.value, cell.number_format or "") for cell in row]
            for row in sheet.iter_rows()
        ]
    return found


def _without_value(formulas: list[list[str]], values: list[list[str]]) -> Iterator[tuple[int, int]]:
    for row, (cells, known) in enumerate(zip(formulas, values, strict=True)):
        for column, (cell, value) in enumerate(zip(cells, known, strict=True)):
            if cell.startswith("=") and not value:
                yield row, column


def _text(value: object, number_format: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        if "%" in number_format:
            return f"{_number(float(f'{100 * value:.{_DIGITS}g}'))} %"
        return _number(value)
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value).strip()


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
