"""How numbers, counts and sentences are written for people."""

import re

from markupsafe import Markup, escape

_WHOLE = re.compile(r"\b\w{1,12}(?:-\w{1,12}){1,2}\b|\bn = \d+|[\d.,−]+ %(?: CI)?")
"""What a line must not break inside: IL-1Ra, n = 4, 95 % CI."""


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
