"""What is doubtful, as records: every flag, caution, exclusion and bound, from birth to page.

A stage makes `Flag`s where it finds something, writes them with `write`, and puts their codes into
the column `flags` of its own tables for people. `results/{study}/flags.csv` holds them all. Nothing
is ever read back from a sentence: whoever needs a fact reads the record.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Literal

import pandas as pd

from coculture.exchange import result_tables

TABLE = "flags.csv"

Severity = Literal["note", "caution", "failure"]
"""note: to know (an exclusion, a bound); caution: a number may be wrong; failure: it is not to be
used."""


@dataclass(frozen=True)
class Concerns:
    """What a flag concerns: the result table, and the columns of its key that apply.

    Attributes
    ----------
    table
        The result table by its name in columns.csv, for example flow/wells.csv.
    kind
        tube, well, curve, plate, culture, experiment, population, channel, gate, arm, finding or
        study.
    """

    table: str
    kind: str
    experiment: str = ""
    fcs: str = ""
    population: str = ""
    channel: str = ""
    plate: str = ""
    well: str = ""
    analyte: str = ""
    culture: str = ""
    finding: str = ""
    arm: str = ""


@dataclass(frozen=True)
class Flag:
    """One thing to know about one thing.

    Attributes
    ----------
    code
        What it is, in lower case with underscores: few_events, below_lloq, dilutions_disagree.
    sentence
        A sentence with its numbers, for people only.
    value, limit, unit
        The number found and the limit it is held against, NaN where there is none, and their unit.
    """

    concerns: Concerns
    code: str
    severity: Severity
    sentence: str
    value: float = math.nan
    limit: float = math.nan
    unit: str = ""

    def __eq__(self, other: object) -> bool:
        """Whether all is the same; two that have no number are, too.

        From Python 3.13 on fields are compared one by one, and NaN is not equal to itself.
        """
        return isinstance(other, Flag) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    @property
    def _identity(self) -> tuple[object, ...]:
        values = (getattr(self, field.name) for field in fields(self))
        return tuple(None if value != value else value for value in values)


COLUMNS = (
    *(field.name for field in fields(Concerns)),
    *(field.name for field in fields(Flag) if field.name != "concerns"),
)
"""Of flags.csv, in their order."""


def write(flags: Iterable[Flag], path: str | Path) -> None:
    """Write flags to the table `path`, each once, in the order given."""
    rows = [
        (*astuple(flag.concerns), *(getattr(flag, name) for name in COLUMNS[-6:]))
        for flag in dict.fromkeys(flags)
    ]
    result_tables.write(pd.DataFrame(rows, columns=list(COLUMNS)), path, TABLE)


def read(*paths: str | Path) -> list[Flag]:
    """The flags of the tables at `paths`, one after the other."""
    return list(_read(paths))


def codes(flags: Iterable[Flag]) -> str:
    """The codes of some flags, each once, for the column of a table that people read."""
    return "; ".join(dict.fromkeys(flag.code for flag in flags))


def _read(paths: Iterable[str | Path]) -> Iterator[Flag]:
    key = [field.name for field in fields(Concerns)]
    for path in paths:
        for row in result_tables.read(path).to_dict("records"):
            concerns = Concerns(**{name: row[name] for name in key})
            yield Flag(concerns, **{name: row[name] for name in COLUMNS[len(key) :]})
