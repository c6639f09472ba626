"""The wells in names of files: Specimen_001_B03_B03_012 is of the well B3."""

import re
from collections.abc import Sequence

_WELL = re.compile(r"([A-P])0?([1-9]|1[0-9]|2[0-4])", re.IGNORECASE)
_MOST = 0.9
"""Wells are taken from names if so many of them have one, all different."""


def plain_well(text: str) -> str:
    """A text that is a well and no more, as letter and number; else empty.

    >>> plain_well("b07"), plain_well("E1-DEX")
    ('B7', '')
    """
    match = _WELL.fullmatch(text.strip())
    return f"{match[1].upper()}{match[2]}" if match else ""


def wells_in_names(names: Sequence[str]) -> list[str]:
    """The well in each of several names; all empty if the names have none.

    It is the part at one place that is a well in nearly all names, and a different one in each.

    >>> wells_in_names(["day1_A01_x", "day1_A02_x"]), wells_in_names(["E1-a", "E1-b"])
    (['A1', 'A2'], ['', ''])
    """
    parts = [re.split(r"[\s_.-]+", name) for name in names]
    longest = max(map(len, parts), default=0)
    # Counted from the end, too: names before the well have more words or fewer.
    for place in [*range(longest), *range(-1, -longest - 1, -1)]:
        at_place = [plain_well(one[place]) if _has(one, place) else "" for one in parts]
        given = [well for well in at_place if well]
        if len(given) >= max(2, _MOST * len(names)) and len(set(given)) == len(given):
            return at_place
    return [""] * len(names)


def _has(parts: Sequence[str], place: int) -> bool:
    return -len(parts) <= place < len(parts)
