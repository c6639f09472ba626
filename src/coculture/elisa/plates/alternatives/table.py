"""elisa/alternatives.csv: the concentration of each culture under each alternative."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from coculture.elisa.plates.alternatives import curves, wells_left_out, wells_put_back
from coculture.elisa.plates.alternatives.study_wells import ReadStudy, as_readings
from coculture.elisa.plates.cultures import VALUE_COLUMNS, precision_of
from coculture.elisa.plates.scatter import Scatter
from coculture.elisa.settings import ElisaSettings
from coculture.exchange.alternatives import ALTERNATIVE_COLUMNS, Alternative
from coculture.exchange.flags import Flag

TABLE = "elisa/alternatives.csv"
COLUMNS = (*ALTERNATIVE_COLUMNS, *VALUE_COLUMNS)


def alternative_values(
    wells: pd.DataFrame,
    well_flags: Iterable[Flag],
    curve_records: Sequence[Mapping[str, Any]],
    scatter: Scatter,
    settings: ElisaSettings,
) -> pd.DataFrame:
    """The values of the cultures with every other curve, without each flagged well, and with
    those that were excluded.

    Parameters
    ----------
    wells
        elisa/wells.csv of all plates.
    well_flags
        Their flags.
    curve_records
        Each plate's curve.json.

    Returns
    -------
    elisa/alternatives.csv: a row for each culture and analyte that has a value as configured and
    may have another one; of an alternative that cannot be used, one row without a culture.
    """
    if not len(wells):
        return pd.DataFrame(columns=list(COLUMNS))
    precision = precision_of(curve_records, scatter)
    used = ReadStudy(wells, precision.curves, scatter, precision.failing)
    readings = as_readings(wells)
    passing = {
        (str(entry["plate"]), str(analyte))
        for of_plate in curve_records
        for analyte, entry in of_plate.items()
        if entry["verdict"] == "pass"
    }
    found = [
        *curves.others(used, readings, settings, passing),
        *wells_left_out.others(used, readings, well_flags, settings, passing),
        *wells_put_back.others(used, readings, settings, passing),
    ]
    parts = [_labelled(alternative, values) for alternative, values in found]
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.concat(parts, ignore_index=True).reindex(columns=list(COLUMNS))


def _labelled(alternative: Alternative, values: pd.DataFrame | None) -> pd.DataFrame:
    """The values with what is different; one row without a culture if there are none."""
    if values is None:
        values = pd.DataFrame([{"culture": "", "analyte": "", "state": ""}])
    said = pd.DataFrame([alternative.in_columns()] * len(values), index=values.index)
    return pd.concat([said, values], axis=1)
