"""The finished numbers that a study does not use, as records."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from coculture.exchange.flags import Concerns, Flag

TABLE = "study/values.csv"
EXCLUDED = "excluded"


@dataclass(frozen=True)
class Exclusion:
    """A row of a table of values that is not used; `endpoint` is empty where it has several.

    `table` is the name of the file, `row` the row there. `culture` is empty where it is not known,
    as of a control tube in a FlowJo table; `experiment` is as the row gives it, and may be empty.
    """

    table: str
    row: str
    culture: str
    file: str
    experiment: str
    endpoint: str
    reason: str

    @property
    def item(self) -> str:
        """What is not used, in words."""
        return " ".join(filter(None, (self.culture or self.file, self.endpoint)))


def exclusions(values: pd.DataFrame) -> Iterator[Exclusion]:
    """Each row of the spreadsheet that has a reason in `exclude`."""
    excluded = values[values["exclude"] != ""]
    for row in dict.fromkeys(excluded.index):
        of_row = excluded.loc[[row]]
        first = of_row.iloc[0]
        endpoint = first["endpoint"] if len(of_row) == 1 else ""
        yield Exclusion(
            first["table"],
            first["row"],
            first["culture"],
            first["file"],
            first["experiment"],
            endpoint,
            first["exclude"],
        )


def exclusion_flags(values: pd.DataFrame, cultures: pd.DataFrame) -> list[Flag]:
    """A note for each row that is not used, with the user's reason, its row and its experiment."""
    experiment_of = cultures.set_index("culture")["experiment"]
    return [
        _flag(one, str(experiment_of.get(one.culture, one.experiment)))
        for one in exclusions(values)
    ]


def _flag(one: Exclusion, experiment: str) -> Flag:
    place = f"row {one.row} of {one.table}" + (f", experiment {experiment}" if experiment else "")
    return Flag(
        Concerns(
            TABLE,
            "culture",
            experiment=experiment,
            fcs=one.file,
            analyte=one.endpoint,
            culture=one.culture,
        ),
        EXCLUDED,
        "note",
        f"{one.reason} ({place})",
    )
