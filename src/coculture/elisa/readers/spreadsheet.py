"""The sheets of a workbook (.xlsx, .xls) as rows of text, up to the size of an export."""

import datetime
import io
import zipfile
from collections.abc import Callable, Iterable

from coculture.exchange.problems import CocultureError
from coculture.exchange.unicode_forms import composed

ZIP = b"PK\x03\x04"
OLE2 = b"\xd0\xcf\x11\xe0"
"""The first bytes of an .xlsx and an .xls."""
_MOST_UNPACKED_MB = 100
MOST_CELLS = 200_000
"""More than the largest export of a plate reader, and small enough for any workstation."""
Rows = list[list[str]]


class SpreadsheetError(CocultureError):
    """A workbook cannot be read, or is larger than any export; the message says what to do."""


def sheets(data: bytes) -> list[tuple[str, Rows]]:
    """Name and rows of stripped text of each sheet of the workbook whose bytes are `data`.

    Raises
    ------
    SpreadsheetError
        If it is damaged, has no sheet, or is larger than any plate export once unpacked.
    """
    read: Callable[[bytes], list[tuple[str, Rows]]] = _xlsx if data.startswith(ZIP) else _xls
    try:
        found = read(data)
    except SpreadsheetError:
        raise
    # What a damaged file raises depends on the damaged byte: zip, XML, struct, index errors ...
    except Exception as error:
        raise SpreadsheetError(
            f"the spreadsheet is damaged, or the file is no spreadsheet ({error}); export it again"
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
            f"has {unpacked_mb:,.0f} MB once unpacked (limit {_MOST_UNPACKED_MB} MB) and is not "
            "opened; export only the plate"
        )
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    found = []
    for sheet in book.worksheets:
        # The stated size of a sheet may include formatted empty rows: up to a million.
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
    """Rows of text, all as wide as the widest, without empty rows at the end.

    Spreadsheets leave empty cells at the end of a row out; in a text file such a row lost cells.
    """
    rows: Rows = []
    last, cells = 0, 0
    for row in values:
        rows.append([_text(value) for value in row])
        cells += len(rows[-1]) + 1
        if cells > MOST_CELLS:
            raise SpreadsheetError(
                f"the sheet {sheet} has more than {MOST_CELLS:,} cells; delete the rows and "
                "columns beyond the readings, or export only the plate"
            )
        if any(rows[-1]):
            last = len(rows)
    width = max(map(len, rows[:last]), default=0)
    if width * last > MOST_CELLS:
        return rows[:last]
    return [row + [""] * (width - len(row)) for row in rows[:last]]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return composed(str(value)).strip()
