"""values.csv: numbers that were measured elsewhere, read into one row for each number."""

from coculture.study.values.exclusions import exclusions
from coculture.study.values.flagging import flags
from coculture.study.values.matching import with_cultures
from coculture.study.values.reading import COLUMNS, NAME, read
from coculture.study.values.validation import counted, names_of_flow, notices, problems

__all__ = [
    "COLUMNS",
    "NAME",
    "counted",
    "exclusions",
    "flags",
    "names_of_flow",
    "notices",
    "problems",
    "read",
    "with_cultures",
]
