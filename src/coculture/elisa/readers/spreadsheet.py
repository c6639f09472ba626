"""The sheets of a workbook (.xlsx, .xls) as rows of text, and never more than an export holds."""

import datetime
import io
import zipfile
from collections.abc import Callable, Iterable

from coculture.exchange.problems import CocultureError

ZIP = b"PK\x03\x04"
OLE2 = b"\xd0\xcf\x11\xe0"
"""What an .xlsx and an .xls begin with."""
_MOST_UNPACKED_MB = 100
_MOST_CELLS = 2_000_000
"""Far more than the largest export of a plate reader, and few enough for any workstation."""

Rows = list[list[str]]


class SpreadsheetError(CocultureError):
    """A workbook cannot be read, or holds more than any export; the message says what to do."""


def sheets(data: bytes) -> list[tuple[str, Rows]]:
    """Name and rows of stripped text of each sheet of the workbook whose bytes are `data`.

    Raises
    ------
    SpreadsheetError
        If it is damaged, has no sheet, or unpacks to more than a plate export can be.
    """
    read: Callable[[bytes], list[tuple[str, Rows]]] = _xlsx if data.startswith(ZIP) else _xls
    try:
        found = read(data)
    except SpreadsheetError:
        raise
    # What a damaged file raises depends on the damaged byte: zip, XML, struct, index errors ...
    except Exception as error:
        raise SpreadsheetError(
            f"the spreadsheet is damaged, or the file is none ({error}); export it again"
        ) from error
    if not found:
        raise SpreadsheetError("the spreadsheet has no sheet with cells; export it again")
    return found


def _xlsx(data: bytes) -> list[tuple[str, Rows]]:
    import openpyxl

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        unpacked_mb = sum(entry.file_size for entry in archive.infolist()) / 1e6
    if unpacked_mb > _MOST_UNPACKED_MB:
        raise SpreadsheetError(
            f"unpacks to {unpacked_mb:,.0f} MB, and no plate export has more than "
            f"{_MOST_UNPACKED_MB} MB; it is not opened. Export the plate alone"
        )
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    found = []
    for sheet in book.worksheets:
        # The size that a sheet states may be that of its formatting: a million empty rows.
        sheet.reset_dimensions()
        found.append((sheet.title, _rows(sheet.title, sheet.values)))
    return found


def _xls(data: bytes) -> list[tuple[str, Rows]]:
    import xlrd

    book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO())
    return [
        (sheet.name, _rows(sheet.name, (sheet.row_values(i) for i in range(sheet.nrows))))
        for sheet in book.sheets()
    ]


def _rows(sheet: str, values: Iterable[Iterable[object]]) -> Rows:
    """Rows of text; empty rows at the end and empty cells at the end of each row are left out."""
    rows: Rows = []
    last, cells = 0, 0
    for row in values:
        rows.append([_text(value) for value in row])
        cells += len(rows[-1]) + 1
        if cells > _MOST_CELLS:
            raise SpreadsheetError(
                f"the sheet {sheet} has more than {_MOST_CELLS:,} cells, and no plate export has; "
                "delete the rows and columns beyond the readings, or export the plate alone"
            )
        if any(rows[-1]):
            last = len(rows)
    return rows[:last]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value).strip()
