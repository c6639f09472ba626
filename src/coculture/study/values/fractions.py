"""Percents that may be fractions: all numbers of an endpoint are at most 1."""

from dataclasses import dataclass

import pandas as pd

from coculture.exchange import units
from coculture.exchange.flags import Concerns, Flag
from coculture.exchange.vocabulary import listed, many
from coculture.study.values.exclusions import TABLE

CODE = "may_be_fractions"
LARGEST = 1.0
"""No fraction of a count is larger."""
FEWEST = 3
"""Fewer numbers that are all at most 1 happen by chance."""


@dataclass(frozen=True)
class Fractions:
    """An endpoint whose percents may be fractions: its unit, its `count` values, the largest.

    `tables` are the names of its tables.
    """

    endpoint: str
    unit: str
    count: int
    largest: float
    tables: str

    @property
    def sentence(self) -> str:
        """What was found, and what to do."""
        return (
            f"{self.endpoint}: all of its {many(self.count, 'value')} are at most {LARGEST:g}, in "
            f"{self.unit}. If they are fractions, multiply them by 100."
        )


def fractions(values: pd.DataFrame) -> list[Fractions]:
    """The endpoints whose percents may be fractions, in the order of the table."""
    used = values[
        (values["exclude"] == "") & values["unit"].isin([units.PERCENT, units.OF_CONTROL])
    ]
    return [
        Fractions(
            str(endpoint),
            str(rows["unit"].iloc[0]),
            len(rows),
            float(rows["value"].abs().max()),
            listed(dict.fromkeys(rows["table"])),
        )
        for endpoint, rows in used.groupby("endpoint", sort=False)
        if len(rows) >= FEWEST and (rows["value"].abs() <= LARGEST).all()
    ]


def fraction_flags(values: pd.DataFrame) -> list[Flag]:
    """A caution for each endpoint whose percents may be fractions."""
    return [
        Flag(
            Concerns(TABLE, "study", analyte=one.endpoint),
            CODE,
            "caution",
            one.sentence,
            one.largest,
            LARGEST,
            one.unit,
        )
        for one in fractions(values)
    ]
