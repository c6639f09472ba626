"""The failure of an analyte on a plate, with all its reasons."""

from collections.abc import Sequence

from coculture.elisa.plates.checks import subjects
from coculture.exchange.flags import Flag

CODE = "plate_failed"


def flag(plate: str, analyte: str, reasons: Sequence[str]) -> Flag:
    """One failure for the curve, whatever the number of reasons."""
    return Flag(
        subjects.curve(plate, analyte),
        CODE,
        "failure",
        f"{analyte} on plate {plate} failed: {'; '.join(reasons)}.",
    )
