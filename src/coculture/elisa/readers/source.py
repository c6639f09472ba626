"""A file as sheets of rows of cells of text, whatever it is: text, comma-separated, spreadsheet.

Every vendor's reader works on this, so the same Gen5 export reads alike from .txt and .xlsx.
"""

import csv
import datetime
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from coculture.elisa.plate import PlateError

DELIMITERS = ("\t", ";", ",")
_OLE2 = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
# Some file transfers write \r\r\n, which is one line end and not a blank line besides.
_LINE_END = re.compile(r"\r*\n|\r")
_DECIMAL_COMMA = re.compile(r"[-+]?\d*,\d+([eE][-+]?\d+)?")
_OVERFLOW = re.compile(
    r"ovr?flw|over|over ?flow|overrange|out of range|sat|saturated|#sat|\*{3,}|#{3,}|>.*",
    re.IGNORECASE,
)
_MISSING = re.compile(r"|-+|missed|nan|n/?a|empty|no ?data|\?+|under|<.*|#n/a|none", re.IGNORECASE)
_MASKED = re.compile(r"masked|flagged|excluded|\(.*\)", re.IGNORECASE)

Rows = list[list[str]]


@dataclass(frozen=True)
class Sheet:
    """One sheet of a spreadsheet, or the whole of a text file: rows of stripped text."""

    name: str
    rows: Rows


@dataclass(frozen=True)
class Source:
    """A file opened for the readers; rows are counted from 1 in messages, as editors do."""

    path: Path
    sheets: tuple[Sheet, ...]


class LineError(PlateError):
    """A line of a table or grid cannot be used; `read_plates` puts the file before the message."""


class NotThisFormatError(ValueError):
    """A reader does not recognise the file; the message says what it looked for."""


def open_source(path: str | Path) -> Source:
    """Read a text file (UTF-8, UTF-16, Latin-1; any line ends) or a spreadsheet (.xlsx, .xls).

    The content says which it is, not the name: instruments and mail programs rename files.

    Raises
    ------
    PlateError
        If the file is not there, is empty, is a damaged spreadsheet, or is another archive.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PlateError(f"{path}: cannot be opened ({error.strerror})") from error
    if not data.strip():
        raise PlateError(f"{path}: the file is empty")
    if data.startswith(_ZIP):
        return Source(path, _spreadsheet(path, data, _xlsx_sheets))
    if data.startswith(_OLE2):
        return Source(path, _spreadsheet(path, data, _xls_sheets))
    return Source(path, (Sheet("", _text_rows(_decode(data))),))


def number(text: str) -> float | None:
    """The number that a cell holds, with decimal point or decimal comma; None if it holds none.

    >>> number("0.25"), number("0,25"), number("OVRFLW")
    (0.25, 0.25, None)
    """
    if _DECIMAL_COMMA.fullmatch(text):
        text = text.replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) != float("inf") and value == value else None


def optical_density(text: str) -> tuple[float, str] | None:
    """Reading and state (ok, overflow, missing, masked) of a well's cell; None if it is a label.

    >>> optical_density("OVRFLW")
    (nan, 'overflow')
    """
    value = number(text)
    if value is not None:
        return value, "ok"
    for pattern, state in ((_MASKED, "masked"), (_OVERFLOW, "overflow"), (_MISSING, "missing")):
        if pattern.fullmatch(text):
            return float("nan"), state
    return None


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if b"\x00" in data[:200]:
        return data.decode("utf-16-le" if data[1:2] == b"\x00" else "utf-16-be", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _text_rows(text: str) -> Rows:
    lines = _LINE_END.split(text)
    delimiter = max(DELIMITERS, key=lambda d: sum(d in line for line in lines))
    return [
        [cell.strip() for cell in row]
        for line in lines
        for row in (next(csv.reader([line], delimiter=delimiter), []),)
    ]


def _spreadsheet(
    path: Path, data: bytes, read: Callable[[bytes], tuple[Sheet, ...]]
) -> tuple[Sheet, ...]:
    try:
        sheets = read(data)
    # What a damaged file raises depends on the damaged byte: zip, XML, struct, index errors ...
    except Exception as error:
        raise PlateError(
            f"{path}: the spreadsheet is damaged, or the file is none ({error}); export it again"
        ) from error
    if not sheets:
        raise PlateError(f"{path}: the spreadsheet has no sheet with cells; export it again")
    return sheets


def _xlsx_sheets(data: bytes) -> tuple[Sheet, ...]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    return tuple(
        Sheet(sheet.title, [[_cell_text(cell) for cell in row] for row in sheet.values])
        for sheet in book.worksheets
    )


def _xls_sheets(data: bytes) -> tuple[Sheet, ...]:
    import xlrd

    book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO())
    return tuple(
        Sheet(
            sheet.name,
            [[_cell_text(cell) for cell in sheet.row_values(i)] for i in range(sheet.nrows)],
        )
        for sheet in book.sheets()
    )


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value).strip()
