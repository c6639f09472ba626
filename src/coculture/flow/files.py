"""The rows of flow.csv as records: one FCS file of the study and what it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coculture.exchange.flags import Concerns, Flag

WELLS = "flow/wells.csv"
"""Name of the result table with the counts of each file."""


@dataclass(frozen=True, kw_only=True)
class FlowFile:
    """One FCS file of the study: a row of flow.csv. Text is empty where the table has none.

    Attributes
    ----------
    row
        Index of the row in the table.
    fcs
        The file as the table names it.
    path
        The file as it can be opened.
    channel
        The channel that a single stain is for, as the table names it.
    arm
        What the culture of a sample was given, in words; files of one experiment with the same arm
        are replicates. An unstained control with an arm is of treated cells, and serves that arm.
    untreated
        Whether it is a sample of a culture without drugs, as far as the table says.
    exclude
        The reason for not using the file; empty for a file that is used.
    """

    row: int
    fcs: str
    path: str
    experiment: str = ""
    plate: str = ""
    well: str = ""
    role: str = ""
    cells: str = ""
    channel: str = ""
    culture: str = ""
    arm: str = ""
    untreated: bool = False
    exclude: str = ""

    @property
    def is_unstained(self) -> bool:
        """Whether it is an unstained control of untreated cells, which serves all samples."""
        return self.role == "unstained" and not self.arm

    @property
    def is_treated_unstained(self) -> bool:
        """Whether it is an unstained control of treated cells, which serves its arm only."""
        return self.role == "unstained" and bool(self.arm)


_OPTIONAL_TEXT = (
    "experiment", "plate", "well", "role", "cells", "channel", "culture", "arm", "exclude",
)  # fmt: skip


def flow_files(table: pd.DataFrame) -> list[FlowFile]:
    """The files of flow.csv, in the order of the table.

    Parameters
    ----------
    table
        Has the column fcs; path where a file is opened from another place; the other fields of
        `FlowFile` where they are known. The index is the row.
    """
    return [_file(int(str(row)), values) for row, values in _rows(table)]


def exclusion(file: FlowFile) -> Flag:
    """The note that an excluded file has in flags.csv, with the user's reason."""
    concerns = Concerns(
        WELLS, "tube", experiment=file.experiment, fcs=file.fcs, culture=file.culture
    )
    return Flag(concerns, "excluded", "note", file.exclude)


def _rows(table: pd.DataFrame) -> Iterator[tuple[object, Mapping[str, Any]]]:
    records: list[dict[str, Any]] = [
        {str(key): value for key, value in record.items()} for record in table.to_dict("records")
    ]
    yield from zip(table.index, records, strict=True)


def _file(row: int, values: Mapping[str, Any]) -> FlowFile:
    return FlowFile(
        row=row,
        fcs=str(values["fcs"]),
        path=_text(values, "path") or str(values["fcs"]),
        untreated=_text(values, "untreated") == "True",
        **{name: _text(values, name) for name in _OPTIONAL_TEXT},
    )


def _text(values: Mapping[str, Any], column: str) -> str:
    value = values.get(column, "")
    return "" if pd.isna(value) else str(value)
