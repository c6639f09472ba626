"""Numbers that were measured elsewhere, read into one row for each number."""

from coculture.study.values.exclusions import exclusions
from coculture.study.values.flagging import flags
from coculture.study.values.matching import with_cultures
from coculture.study.values.reading import COLUMNS, NAME
from coculture.study.values.validation import counted, names_of_flow, notices, problems
from coculture.study.values.value_tables import ValueTable, read_values, value_tables

__all__ = [
    "COLUMNS",
    "NAME",
    "ValueTable",
    "counted",
    "exclusions",
    "flags",
    "names_of_flow",
    "notices",
    "problems",
    "read_values",
    "value_tables",
    "with_cultures",
]
