"""The titles of the sheets that are plate maps, which Excel wants short."""

import hashlib
from collections.abc import Sequence

LONGEST = 31
"""Letters in the title of a sheet, by Excel."""
_MARK = 4
"""Letters that tell apart names whose beginnings and ends are the same."""


def sheet_title(table: str, names: Sequence[str]) -> str:
    """The title of a map of some plates: the same for the same plates, whatever others there are.

    >>> sheet_title("elisa", ["IL6-E1", "IL6-E2"])
    'elisa IL6-E1, IL6-E2'
    >>> sheet_title("elisa", ["2026-05-03_IL6_U266_DEX_IL1Ra_plate1_read2"])
    'elisa 2026-05-0..te1_read2 ec69'
    """
    if names_fit(table, names):
        return _whole(table, names)
    others = f"{table} {names[0]} and others"
    if len(names) > 1 and len(others) <= LONGEST:
        return others
    name = ", ".join(names)
    mark = hashlib.sha256(name.encode()).hexdigest()[:_MARK]
    half = (LONGEST - len(f"{table} .. {mark}")) // 2
    return f"{table} {name[:half]}..{name[-half:]} {mark}"


def names_fit(table: str, names: Sequence[str]) -> bool:
    """Whether a title can name all plates of a map; else a line `plates` does."""
    return len(_whole(table, names)) <= LONGEST


def _whole(table: str, names: Sequence[str]) -> str:
    return f"{table} {', '.join(names)}"
