"""Names of raw files as the page shows them: without the folders of the machine that made it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

import pandas as pd

from coculture.exchange.flags import Flag

_NAMED_IN = {"flow/wells.csv": "fcs", "elisa/wells.csv": "file"}
"""The tables that name raw files, and the column."""
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def is_whole(name: str) -> bool:
    """Whether a file is named by its whole path.

    >>> is_whole("/data/E1/a.fcs"), is_whole("E1/a.fcs"), is_whole("C:/data/a.fcs")
    (True, False, True)
    """
    return name.startswith(("/", "\\\\")) or bool(_DRIVE.match(name))


def short(name: str) -> str:
    """A file that is named by its whole path, without its folders; others as they are.

    >>> short("/data/E1/a.fcs"), short("E1/a.fcs")
    ('a.fcs', 'E1/a.fcs')
    """
    return re.split(r"[/\\]", name)[-1] if is_whole(name) else name


def in_flags(flags: Iterable[Flag], tables: Mapping[str, pd.DataFrame]) -> list[Flag]:
    """The flags, in whose sentences raw files are named without the folder that all have alike."""
    folders = [
        folder
        for table, column in _NAMED_IN.items()
        if (folder := _folder(tables.get(table, pd.DataFrame()).get(column, pd.Series(dtype=str))))
    ]
    found = []
    for flag in flags:
        sentence = flag.sentence
        for folder in folders:
            sentence = sentence.replace(folder, "")
        found.append(flag if sentence == flag.sentence else replace(flag, sentence=sentence))
    return found


def _folder(names: Sequence[str] | pd.Series) -> str:
    """The folder with its last separator that all whole paths among `names` have alike."""
    whole = sorted({str(name) for name in names if is_whole(str(name))})
    if not whole:
        return ""
    parts = [re.findall(r"[^/\\]*[/\\]", name) for name in whole]
    shared = takewhile(lambda same: len(set(same)) == 1, zip(*parts, strict=False))
    found = "".join(same[0] for same in shared)
    return found if found.strip("/\\") and not _DRIVE.fullmatch(found) else ""
