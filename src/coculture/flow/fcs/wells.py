"""The plate well of a file, as the instrument wrote it."""

import re

from coculture.flow.fcs.header import FcsHeader

WELL_KEYWORDS = ("$WELLID", "WELLID", "WELL ID", "WELL_ID", "WELL")
"""Keywords that hold nothing but the well."""
TUBE_KEYWORDS = ("TUBE NAME", "TUBENAME", "$SMNO")
"""Keywords that hold the well on some instruments, on others the user's own name of the tube."""

_WELL = re.compile(r"\b([A-P])0?([1-9]|1[0-9]|2[0-4])\b", re.IGNORECASE)


def well_of(header: FcsHeader) -> str:
    """The well as the file writes it; empty if it gives none."""
    return next((value for value in map(header.keywords.get, WELL_KEYWORDS) if value), "")


def plain_well(text: str) -> str:
    """The one well that a text names, as letter and number; empty if it names none or several.

    >>> plain_well("A01"), plain_well("Specimen_001-b07"), plain_well("day 2"), plain_well("A1, A2")
    ('A1', 'B7', '', '')
    """
    named = {
        f"{letter.upper()}{number}" for letter, number in _WELL.findall(text.replace("_", " "))
    }
    return named.pop() if len(named) == 1 else ""
