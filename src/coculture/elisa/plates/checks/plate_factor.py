"""Whether a plate reads more or less than the others of what is on several of them."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from coculture.elisa.plates.checks import subjects
from coculture.elisa.plates.plate_factors import PlateFactor
from coculture.exchange.flags import Flag, Severity
from coculture.exchange.vocabulary import listed, many

CODE = "plate_factor"
LIMIT = 1.3
"""Factor from the mean of the plates, as plates of a culture may differ by 30 %. Of two plates, one
reads 1.7 times the other then."""
_ERRORS = 3.5
"""Standard errors, of wells and curve: 0.05 % of sound plates are beyond by chance."""
_NAMED = 3


def flags(factors: Sequence[PlateFactor], wells: pd.DataFrame, is_applied: bool) -> Iterator[Flag]:
    """A caution for each plate beyond the limit, unless it is corrected; otherwise a note.

    Where factors are applied, also a caution for each plate without any bridge.
    """
    for one in factors:
        is_off = abs(one.ln) > max(np.log(LIMIT), _ERRORS * one.whole_error)
        severity: Severity = "caution" if is_off and not is_applied else "note"
        end = _NOT_CORRECTED if severity == "caution" else _APPLIED if is_applied else ""
        yield Flag(
            subjects.curve(one.plate, one.analyte),
            CODE,
            severity,
            f"{_compared(one)}.{end}",
            one.factor,
            LIMIT,
            "fold",
        )
    if is_applied:
        yield from _without_bridge(factors, wells)


_NOT_CORRECTED = (
    " Which plate is right, only a control with a target can say. Look for what was done "
    "otherwise, measure the plate again, or set elisa.plate_factors to apply."
)
_APPLIED = " The values of its cultures were divided by this factor."


def _compared(one: PlateFactor) -> str:
    low, high = one.limits
    named = listed(one.bridges[:_NAMED])
    if len(one.bridges) > _NAMED:
        named = f"{', '.join(one.bridges[:_NAMED])} and {len(one.bridges) - _NAMED} more"
    return (
        f"By {many(len(one.bridges), 'bridge sample')} ({named}) it reads {one.factor:.2f} times "
        f"({low:.2f} to {high:.2f}) {_mean_of(one.compared)}"
    )


def _mean_of(plates: Sequence[str]) -> str:
    if len(plates) == 1:
        return f"what plate {plates[0]} does, the only one of them that does not fail"
    return f"the mean of plates {listed(plates)}"


def _without_bridge(factors: Sequence[PlateFactor], wells: pd.DataFrame) -> Iterator[Flag]:
    known = {(one.plate, one.analyte) for one in factors}
    analytes = {one.analyte for one in factors}
    measured = wells.loc[wells["role"] == "sample", ["plate", "analyte"]].drop_duplicates()
    for plate, analyte in measured.itertuples(index=False):
        if analyte in analytes and (plate, analyte) not in known:
            yield Flag(
                subjects.curve(str(plate), str(analyte)),
                CODE,
                "caution",
                "No bridge sample is on this plate and another, so its values are not corrected as "
                "those of the other plates are. Measure a control of the others on it.",
            )
