"""Texts that a spreadsheet program would execute as a formula, and how tables write them.

A cell of a CSV file that begins with = + - or @ is a formula to such a program. It is written with
an apostrophe before it, which makes it text, and read back without. Numbers stay as they are. A
text that has the apostrophe already gets one more, so that every text is read back as it was.
"""

import re

_FORMULA = re.compile(r"[=+\-@\t].", re.DOTALL)
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE | re.ASCII)


def guarded(text: str) -> str:
    """`text` as a cell of a CSV file.

    >>> guarded("=1+2"), guarded("'=1+2"), guarded("-0.5"), guarded("IL-6")
    ("'=1+2", "''=1+2", '-0.5', 'IL-6')
    """
    return f"'{text}" if _is_formula(text) else text


def unguarded(text: str) -> str:
    """The text that `guarded` wrote so.

    >>> unguarded("'=1+2"), unguarded("''=1+2"), unguarded("'-0.5"), unguarded("-0.5")
    ('=1+2', "'=1+2", "'-0.5", '-0.5')
    """
    return text[1:] if text.startswith("'") and _is_formula(text) else text


def _is_formula(text: str) -> bool:
    """Whether `text`, without apostrophes before it, is a formula to a spreadsheet program."""
    bare = text.lstrip("'")
    return bool(_FORMULA.match(bare)) and not _NUMBER.fullmatch(bare)
