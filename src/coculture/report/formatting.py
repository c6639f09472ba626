"""How names are sorted, and how sentences become HTML."""

import re

from markupsafe import Markup, escape

_UNBROKEN = re.compile(r"\b\w{1,12}(?:-\w{1,12}){1,2}\b|\bn = \d+|[\d.,−]+ %(?: CI)?")
"""What must not be broken at the end of a line: IL-1Ra, n = 4, 95 % CI."""


def unbroken_names(text: str) -> Markup:
    """`text` as escaped HTML in which no name or number is broken at the end of a line.

    >>> unbroken_names("IL-6 < 5 %")
    Markup('<span class="whole">IL-6</span> &lt; <span class="whole">5 %</span>')
    """
    parts, end = [], 0
    for found in _UNBROKEN.finditer(text):
        parts += [escape(text[end : found.start()])]
        parts += [Markup('<span class="whole">{}</span>').format(found[0])]
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])
