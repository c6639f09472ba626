"""How numbers, counts and sentences are written for people."""

import re
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

MISSING = "–"
_WHOLE = re.compile(r"\b\w{1,12}(?:-\w{1,12}){1,2}\b|\bn = \d+|[\d.,−]+ %(?: CI)?")
"""What a line must not break inside: IL-1Ra, n = 4, 95 % CI."""


def number(value: Any, digits: int = 3) -> str:
    """A number to `digits` significant digits as people write it; text and whole numbers as is.

    >>> number(0.0123456), number(12345.6), number(48.0), number(float("nan")), number("E1")
    ('0.0123', '12,346', '48', '–', 'E1')
    """
    if is_missing(value):
        return MISSING
    if isinstance(value, str | bool):
        return str(value)
    if float(value).is_integer():
        return f"{float(value):,.0f}".replace("-", "−")
    if abs(value) >= 10 ** (digits - 1):
        text = f"{value:,.0f}"
    else:
        text = f"{value:.{digits}g}" if abs(value) >= 1e-4 else f"{value:.1e}"
    return text.replace("-", "−", 1) if value < 0 else text


def in_order(name: str) -> list[tuple[int, str]]:
    """Sort key by which E2 comes before E10.

    >>> sorted(["E10", "E2", "E1"], key=in_order)
    ['E1', 'E2', 'E10']
    """
    parts = re.findall(r"\d+|\D+", name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def whole_words(text: str) -> Markup:
    """`text` as HTML, escaped, whose names and numbers are not broken at the end of a line.

    >>> whole_words("IL-6 < 5 %")
    Markup('<span class="whole">IL-6</span> &lt; <span class="whole">5 %</span>')
    """
    parts, end = [], 0
    for found in _WHOLE.finditer(text):
        parts += [escape(text[end : found.start()])]
        parts += [Markup('<span class="whole">{}</span>').format(found[0])]
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])


def is_missing(value: Any) -> bool:
    """Whether there is nothing to show."""
    return value is None or value == "" or (isinstance(value, float) and pd.isna(value))


def many(count: int, thing: str) -> str:
    """
    >>> many(1, "FCS file"), many(2, "FCS file")
    ('1 FCS file', '2 FCS files')
    """
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def listed(words: list[str]) -> str:
    """
    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
