"""Whether medium that was not on cells reads as if it contained analyte."""

from collections.abc import Iterator

import numpy as np

from coculture.elisa.plates.checks import subjects
from coculture.elisa.plates.checks.curve_data import WellData
from coculture.elisa.plates.concentrations import pg_ml
from coculture.elisa.plates.medium_blanks import SUBTRACT, MediumBlank
from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import listed


def flags(data: WellData) -> Iterator[Flag]:
    """A caution for each medium whose mean is above the LLOQ; a note if it is subtracted."""
    if data.wells.empty:
        return
    concerns = subjects.curve(*map(str, data.wells.iloc[0][["plate", "analyte"]]))
    is_subtracted = data.settings.medium_blanks == SUBTRACT
    for blank in data.blanks:
        if blank.state == "below_lloq":
            continue
        is_known = blank.state == "ok"
        yield Flag(
            concerns,
            "medium_blank",
            "note" if is_subtracted and is_known else "caution",
            _sentence(blank, is_subtracted),
            blank.concentration_pg_ml,
            blank.lloq_pg_ml,
            "pg/mL",
        )
    if is_subtracted:
        samples = data.wells[data.wells["role"] == "sample"]
        for medium in sorted(set(samples["medium"]) - {blank.medium for blank in data.blanks}):
            yield Flag(
                concerns,
                "medium_blank",
                "caution",
                f"{_name(medium)} has no well to subtract, so its samples have no value. Measure "
                "medium again, or set elisa.medium_blanks to report.",
            )


def _sentence(blank: MediumBlank, is_subtracted: bool) -> str:
    wells = f"{'well' if len(blank.wells) == 1 else 'wells'} {listed(blank.wells)}"
    if blank.state == "above_uloq":
        end = " Its samples have no value, as it cannot be subtracted." if is_subtracted else ""
        return f"{_name(blank.medium)} reads above the range ({wells}).{end} Dilute it further."
    reads = f"{_name(blank.medium)} reads {pg_ml(blank.concentration_pg_ml)} ({wells})"
    if np.isfinite(blank.lloq_pg_ml):
        reads += f", above the LLOQ of {pg_ml(blank.lloq_pg_ml)}"
    if is_subtracted:
        return f"{reads}; this was subtracted from its samples."
    return (
        f"{reads}. As much of every sample may come from the medium and not from the cells. Find "
        "the cause, or set elisa.medium_blanks to subtract."
    )


def _name(medium: str) -> str:
    return f"Medium {medium} alone" if medium else "Medium alone"
