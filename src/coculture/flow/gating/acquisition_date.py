"""The day and the time at which a file was acquired."""

import datetime
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

from coculture.flow.fcs.header import FcsHeader

_FORMATS = ("%d-%b-%Y", "%d-%b-%y", "%Y-%m-%d", "%Y-%b-%d", "%Y%m%d")


def acquisition_date(header: FcsHeader) -> str:
    """The day as YYYY-MM-DD; if it cannot be read, the text of the file; empty if there is none.

    $DATE is dd-mmm-yyyy (FCS 3.1) or dd-mmm-yy (FCS 2.0); FCS 3.2 has $BEGINDATETIME.
    """
    day = day_of(header)
    return _text(header) if day is None else day.isoformat()


def day_of(header: FcsHeader) -> datetime.date | None:
    """The day of acquisition; None if the file does not give it or it cannot be read."""
    return _day(_text(header))


@cache
def _day(written: str) -> datetime.date | None:
    day = re.sub(r"[ /]", "-", re.sub(r"T\d\d:.*", "", written)).title()
    for form in _FORMATS:
        try:
            return datetime.datetime.strptime(day, form).date()
        except ValueError:
            continue
    return None


def acquired_at(header: FcsHeader) -> str:
    """When the acquisition began, as YYYY-MM-DDTHH:MM:SS; empty if the file does not say.

    Without a time, the day alone. $BTIM is hh:mm:ss with 1/60 or 1/100 of a second behind it
    (FCS 2.0 to 3.1); FCS 3.2 has $BEGINDATETIME.
    """
    day = day_of(header)
    written = header.keywords.get("$BTIM") or header.keywords.get("$BEGINDATETIME", "")
    time = re.search(r"(?:^|T)\s*(\d{1,2}):(\d{2}):(\d{2})", written)
    if day is None:
        return ""
    if time is None or int(time[1]) > 23:
        return day.isoformat()
    return f"{day.isoformat()}T{int(time[1]):02d}:{time[2]}:{time[3]}"


def usual_day(headers: Iterable[FcsHeader]) -> datetime.date | None:
    """The day on which most of the files were acquired; None if no file gives it."""
    days = [day for day in map(day_of, headers) if day is not None]
    return Counter(days).most_common(1)[0][0] if days else None


MAX_DAYS = 1
"""An experiment may be acquired past midnight."""


def days_apart(header: FcsHeader, usual: datetime.date | None) -> int:
    """Days between the acquisition of a file and the usual day; 0 where one is not known."""
    day = day_of(header)
    return 0 if day is None or usual is None else abs((day - usual).days)


def _text(header: FcsHeader) -> str:
    return header.keywords.get("$DATE") or header.keywords.get("$BEGINDATETIME", "")
