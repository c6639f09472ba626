"""Each flagged well left out: a sample, or a standard, which moves the curve."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pandas as pd

from coculture.curves.fitting import CurveError
from coculture.elisa.plates.alternatives.study_wells import (
    NotAcceptedError,
    ReadStudy,
    read_study,
)
from coculture.elisa.plates.roles import STANDARD_ROLES
from coculture.elisa.settings import ElisaSettings
from coculture.exchange.alternatives import Alternative
from coculture.exchange.flags import Flag

CHOICE = "well_left_out"


def others(
    used: ReadStudy,
    readings: pd.DataFrame,
    flags: Iterable[Flag],
    settings: ElisaSettings,
    passing: set[tuple[str, str]],
) -> Iterator[tuple[Alternative, pd.DataFrame | None]]:
    """Each well with a caution of its own, and the values that change without it.

    The arguments are those of `curves.others`, and the flags of all plates.
    """
    flagged = dict.fromkeys(
        (flag.concerns.plate, flag.concerns.well, flag.concerns.analyte)
        for flag in flags
        if flag.concerns.kind == "well" and flag.severity != "note"
    )
    for plate, well, analyte in flagged:
        is_well = (used.wells["plate"] == plate) & (used.wells["well"] == well)
        is_well &= used.wells["analyte"] == analyte
        if not is_well.any() or (used.wells.loc[is_well, "excluded"] != "").any():
            continue
        role, culture = used.wells.loc[is_well, ["role", "culture"]].iloc[0]
        alternative = Alternative(f"well {well} of {plate} left out", CHOICE)
        if role == "sample" and culture:
            own = used.wells["culture"] == culture
            own &= used.wells["analyte"] == analyte
            wells = used.wells.assign(state=used.wells["state"].mask(is_well, "excluded"))[own]
            yield alternative, replace(used, wells=wells).values(settings)
        elif role in STANDARD_ROLES:
            try:
                excluded = readings["excluded"].mask(is_well, "left out")
                left = readings.assign(excluded=excluded)
                yield alternative, of_curve(plate, analyte, left, used, settings, passing)
            except (CurveError, NotAcceptedError) as error:
                yield replace(alternative, not_counted=str(error).rstrip(".")), None


def of_curve(
    plate: str,
    analyte: str,
    readings: pd.DataFrame,
    used: ReadStudy,
    settings: ElisaSettings,
    passing: set[tuple[str, str]],
) -> pd.DataFrame:
    """The values of the cultures on the plates that are read from the curve of a plate.

    `readings` are the wells with other standards. Raises as `read_study`.
    """
    read_from = {name for name, source in settings.curve_of.items() if source == plate}
    plates = {plate, *read_from}
    of_plates = readings[readings["plate"].isin(plates) & (readings["analyte"] == analyte)]
    again = read_study(of_plates, used, settings, used.scatter, passing)
    wells = pd.concat([used.wells.drop(again.wells.index), again.wells])
    on_plates = wells["plate"].isin(plates) & (wells["analyte"] == analyte)
    cultures = wells.loc[on_plates & (wells["role"] == "sample"), "culture"]
    own = wells["culture"].isin(cultures) & (wells["analyte"] == analyte)
    curves = {**used.curves, **again.curves}
    return replace(used, wells=wells[own], curves=curves).values(settings)
