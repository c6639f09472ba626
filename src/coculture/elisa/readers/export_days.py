"""The day on which the plates of an export were read, where the file itself says so.

Never the date of the file: copying a file changes it. A date like 4/11/2024 may be in April or in
November, and a file may name the days of several plates; then the first and the last possible day
are given. When a file was saved, printed or exported says nothing about when it was read.
"""

import datetime
import re
from collections.abc import Iterable, Iterator

from coculture.elisa.readers.source import Source

_ROWS = 100
"""The first rows of each sheet, in which a date is looked for."""
_LABEL = re.compile(
    r"(plate |assay |run |read(ing)? |measure(d|ment) |acquisition |start |test )?"
    r"(date|time|on|at|datum|messdatum|date and time)"
    r"( of (the )?(run|reading|measurement|test)| measured| read)?",
    re.IGNORECASE,
)
_IN_ONE_CELL = re.compile(r"(?P<label>[A-Za-z ]+?)\s*[:=]\s*(?P<value>\S.*)")
_ALLOTROPE = re.compile(r'"measurement time"\s*:\s*"(\d{4}-\d\d-\d\d)')
_ISO = re.compile(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_NAMED = re.compile(r"\b(\d{1,2})[-. ]([A-Za-z]{3})[a-z]*[-. ,]+(\d{4})\b")
_NAME_FIRST = re.compile(r"\b([A-Za-z]{3})[a-z]* (\d{1,2}),? (\d{4})\b")
_DAY_FIRST = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b")
_EITHER = re.compile(r"\b(\d{1,2})[/-](\d{1,2})[/-](\d{4})\b")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

Day = datetime.date


def days_of(source: Source) -> str:
    """The day as YYYY-MM-DD, or the first and the last possible one with a slash between.

    Empty if the file does not say.
    """
    found = {day for text in _dates(source) for day in possible_days(text)}
    if not found:
        return ""
    first, last = min(found).isoformat(), max(found).isoformat()
    return first if first == last else f"{first}/{last}"


def possible_days(text: str) -> list[Day]:
    """The days that a written date may be; empty if it is none.

    >>> [str(day) for day in possible_days("4/11/2024 10:24 AM")]
    ['2024-04-11', '2024-11-04']
    >>> [str(day) for day in possible_days("16.06.2026")]
    ['2026-06-16']
    """
    if match := _ISO.search(text):
        return _valid([(int(match[1]), int(match[2]), int(match[3]))])
    if match := _NAMED.search(text):
        return _valid([(int(match[3]), _month(match[2]), int(match[1]))])
    if match := _NAME_FIRST.search(text):
        return _valid([(int(match[3]), _month(match[1]), int(match[2]))])
    if match := _DAY_FIRST.search(text):
        return _valid([(int(match[3]), int(match[2]), int(match[1]))])
    if match := _EITHER.search(text):
        one, other, year = int(match[1]), int(match[2]), int(match[3])
        return _valid(dict.fromkeys([(year, one, other), (year, other, one)]))
    return []


def _valid(dates: Iterable[tuple[int, int, int]]) -> list[Day]:
    found = []
    for date in dates:
        try:
            found.append(Day(*date))
        except ValueError:
            continue
    return sorted(found)


def _month(name: str) -> int:
    """1 to 12; 0 for no month."""
    return _MONTHS.index(name.lower()) + 1 if name.lower() in _MONTHS else 0


def _dates(source: Source) -> Iterator[str]:
    """The cells that a label says are the date of a reading."""
    yield from _ALLOTROPE.findall(source.text)
    for sheet in source.sheets:
        for row in sheet.rows[:_ROWS]:
            filled = [cell for cell in row if cell]
            if not filled:
                continue
            if len(filled) > 1 and _LABEL.fullmatch(filled[0].rstrip(" :=")):
                yield filled[1]
                continue
            match = _IN_ONE_CELL.fullmatch(filled[0])
            if match and _LABEL.fullmatch(match["label"]):
                yield match["value"]
