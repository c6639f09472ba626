"""Excluded wells put back: those of a culture together, and each standard."""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from coculture.curves.fitting import CurveError
from coculture.elisa.plates.alternatives.study_wells import (
    NotAcceptedError,
    ReadStudy,
    read_study,
)
from coculture.elisa.plates.alternatives.wells_left_out import of_curve
from coculture.elisa.plates.roles import STANDARD_ROLES
from coculture.elisa.settings import ElisaSettings
from coculture.exchange.alternatives import PUT_BACK, Alternative
from coculture.exchange.vocabulary import listed

STANDARD = "standard_put_back"
_NOT_THERE = "their readings are not there"


def others(
    used: ReadStudy,
    readings: pd.DataFrame,
    settings: ElisaSettings,
    passing: set[tuple[str, str]],
) -> Iterator[tuple[Alternative, pd.DataFrame | None]]:
    """The wells of each culture that were excluded, and each standard, with what they change.

    The arguments are those of `curves.others`.
    """
    is_excluded = readings["excluded"] != ""
    is_sample = is_excluded & (readings["role"] == "sample") & (readings["culture"] != "")
    for (culture, analyte), rows in readings[is_sample].groupby(["culture", "analyte"]):
        named = f"{_wells(rows)} of {culture} ({analyte}) put back"
        alternative = Alternative(f"{'well' if len(rows) == 1 else 'wells'} {named}", PUT_BACK)
        known = rows[_is_read(rows, used)]
        if known.empty:
            yield replace(alternative, not_counted=_NOT_THERE), None
            continue
        again = _read(readings, known, used, settings, passing)
        own = (used.wells["culture"] == culture) & (used.wells["analyte"] == analyte)
        kept = used.wells[own].drop(known.index)
        wells = pd.concat([kept, again.wells.loc[known.index]]).sort_index()
        yield alternative, replace(used, wells=wells).values(settings)
    for place in readings.index[is_excluded & readings["role"].isin(STANDARD_ROLES)]:
        row = readings.loc[[place]]
        alternative = Alternative(f"standard {_wells(row)} put back", STANDARD)
        if not _is_read(row, used).all():
            yield replace(alternative, not_counted=_NOT_THERE), None
            continue
        put_back = readings.assign(excluded=readings["excluded"].drop(place))
        put_back["excluded"] = put_back["excluded"].fillna("")
        plate, analyte = str(row["plate"].iloc[0]), str(row["analyte"].iloc[0])
        try:
            yield alternative, of_curve(plate, analyte, put_back, used, settings, passing)
        except (CurveError, NotAcceptedError) as error:
            yield replace(alternative, not_counted=str(error).rstrip(".")), None


def _wells(rows: pd.DataFrame) -> str:
    """ "A1 and A2 of plate-1"."""
    each = (f"{listed(of_plate['well'])} of {plate}" for plate, of_plate in rows.groupby("plate"))
    return listed(each)


def _is_read(rows: pd.DataFrame, used: ReadStudy) -> "pd.Series[bool]":
    """Whether a well has a reading, on a plate with a curve."""
    keys = zip(rows["plate"].map(str), rows["analyte"].map(str), strict=True)
    has_curve = pd.Series([key in used.curves for key in keys], rows.index)
    return has_curve & (rows["response"].notna() | (rows["state"] == "overflow"))


def _read(
    readings: pd.DataFrame,
    wells: pd.DataFrame,
    used: ReadStudy,
    settings: ElisaSettings,
    passing: set[tuple[str, str]],
) -> ReadStudy:
    """The plates of some samples, read with these; the curves stay as they are."""
    sources = set(wells["plate"]) | {settings.curve_of.get(one, one) for one in wells["plate"]}
    of_plates = readings[readings["plate"].isin(sources)]
    excluded = of_plates["excluded"].mask(of_plates.index.isin(wells.index), "")
    return read_study(of_plates.assign(excluded=excluded), used, settings, used.scatter, passing)
