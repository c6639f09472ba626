"""One form for letters that can be written in several ways: é is one sign, or e with an accent.

Macs and some instruments write file names with accents of their own (NFD), keyboards single signs
(NFC). They look the same, so everything that is read gets the form NFC; a file is looked up in
whatever form its name has on the disk.
"""

import os
import unicodedata
from functools import lru_cache
from itertools import takewhile
from pathlib import Path


def composed(text: str) -> str:
    """`text` with single signs.

    >>> len(composed("e\\N{COMBINING ACUTE ACCENT}"))
    1
    """
    return unicodedata.normalize("NFC", text)


def on_disk(path: Path) -> Path:
    """`path` with its names in the form that they have on the disk, if they are there."""
    if str(path).isascii():
        return path
    found = Path()
    for part in path.parts:
        twins = () if part.isascii() else twins_of(found / part)
        found /= part if part in twins or len(twins) != 1 else twins[0]
    return found


def twins_of(path: Path) -> tuple[str, ...]:
    """The names in the folder of `path` that look like its own, itself included if it is there."""
    try:
        names = _names_in(path.parent, path.parent.stat().st_mtime_ns)
    except OSError:
        return ()
    return names.get(composed(path.name), ())


@lru_cache(maxsize=32)
def _names_in(folder: Path, changed: int) -> dict[str, tuple[str, ...]]:
    """The names that are not ASCII, by their composed form; `changed` is when they last did."""
    del changed
    names: dict[str, tuple[str, ...]] = {}
    for name in sorted(os.listdir(folder)):  # noqa: PTH208 (names are wanted, not paths)
        if not name.isascii():
            names[composed(name)] = (*names.get(composed(name), ()), name)
    return names


def difference(one: str, other: str) -> str:
    """Where two names that look the same differ, in code points.

    >>> difference("\\u00e9.fcs", "e\\u0301.fcs")
    'U+00E9 in the one and U+0065 U+0301 in the other'
    """
    start = _alike(one, other)
    end = _alike(one[start:][::-1], other[start:][::-1])
    first, second = (_codes(name[start : len(name) - end]) for name in (one, other))
    return f"{first} in the one and {second} in the other"


def _alike(one: str, other: str) -> int:
    """How many letters at the beginning are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _codes(text: str) -> str:
    return " ".join(f"U+{ord(letter):04X}" for letter in text) or "nothing"
