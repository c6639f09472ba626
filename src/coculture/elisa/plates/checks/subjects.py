"""What the flags of plates concern: a well, the curve of an analyte on a plate, or a culture."""

from collections.abc import Hashable, Mapping
from typing import Any

from coculture.exchange.flags import Concerns

WELLS, CULTURES = "elisa/wells.csv", "elisa/cultures.csv"


def well(row: Mapping[Hashable, Any]) -> Concerns:
    """The well of a row of elisa/wells.csv."""
    return Concerns(
        WELLS,
        "well",
        plate=str(row["plate"]),
        well=str(row["well"]),
        analyte=str(row["analyte"]),
        culture=str(row["culture"]),
    )


def curve(plate: str, analyte: str) -> Concerns:
    """The standard curve of an analyte on a plate, and every well that is read from it."""
    return Concerns(WELLS, "curve", plate=plate, analyte=analyte)


def plate(name: str) -> Concerns:
    """Every well of a plate."""
    return Concerns(WELLS, "plate", plate=name)


def culture(name: str, analyte: str, plate: str) -> Concerns:
    """An analyte in the supernatant of a culture; `plate` is the first that it was measured on."""
    return Concerns(CULTURES, "culture", plate=plate, analyte=analyte, culture=name)
