"""What says something about the independence of experiments, in the order in which it is said."""

from collections.abc import Iterable, Iterator

import pandas as pd

from coculture.comparison.independence.copied_readings import (
    copied_readings,
    readings_of_cultures,
)
from coculture.comparison.independence.copied_values import copied_values
from coculture.comparison.independence.donors_of_one_day import donors_of_one_day
from coculture.comparison.independence.shared_days import SharedDay
from coculture.comparison.independence.shared_material import shared_material
from coculture.comparison.independence.unclear_donors import unclear_donors
from coculture.comparison.independence.unknown_days import unknown_days
from coculture.comparison.settings import ComparisonSettings
from coculture.exchange.flags import Flag


def independence_flags(
    shared: Iterable[SharedDay],
    cultures: pd.DataFrame,
    settings: ComparisonSettings,
    elisa_wells: pd.DataFrame | None,
    flow_wells: pd.DataFrame | None,
) -> Iterator[Flag]:
    """Cautions about days, donors and copies, and notes about what experiments share.

    Parameters
    ----------
    shared
        The experiments that share a day (`shared_days`).
    cultures
        cultures.csv (`join_cultures`).
    elisa_wells, flow_wells
        elisa/wells.csv and flow/wells.csv; None or empty for an assay that the study lacks.
    """
    yield from (one.flag for one in shared)
    yield from unclear_donors(cultures)
    given = [one.name for one in settings.quantities if one.source == "values.csv"]
    if elisa_wells is not None and not elisa_wells.empty:
        for copied in copied_readings(readings_of_cultures(elisa_wells, cultures)):
            yield copied.flag
        given += _without_readings(elisa_wells, settings)
    yield from copied_values(_values(cultures, settings, given))
    yield from shared_material(cultures, elisa_wells, flow_wells)
    yield from donors_of_one_day(cultures, flow_wells)
    yield from unknown_days(cultures, flow_wells)


def _without_readings(wells: pd.DataFrame, settings: ComparisonSettings) -> list[str]:
    """The endpoints of analytes of which the files give concentrations, not readings."""
    read = set(wells.loc[wells.reindex(columns=["od"])["od"].notna(), "analyte"])
    return [
        one.name
        for one in settings.quantities
        if one.source == "elisa.csv" and one.options["analyte"] not in read
    ]


def _values(
    cultures: pd.DataFrame, settings: ComparisonSettings, names: Iterable[str]
) -> pd.DataFrame:
    """The numbers of cultures that were computed elsewhere, in the form of `copied_values`."""
    columns = {name: settings.compared(name).columns.value for name in names}
    keys = cultures[["experiment", "arm", "replicate"]]
    tables = [
        keys.assign(what=name, value=cultures[column].astype(float))
        for name, column in columns.items()
        if column in cultures
    ]
    if not tables:
        return pd.DataFrame(columns=["experiment", "arm", "replicate", "what", "value"])
    return pd.concat(tables, ignore_index=True)
