"""Reading a whole FCS file: events on the linear scale, and what the file says about them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from coculture.flow.compensation.spillover import SpilloverError, embedded_spillover
from coculture.flow.fcs.data import read_events
from coculture.flow.fcs.header import FcsHeader, read_header
from coculture.flow.fcs.text import FcsError
from coculture.flow.gating.acquisition_date import acquisition_date

__all__ = ["FcsError", "FlowSample", "read_fcs", "read_header"]


@dataclass(frozen=True)
class FlowSample:
    """One FCS file."""

    path: Path
    events: pd.DataFrame
    """One row per event, one column per channel, named by $PnN; linear scale, arbitrary units;
    `time` in seconds if the file gives $TIMESTEP."""
    labels: dict[str, str]
    """Channel name ($PnN) -> label ($PnS), empty if the file gives none."""
    keywords: dict[str, str]
    """Every keyword, in capital letters, and its value."""
    cytometer: str
    well: str
    """The plate well ($WELLID or the instrument's own keyword), empty if the file gives none."""
    date: str
    """Day of acquisition as YYYY-MM-DD; the text of the file if its format is unknown."""
    nonfinite_events: int
    """Number of events that were removed because a value was not a finite number."""
    spillover: pd.DataFrame | None
    """Embedded spillover matrix (rows: stains, columns: channels); None if there is none."""
    notes: tuple[str, ...]
    """What was unusual about the file and how it was read, one sentence each."""


def read_fcs(path: str | Path, data_set: int = 1) -> FlowSample:
    """Read an FCS file (2.0, 3.0, 3.1, list-mode 3.2) on the linear scale.

    Integer, float and double data of any byte order and width are read. Logarithmic amplifiers
    ($PnE) and gains ($PnG) are applied as FCS 3.1 defines them. Duplicate names are made unique.
    Events with a value that is not finite are counted and removed.

    Parameters
    ----------
    path
        The file.
    data_set
        Number of the data set to read, from 1, for a file with several.

    Raises
    ------
    FcsError
        If the file is not FCS list-mode data, is cut short, or contradicts itself. Numbers are
        never guessed.
    """
    header = read_header(path, data_set)
    events = read_events(header)
    finite = np.isfinite(events).all(axis=1)
    notes = header.notes
    try:
        spillover = embedded_spillover(header)
    except SpilloverError as error:
        spillover = None
        notes = (*notes, str(error))
    return FlowSample(
        path=header.path,
        events=pd.DataFrame(events[finite], columns=header.names),
        labels=header.labels,
        keywords=header.keywords,
        cytometer=header.keywords.get("$CYT", ""),
        well=_well(header),
        date=acquisition_date(header),
        nonfinite_events=int(np.sum(~finite)),
        spillover=spillover,
        notes=notes,
    )


def _well(header: FcsHeader) -> str:
    for keyword in ("$WELLID", "WELLID", "WELL ID", "WELL_ID", "WELL"):
        if header.keywords.get(keyword):
            return header.keywords[keyword]
    return ""
