"""The rows of flow.csv as records: one FCS file of the study and what it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coculture.exchange.flags import Concerns, Flag
from coculture.exchange.outcomes import ANNEXIN, VIABILITY_DYE
from coculture.exchange.vocabulary import many
from coculture.flow.fcs.header import FcsHeader, data_sets, read_header
from coculture.flow.fcs.text import FcsError
from coculture.flow.fcs.wells import well_of

BEADS = "beads"
"""What the column cells says of a single stain or a blank on compensation beads."""
MARKER_FMO = "fmo"
"""Role of the tube with every stain but the one of a marker, or of a stain of flow.stains."""
STAINED_ALONE = {"annexin_only": ANNEXIN, "dye_only": VIABILITY_DYE}
"""Role -> the stain of flow.channels that such a tube has alone."""
WITHOUT_STAIN = {"fmo_annexin": ANNEXIN, "fmo_dye": VIABILITY_DYE}
"""Role -> the stain of flow.channels that such a tube alone lacks."""
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
        The file as the table names it; with a `data_set`, "plate.fcs#2", which names the set.
    path
        The file as it can be opened.
    data_set
        Number of the data set of the file, from 1; None if the table gives none.
    channel
        The channel that a single stain or an FMO control of a marker is for, or the marker that a
        population_negative control is for (empty: all markers), as the table names it.
    arm
        What the culture of a sample was given, in words; files of one experiment with the same arm
        are replicates. An unstained control with an arm is of treated cells, and serves that arm.
    untreated
        Whether it is a sample of a culture without drugs, as far as the table says.
    setting
        The stroma, medium and hours of the culture of a sample, in words; empty if all cultures
        have the same.
    shared_with
        Other experiments that use the same control, for people.
    exclude
        The reason for not using the file; empty for a file that is used.
    """

    row: int
    fcs: str
    path: str
    data_set: int | None = None
    experiment: str = ""
    plate: str = ""
    well: str = ""
    role: str = ""
    cells: str = ""
    channel: str = ""
    culture: str = ""
    arm: str = ""
    untreated: bool = False
    setting: str = ""
    shared_with: str = ""
    exclude: str = ""

    @property
    def is_on_beads(self) -> bool:
        """Whether it is a control on compensation beads: its `cells` are beads."""
        return self.cells.casefold() == BEADS

    @property
    def names_channel(self) -> bool:
        """Whether it is for one channel: a single stain, or a control for one marker."""
        for_marker = self.role == "population_negative" and self.channel != ""
        return self.role in ("single_stain", MARKER_FMO) or for_marker

    @property
    def is_unstained(self) -> bool:
        """Whether it is an unstained control of untreated cells, which serves all samples."""
        return self.role == "unstained" and not self.arm

    @property
    def is_treated_unstained(self) -> bool:
        """Whether it is an unstained control of treated cells, which serves its arm only."""
        return self.role == "unstained" and bool(self.arm)


_OPTIONAL_TEXT = (
    "experiment", "plate", "well", "role", "cells", "channel", "culture", "arm", "setting",
    "shared_with", "exclude",
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


def open_file(file: FlowFile) -> FcsHeader:
    """HEADER and TEXT of the data set that a row of flow.csv names.

    Raises
    ------
    FcsError
        If the file cannot be read, or has several data sets and the row names none of them.
    """
    header = read_header(file.path, file.data_set or 1)
    if file.data_set is None and header.has_following:
        sets = data_sets(file.path)
        raise FcsError(
            header.path,
            f"has {len(sets)} data sets: {_listed(sets)}. Write the number of the one that is "
            "meant in the column data_set of flow.csv, one row for each set that is used.",
        )
    return header


_MOST_LISTED = 12
"""Data sets that a message lists; a plate may have 384."""


def _listed(sets: Sequence[FcsHeader]) -> str:
    named = []
    for number, header in enumerate(sets[:_MOST_LISTED], start=1):
        name = well_of(header) or next(filter(None, map(header.keywords.get, _NAMES)), "")
        named.append(f"{number} ({name + ', ' if name else ''}{many(header.events, 'event')})")
    more = f" and {len(sets) - _MOST_LISTED} more" if len(sets) > _MOST_LISTED else ""
    return ", ".join(named) + more


_NAMES = ("$SMNO", "$FIL", "TUBE NAME", "$SRC")
"""Keywords that name a data set where no well does."""


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
    name, number = str(values["fcs"]), _text(values, "data_set")
    data_set = int(float(number)) if number else None
    return FlowFile(
        row=row,
        fcs=name if data_set is None else f"{name}#{data_set}",
        path=_text(values, "path") or name,
        data_set=data_set,
        untreated=_text(values, "untreated") == "True",
        **{name: _text(values, name) for name in _OPTIONAL_TEXT},
    )


def _text(values: Mapping[str, Any], column: str) -> str:
    value = values.get(column, "")
    return "" if pd.isna(value) else str(value)
