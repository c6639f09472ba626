"""A file as sheets of rows of text: from a text file, a comma-separated file or a spreadsheet.

The readers of all vendors use it, so that a .txt and an .xlsx of the same export are read alike.
"""

import codecs
import csv
import re
from dataclasses import dataclass
from pathlib import Path

from coculture.elisa.plates.plate import PlateError
from coculture.elisa.readers import spreadsheet
from coculture.elisa.readers.reading_names import is_wavelength_pair
from coculture.exchange import input_file
from coculture.exchange.problems import CocultureError
from coculture.exchange.unicode_forms import composed

DELIMITERS = ("\t", ";", ",")
_JSON = ("{", "[{")
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument"
_FOREIGN = {
    b"%pdf": "a PDF",
    b"<html": "a web page",
    b"<!doctype html": "a web page",
    b"<table": "a web page",
    b"<?xml": "an XML document",
    b"{\\rtf": "a text document",
}
"""The first bytes of files that are no table, whatever their name is, and what they are."""
# Some file transfers write \r\r\n, which is one line end, not two.
_LINE_END = re.compile(r"\r*\n|\r")
_DECIMAL_COMMA = re.compile(r"[-+]?\d*,\d+([eE][-+]?\d+)?")
_COMMA = re.compile(r"[-+]?\d*(,\d+)+([eE][-+]?\d+)?")
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+")
# No optical density is 10 or more, so 12,345 with three digits is none with a decimal comma.
_BEYOND_OD = re.compile(r"[-+]?[1-9]\d{0,2}(\d,\d{3}|(,\d{3}){2,})")
_FEWEST_THOUSANDS = 3
_OVERFLOW = re.compile(
    r"over(flw)?|ovr(flw)?|ovflw|ofl|over[ -]?(flow|range)|above.*|#?high|out of range|"
    r"#?sat\.?|saturated|\*{3,}|\*+\.\*+|#{3,}|\+{3,}|\+?inf(inity)?|[>≥].*",
    re.IGNORECASE,
)
_MISSING = re.compile(
    r"|[-–—.]+|missed|#?low|[-+]?nan(\(ind\))?|n\.?/?[ad]\.?|empty|no ?data|no ?value|"
    r"not measured|\?+|under|[<≤].*|none|null|invalid|err(or)?|"
    r"#n/a|#(div/0|value|ref|num|name|null)[!?]",
    re.IGNORECASE,
)
# Gen5 prints a masked well between asterisks, with its reading: *0.356*, *OVRFLW*.
_MASKED = re.compile(
    r"masked|flagged|excluded|outlier|\(.*\)|"
    r"\*\s*([-+<>]?\s*\d*[.,]?\d+(e[-+]?\d+)?|ov\w+|missed|\?+)\s*\*",
    re.IGNORECASE,
)
_FEWEST_OF_LAYOUT = 8
_LONGEST_LINE = csv.field_size_limit()
_MOST_COLUMNS = 2_048
_MOST_LINES = 100_000
"""More than the largest export has."""
_HINT = re.compile(r"sep=.?", re.IGNORECASE)
_FORMULA = re.compile(r'="(.*)"')

Rows = spreadsheet.Rows


@dataclass(frozen=True)
class Sheet:
    """One sheet of a spreadsheet, or a whole text file, as rows of stripped text."""

    name: str
    rows: Rows


@dataclass(frozen=True)
class Source:
    """An opened file; messages count its rows from 1, as editors do."""

    path: Path
    sheets: tuple[Sheet, ...]
    text: str = ""
    """The whole text; empty for a spreadsheet."""


class LineError(PlateError):
    """A line of a table or grid cannot be used; `read_plates` adds the file to the message."""


class NotThisFormatError(CocultureError):
    """A reader does not recognise the file; the message says what is missing."""


def open_source(path: str | Path) -> Source:
    """Read a text file (UTF-8, UTF-16, Latin-1; any line ends) or a spreadsheet (.xlsx, .xls).

    The content decides, not the name: instruments and mail programs rename files.

    Raises
    ------
    PlateError
        If the file does not exist, is empty, is a damaged spreadsheet, is of a kind that cannot be
        read (PDF, web page, OpenDocument, another archive), or has commas between thousands.
    """
    path = Path(path)
    try:
        data = input_file.read_bytes(path)
    except OSError as error:
        raise PlateError(f"{path}: cannot be opened ({error.strerror})") from error
    if not data.strip():
        raise PlateError(f"{path}: the file is empty")
    foreign = _what_else(data)
    if foreign:
        raise PlateError(
            f"{path}: this is {foreign}, which cannot be read; open it in a spreadsheet program "
            "and save it as .xlsx, or export it again as text"
        )
    if data.startswith((spreadsheet.ZIP, spreadsheet.OLE2)):
        try:
            found = spreadsheet.sheets(data)
        except spreadsheet.SpreadsheetError as error:
            raise PlateError(f"{path}: {error}") from error
        for _, rows in found:
            _refuse_thousands(path, rows)
        return Source(path, tuple(Sheet(name, rows) for name, rows in found))
    text = composed(_decode(data))
    rows = [] if text.lstrip().startswith(_JSON) else _text_rows(path, text)
    _refuse_thousands(path, rows)
    return Source(path, (Sheet("", rows),), text)


def _refuse_thousands(path: Path, rows: Rows) -> None:
    """Refuse a sheet whose commas stand between thousands (12,345): they would be read as decimals.

    Every number with a comma has three digits behind it and no leading zero, and some are too high
    for an optical density.
    """
    found = [
        (line, cell)
        for line, row in enumerate(rows, 1)
        for cell in row
        if "," in cell and _COMMA.fullmatch(cell) and not is_wavelength_pair(cell)
    ]
    if not all(_THOUSANDS.fullmatch(cell) for _, cell in found):
        return
    beyond = [(line, cell) for line, cell in found if _BEYOND_OD.fullmatch(cell)]
    if len(beyond) >= _FEWEST_THOUSANDS:
        line, cell = beyond[0]
        raise PlateError(
            f'{path}: line {line}: "{cell}" may be {cell.replace(",", "")} or '
            f"{cell.replace(',', '.', 1).replace(',', '')}; export the numbers without separators "
            "between thousands"
        )


def _what_else(data: bytes) -> str:
    """The kind of a file that is known but cannot be read; empty for other files."""
    if _OPEN_DOCUMENT in data[:200]:
        return "an OpenDocument spreadsheet"
    start = data.removeprefix(codecs.BOM_UTF8).lstrip()[:20].lower()
    return next((kind for mark, kind in _FOREIGN.items() if start.startswith(mark)), "")


def number(text: str) -> float | None:
    """The number in a cell, with decimal point or decimal comma; None without one.

    >>> number("0.25"), number("0,25"), number("OVRFLW")
    (0.25, 0.25, None)
    """
    # Python reads 0_25 as 25.
    if "_" in text:
        return None
    text = text.replace("\N{MINUS SIGN}", "-")
    if _DECIMAL_COMMA.fullmatch(text):
        text = text.replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) != float("inf") and value == value else None


def optical_density(text: str) -> tuple[float, str] | None:
    """Reading and state (ok, overflow, missing, masked) in a cell; None if it is a label.

    >>> optical_density("OVRFLW"), optical_density("*0.356*")
    ((nan, 'overflow'), (nan, 'masked'))
    """
    value = number(text)
    if value is not None:
        return value, "ok"
    for pattern, state in ((_MASKED, "masked"), (_OVERFLOW, "overflow"), (_MISSING, "missing")):
        if pattern.fullmatch(text):
            return float("nan"), state
    return None


def mostly_readings(numbers: list[float], filled: int) -> bool:
    """Whether at least half of the filled cells are decimals, as readings are and labels are not.

    >>> mostly_readings([0.051, 1.204, 0.33], filled=4), mostly_readings([600, 300, 37.5], filled=4)
    (True, False)
    """
    fractions = sum(value == value and value != int(value) for value in numbers)
    return filled > 0 and 2 * fractions >= filled


def looks_like_layout(numbers: list[float]) -> bool:
    """Whether whole numbers count or repeat, as numbers of samples do and readings do not.

    Sample numbers run from 0 or 1 without a gap, and samples, standards and dilutions are
    repeated in replicates. Whole readings (fluorescence, counts of light) hardly ever agree.

    >>> looks_like_layout([1, 1, 2, 2, 3, 3, 4, 4]), looks_like_layout([50, 63, 76, 89, 102])
    (True, False)
    """
    known = [value for value in numbers if value == value]
    distinct = sorted(set(known))
    if len(distinct) < 2 or any(value != int(value) for value in distinct):
        return False
    counts = distinct[0] in (0, 1) and distinct[-1] - distinct[0] == len(distinct) - 1
    return counts or (len(known) >= _FEWEST_OF_LAYOUT and 2 * len(distinct) <= len(known))


def not_a_reading(text: str) -> str:
    """The message for a cell among readings that is none, with what to do."""
    return (
        f'"{text}" is not a reading; write the number, OVER for a saturated well, or leave the '
        "cell empty if the well was not read"
    )


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if b"\x00" in data[:200]:
        return data.decode("utf-16-le" if data[1:2] == b"\x00" else "utf-16-be", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _text_rows(path: Path, text: str) -> Rows:
    """The cells, split at the delimiter that gives the most numbers, then the most lines."""
    lines = _LINE_END.split(text)
    _refuse_larger_than_exports(path, lines)
    # A hint for spreadsheet programs, which is no title of a plate.
    if _HINT.fullmatch(lines[0].strip()):
        lines[0] = ""
    delimiters = [one for one in DELIMITERS if one in text] or DELIMITERS[:1]
    # One after the other, so that two of them at most are in memory.
    return max((_cells(lines, delimiter) for delimiter in delimiters), key=_filled)


def _refuse_larger_than_exports(path: Path, lines: list[str]) -> None:
    cells = 0
    for number, line in enumerate(lines, 1):
        delimiters = max(map(line.count, DELIMITERS))
        cells += delimiters + 1
        if delimiters >= _MOST_COLUMNS or len(line) > _LONGEST_LINE:
            raise PlateError(
                f"{path}: line {number} has {len(line):,} characters and {delimiters + 1:,} cells, "
                "more than any export; export only the plate"
            )
    if cells > spreadsheet.MOST_CELLS or len(lines) > _MOST_LINES:
        raise PlateError(
            f"{path}: the file has {len(lines):,} lines and {cells:,} cells, more than any export; "
            "export only the plate"
        )


def _cells(lines: list[str], delimiter: str) -> Rows:
    rows = (next(csv.reader([line], delimiter=delimiter), []) for line in lines)
    return [[_unwrapped(cell.strip()) for cell in row] for row in rows]


def _filled(rows: Rows) -> tuple[int, int]:
    numbers = sum(number(cell) is not None for row in rows for cell in row)
    return numbers, sum(len(row) > 1 for row in rows)


def _unwrapped(cell: str) -> str:
    """The text of a cell that was written as a formula to keep a spreadsheet from changing it."""
    match = _FORMULA.fullmatch(cell)
    return match[1].strip() if match else cell
