"""What the cells of each sample are counted per: counting beads, volume or seconds.

Events alone say nothing of how many cells a well had, because acquisition stops at a number of
events or when someone stops it. Samples can be compared if they have counting beads, or their files
give the volume ($VOL, in nanolitres by FCS 3.1), or the same flow rate and an acquisition time.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from coculture.exchange.vocabulary import many, number
from coculture.flow.tubes import Tube

FEWEST_BEADS = 50
"""Of each well: fewer vary by more than 14 % from well to well by chance."""
BEAD, VOLUME, SECOND = "counting bead", "µL", "second"
_VOLUME = "$VOL"
_FLOW_RATE = ("$FLOWRATE", "FLOWRATE", "FLOW RATE")
"""FCS 3.2 has the first; cytometers that write older files name it as they like."""
_MICROLITRES = {"": 1e-3, "nl": 1e-3, "ul": 1.0, "µl": 1.0, "μl": 1.0, "ml": 1e3}
"""Unit that may be behind the number of $VOL -> microlitres."""
_OTHER_UNIT = 100.0
"""No well is recorded to a hundredth of another one's volume; another unit is a thousandth."""


@dataclass(frozen=True)
class Amounts:
    """How much of each sample was counted.

    Attributes
    ----------
    unit
        counting bead, µL or second; empty if samples cannot be compared.
    of_row
        Row of a sample's file -> its amount in this unit, of the samples where it is known.
    volumes
        Row of a sample's file -> the microlitres that it was counted in, where its file gives them
        and they are trusted.
    notes
        Sentences on volumes that are missing or were read in another way than as nanolitres.
    """

    unit: str = ""
    of_row: Mapping[int, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    volumes: Mapping[int, float] = field(default_factory=dict)

    def density(self, row: int, cells: int) -> float:
        """So many cells of the file in a row per unit; NaN where it is not known."""
        amount = self.of_row.get(row, math.nan)
        return cells / amount if amount > 0 else math.nan


def amounts(
    samples: Sequence[Tube], beads: Mapping[int, int], seconds: Mapping[int, float]
) -> Amounts:
    """The amounts of the samples of one experiment.

    Parameters
    ----------
    samples
        Their files.
    beads, seconds
        Row of a sample -> its counting beads, where the config names them, and the time from its
        first event to its last, NaN without a time channel.
    """
    counted = {row: float(found) for row, found in beads.items() if found >= FEWEST_BEADS}
    volumes = _volumes(samples)
    if counted:
        return Amounts(BEAD, counted, volumes=volumes.of_row)
    if volumes.of_row:
        return volumes
    rates = {_flow_rate(one) for one in samples}
    if len(rates) == 1 and rates != {""}:
        known = {row: found for row, found in seconds.items() if found > 0}
        return Amounts(SECOND, known, volumes.notes)
    return Amounts(notes=volumes.notes)


def _volumes(samples: Sequence[Tube]) -> Amounts:
    """The volumes that the files give; nothing without any."""
    written = {one.row: _keyword(one, _VOLUME) for one in samples}
    if not any(written.values()):
        return Amounts()
    fcs = {one.row: one.fcs for one in samples}
    read = {row: volume(text) for row, text in written.items()}
    known = {row: found for row, found in read.items() if found > 0}
    usual = float(np.median(sorted(known.values()))) if known else math.nan
    other = {
        row for row, found in known.items() if not 1 / _OTHER_UNIT < found / usual < _OTHER_UNIT
    }
    kept = {row: found for row, found in known.items() if row not in other}
    unread = [row for row in read if row not in known]
    converted = [row for row in kept if not _is_number(written[row])]
    notes = [
        _note(fcs, written, rows, what)
        for rows, what in (
            (unread, "no volume can be read, so these wells' cells per volume are not compared"),
            (
                sorted(other),
                f"the volume is a hundredth or less, or a hundred times or more, of the usual "
                f"{number(usual)} µL: it may be in another unit, and these wells' cells per volume "
                "are not compared",
            ),
            (
                converted,
                f"the volume was read as {number(kept[converted[0]]) if converted else ''} µL",
            ),
        )
        if rows
    ]
    return Amounts(VOLUME, kept, tuple(notes), kept)


def volume(written: str) -> float:
    """$VOL in microlitres: nanolitres, or the unit that is behind the number; NaN if neither.

    >>> volume("50000"), volume("50 uL"), volume("50,5 µL"), volume("full")
    (50.0, 50.0, 50.5, nan)
    """
    parts = re.fullmatch(r"\s*([0-9.,eE+-]+)\s*([^\d\s]*)\s*", written)
    unit = _MICROLITRES.get(parts[2].casefold()) if parts else None
    if parts is None or unit is None:
        return math.nan
    text = parts[1].replace(",", ".")
    return float(text) * unit if _is_number(text) else math.nan


def _note(
    fcs: Mapping[int, str], written: Mapping[int, str], rows: Sequence[int], what: str
) -> str:
    first = rows[0]
    text = f"{_VOLUME} {written[first]!r}" if written[first] else f"no {_VOLUME}"
    return f"{many(len(rows), 'file')}, the first {fcs[first]} ({text}): {what}."


def _flow_rate(one: Tube) -> str:
    return next(filter(None, (_keyword(one, key) for key in _FLOW_RATE)), "")


def _keyword(one: Tube, keyword: str) -> str:
    return one.header.keywords.get(keyword, "").strip()


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
