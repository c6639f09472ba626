"""The day a file was acquired, and files of another day than the rest of their experiment."""

import datetime
import re
from collections import Counter
from collections.abc import Sequence

from coculture.flow.fcs.header import FcsHeader
from coculture.flow.tubes import Tube

_FORMS = ("%d-%b-%Y", "%d-%b-%y", "%Y-%m-%d", "%Y-%b-%d", "%Y%m%d")


def acquisition_date(header: FcsHeader) -> str:
    """The day as YYYY-MM-DD where it can be read, else as it is written, empty without one.

    $DATE is dd-mmm-yyyy (FCS 3.1); FCS 2.0 wrote dd-mmm-yy, 3.2 has $BEGINDATETIME.
    """
    written = header.keywords.get("$DATE") or header.keywords.get("$BEGINDATETIME", "")
    day = re.sub(r"[ /]", "-", re.sub(r"T\d\d:.*", "", written)).title()
    for form in _FORMS:
        try:
            return datetime.datetime.strptime(day, form).date().isoformat()
        except ValueError:
            continue
    return written


def other_days(tubes: Sequence[Tube]) -> dict[int, str]:
    """A flag for each tube acquired more than a day before or after most of its experiment.

    Files that were put into another experiment's rows show so. By the tubes' rows in the table.
    """
    written = {tube.row: acquisition_date(tube.header) for tube in tubes}
    days = {row: day for row, text in written.items() if (day := _day(text)) is not None}
    if not days:
        return {}
    usual = Counter(days.values()).most_common(1)[0][0]
    return {
        row: f"acquired on {day}, most of its experiment on {usual}"
        for row, day in days.items()
        if abs((day - usual).days) > 1
    }


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None
