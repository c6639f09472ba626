"""Reading a whole FCS file: events on the linear scale, and what the file says about them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from coculture.flow.compensation.spillover import SpilloverError, embedded_spillover
from coculture.flow.fcs.data import read_events
from coculture.flow.fcs.header import FcsDescription, read_header
from coculture.flow.fcs.text import FcsError
from coculture.flow.fcs.wells import well_of
from coculture.flow.gating.acquisition_date import acquisition_date

__all__ = ["FcsError", "FlowSample", "read_fcs", "read_header"]


@dataclass(frozen=True, kw_only=True)
class FlowSample(FcsDescription):
    """One FCS file."""

    events: pd.DataFrame
    """One row per event, one column per channel, named by $PnN; linear scale, arbitrary units;
    `time` in seconds if the file gives $TIMESTEP."""
    labels: dict[str, str]
    """Those of its header (`FcsHeader.labels`)."""
    cytometer: str
    well: str
    """The plate well ($WELLID or the instrument's own keyword), empty if the file gives none."""
    date: str
    """Day of acquisition as YYYY-MM-DD; the text of the file if its format is unknown."""
    nonfinite_events: int
    """Number of events that were removed because a value was not a finite number."""
    spillover: pd.DataFrame | None
    """Embedded spillover matrix (rows: stains, columns: channels); None if there is none."""


def read_fcs(path: str | Path, data_set: int = 1) -> FlowSample:
    """Read an FCS file (2.0, 3.0, 3.1, list-mode 3.2) on the linear scale.

    Integer, float and double data of any byte order and width are read. Logarithmic amplifiers
    ($PnE) and gains ($PnG) are applied as FCS 3.1 defines them. Duplicate names are made unique.
    Events with a value that is not finite are counted and removed.

    The parameters, and the errors, are those of :func:`coculture.flow.fcs.header.read_header`; data
    that are cut short or contradict themselves are refused as well. Numbers are never guessed.
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
        well=well_of(header),
        date=acquisition_date(header),
        nonfinite_events=int(np.sum(~finite)),
        spillover=spillover,
        notes=notes,
    )
