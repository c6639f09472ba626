"""Notes about wells and cultures: exclusions, and bounds of what is outside the range."""

from collections.abc import Iterator

import pandas as pd

from coculture.elisa.plates.checks import subjects
from coculture.elisa.plates.combination import Combination
from coculture.elisa.plates.concentrations import pg_ml
from coculture.elisa.plates.roles import STANDARD_ROLES
from coculture.exchange.flags import Concerns, Flag
from coculture.exchange.vocabulary import ABOVE_RANGE, BELOW_RANGE, state_in_words

EXCLUDED, MASKED = "excluded", "masked"
"""Codes: every well that is not used, and those that the reader's software masked."""
MASKED_REASON = "masked in the reader's software"


def exclusions(wells: pd.DataFrame) -> Iterator[Flag]:
    """A note for each well of elisa.csv that is not used, with its reason as sentence."""
    excluded = wells[(wells["excluded"] != "") & (wells["role"] != "unassigned")]
    for row in excluded.to_dict("records"):
        yield Flag(subjects.well(row), EXCLUDED, "note", str(row["excluded"]))


def masked(wells: pd.DataFrame) -> Iterator[Flag]:
    """A note for each of these wells, which the reader's software masked."""
    for row in wells.to_dict("records"):
        yield Flag(
            subjects.well(row),
            MASKED,
            "note",
            "Masked in the software of the plate reader.",
        )


def no_reference(plate: str) -> Flag:
    """A note for a plate from which no reference reading was subtracted, though one was wanted."""
    return Flag(
        subjects.plate(plate),
        "no_reference",
        "note",
        "The file has no reference reading, so nothing was subtracted from the optical density.",
    )


def given_concentrations(plate: str, analyte: str, cv_percent: float) -> Flag:
    """A note for an analyte whose concentrations come from the reader's software."""
    return Flag(
        subjects.curve(plate, analyte),
        "given_concentrations",
        "note",
        "The concentrations are those of the reader's software; no curve was fitted. The file does "
        f"not state the error of a well: a CV of {cv_percent:g} % (elisa.starting_cv_percent) is "
        "assumed.",
        cv_percent,
        unit="%",
    )


def unread_standards(wells: pd.DataFrame) -> Iterator[Flag]:
    """A note for each standard that is in no curve, because the reader gave no number."""
    is_unread = wells["role"].isin(STANDARD_ROLES) & (wells["excluded"] == "")
    for row in wells[is_unread & wells["response"].isna()].to_dict("records"):
        state = state_in_words(str(row["state"]))
        yield Flag(
            subjects.well(row),
            "standard_not_read",
            "note",
            f"The reader gave no number for this standard ({state}), so the curve is without it.",
        )


def well_bounds(wells: pd.DataFrame) -> Iterator[Flag]:
    """A note for each sample well outside the range, with its bound."""
    for row in wells[wells["role"] == "sample"].to_dict("records"):
        state = str(row["state"])
        if state in (*BELOW_RANGE, *ABOVE_RANGE):
            bound = row["upper_pg_ml"] if state in BELOW_RANGE else row["lower_pg_ml"]
            yield _bound(subjects.well(row), state, float(bound))


def culture_bound(combined: Combination) -> Iterator[Flag]:
    """A note for a culture outside the range, with its bound."""
    if combined.state in (*BELOW_RANGE, *ABOVE_RANGE):
        yield _bound(combined.concerns, combined.state, combined.bound)


def _bound(concerns: Concerns, state: str, bound: float) -> Flag:
    side = "below" if state in BELOW_RANGE else "above"
    return Flag(
        concerns,
        state,
        "note",
        f"{concerns.analyte} is {side} {pg_ml(bound)} ({state_in_words(state)}).",
        bound,
        unit="pg/mL",
    )
