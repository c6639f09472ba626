"""A workbook (.xlsx) as sheets of text, each cell as the text that a CSV file would have."""

import datetime
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from coculture.exchange import input_file
from coculture.exchange.problems import CocultureError
from coculture.exchange.unicode_forms import composed

SIGNATURE = b"PK\x03\x04"
"""The first bytes of an .xlsx."""
OLD_SIGNATURE = b"\xd0\xcf\x11\xe0"
"""The first bytes of an .xls."""
_MOST_UNPACKED_MB = 100
_MOST_CELLS = 1_000_000
"""More than any table of a study, and small enough for any workstation."""
_DIGITS = 15
"""Digits of a number that Excel keeps: a percent times 100 is 45.3, not 45.300000000000004."""

Rows = list[list[str]]


class WorkbookError(CocultureError):
    """A workbook is no table; the message continues a sentence that begins with its name."""


@dataclass(frozen=True)
class Workbook:
    """The sheets of a workbook that have cells: rows of stripped text by the title of the sheet."""

    sheets: Mapping[str, Rows]

    @classmethod
    def of(cls, content: bytes) -> "Workbook":
        """The workbook whose bytes are `content`; a percent is as Excel shows it, "45.3 %".

        Raises
        ------
        WorkbookError
            If the file is damaged or old (.xls), or has formulas without values.
        """
        if content.startswith(OLD_SIGNATURE):
            raise WorkbookError("is an old workbook (.xls); save it as .xlsx or CSV UTF-8.")
        try:
            values = _sheets(content, data_only=True)
            formulas = _sheets(content, data_only=False)
        # What a damaged file raises depends on the damaged byte.
        except Exception as error:
            raise WorkbookError(
                f"cannot be read as a workbook ({error}); save it again."
            ) from error
        for title, found in formulas.items():
            for row, column in _without_value(found, values[title]):
                raise WorkbookError(
                    f"has a formula without a value in {address(row, column)} of the sheet "
                    f"{title}; open it in Excel, save it, and try again."
                )
        return cls({title: rows for title, rows in values.items() if any(map(any, rows))})

    @classmethod
    def read(cls, path: Path) -> "Workbook | None":
        """The workbook at `path`; None if the file is none, or is not there.

        Raises
        ------
        WorkbookError
            As `of`.
        """
        try:
            content = input_file.read_bytes(path)
        except OSError:
            return None
        return cls.of(content) if content.startswith((SIGNATURE, OLD_SIGNATURE)) else None

    def titled(self, name: str) -> str | None:
        """The title of the sheet `name`, whatever its capitals; None if there is none."""
        return next((one for one in self.sheets if one.strip().lower() == name.lower()), None)

    def only(self) -> str:
        """The title of the one sheet with cells.

        Raises
        ------
        WorkbookError
            If it has none, or several.
        """
        if not self.sheets:
            raise WorkbookError("has no cells.")
        if len(self.sheets) > 1:
            raise WorkbookError(
                f"has {len(self.sheets)} sheets with cells ({', '.join(self.sheets)}); keep one, "
                "or save it as CSV."
            )
        return next(iter(self.sheets))


def address(row: int, column: int) -> str:
    """The address of a cell whose row and column are counted from 0.

    >>> address(6, 2)
    'C7'
    """
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(column + 1)}{row + 1}"


# The config and each table ask for the same workbook, once for its values and once for formulas.
@lru_cache(maxsize=4)
def _sheets(content: bytes, data_only: bool) -> dict[str, Rows]:
    import openpyxl  # only a study with a workbook spends the time

    _refuse_larger_than_tables(content)
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=data_only)
    found = {}
    for sheet in book.worksheets:
        # The stated size of a sheet may be wrong.
        sheet.reset_dimensions()
        rows: Rows = []
        cells = 0
        for row in sheet.iter_rows():
            cells += len(row) + 1
            if cells > _MOST_CELLS:
                raise WorkbookError(f"the sheet {sheet.title} has more than {_MOST_CELLS:,} cells")
            rows.append([_text(cell.value, cell.number_format or "") for cell in row])
        found[sheet.title] = rows
    return found


def _refuse_larger_than_tables(content: bytes) -> None:
    """A workbook of a few kB may hold gigabytes."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        unpacked_mb = sum(entry.file_size for entry in archive.infolist()) / 1e6
    if unpacked_mb > _MOST_UNPACKED_MB:
        raise WorkbookError(f"it has {unpacked_mb:,.0f} MB once unpacked")


def _without_value(formulas: Rows, values: Rows) -> Iterator[tuple[int, int]]:
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
    return composed(str(value)).strip()


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
