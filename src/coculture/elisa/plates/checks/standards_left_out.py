"""Which standards were left out of the fit because they fail, or why they were not."""

from collections.abc import Iterator

import pandas as pd

from coculture.elisa.plates.checks import subjects
from coculture.elisa.plates.concentrations import pg_ml
from coculture.elisa.plates.failing_standards import FittedStandards
from coculture.elisa.plates.quantification_range import QuantificationRange
from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import listed

CODE = "standard_left_out"


def flags(
    plate: str, analyte: str, fitted: FittedStandards, span: QuantificationRange
) -> Iterator[Flag]:
    """A note for each standard that was left out, or one that says why none was."""
    concerns = subjects.curve(plate, analyte)
    if fitted.kept_because:
        levels = fitted.levels[fitted.levels["verdict"] == "fail"]
        named = listed(pg_ml(level) for level in levels["nominal_pg_ml"])
        yield Flag(
            concerns,
            CODE,
            "note",
            f"The standards that fail ({named}) were not left out of the fit: "
            f"{fitted.kept_because}.",
        )
    for level, wells in fitted.left_out.groupby("concentration_pg_ml", sort=True):
        row = fitted.levels[fitted.levels["nominal_pg_ml"] == level].iloc[0]
        yield Flag(
            concerns,
            CODE,
            "note",
            f"The standard of {pg_ml(float(str(level)))} ({_named(wells, plate)}) fails and was "
            f"{row['reason'].replace('left out: ', 'left out of the fit (')}). Concentrations are "
            f"quantified from {pg_ml(span.lloq)} to {pg_ml(span.uloq)} in the well.",
            float(row["recovery_percent"]),
            unit="%",
        )


def _named(wells: pd.DataFrame, plate: str) -> str:
    """The wells, with their plate where that is another."""
    source = str(wells["plate"].iloc[0])
    return listed(wells["well"]) + ("" if source == plate else f" of plate {source}")
