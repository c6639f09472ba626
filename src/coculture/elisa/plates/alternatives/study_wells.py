"""The wells of a study, from elisa/wells.csv, so that they can be read from other curves."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coculture.curves.fitted_curve import FittedCurve
from coculture.elisa.plates.cultures import Precision, combined_values
from coculture.elisa.plates.plate_factors import (
    APPLY,
    by_plate_and_analyte,
    corrected,
    factors_of_study,
)
from coculture.elisa.plates.quantification import is_usable, read_with_curve
from coculture.elisa.plates.scatter import Scatter, scatter_of
from coculture.elisa.settings import ElisaSettings

_NO_READING = ("missing", "excluded")


@dataclass(frozen=True, eq=False)
class ReadStudy:
    """The wells of all plates, and the curves that they were read from.

    Attributes
    ----------
    wells
        Rows of elisa/wells.csv.
    curves
        (plate, analyte) -> its curve; without those that have none.
    failing
        (plate, analyte) of plates that fail as configured.
    """

    wells: pd.DataFrame
    curves: Mapping[tuple[str, str], FittedCurve]
    scatter: Scatter
    failing: frozenset[tuple[str, str]] = frozenset()

    def values(self, settings: ElisaSettings) -> pd.DataFrame:
        """The value of each culture and analyte: `VALUE_COLUMNS`."""
        precision = Precision(self.curves, self.scatter, settings.curve_of, failing=self.failing)
        # A copy of fewer columns takes less time, and each culture makes several.
        wells = self.wells[list(_COMBINED)]
        if settings.plate_factors == APPLY:
            factors = factors_of_study(wells, precision)
            wells = corrected(wells, factors)
            of_plates = {key: one.factor for key, one in by_plate_and_analyte(factors).items()}
            precision = replace(precision, factors=of_plates)
        return combined_values(wells, precision)


_COMBINED = (
    *("plate", "well", "role", "analyte", "culture", "dilution", "nominal_pg_ml", "response"),
    *("in_well_pg_ml", "concentration_pg_ml", "lower_pg_ml", "upper_pg_ml", "lloq_pg_ml"),
    *("uloq_pg_ml", "ln_se_curve", "ln_se_well", "state", "excluded"),
)
"""The columns of elisa/wells.csv from which the wells of a culture are combined."""


class NotAcceptedError(Exception):
    """A plate that passes as configured does not pass with another curve."""


def as_readings(wells: pd.DataFrame) -> pd.DataFrame:
    """Rows of elisa/wells.csv as they were before a curve was fitted."""
    given = wells[wells["role"] != "unassigned"]
    # A reading off the scale of the reader has no response, but its state says so.
    is_off = given["response"].isna() & ~given["state"].isin(_NO_READING)
    state = np.select([is_off, given["response"].isna()], ["overflow", "missing"], "ok")
    return given.assign(state=state, concentration_pg_ml=given["nominal_pg_ml"])


def scatter_with(readings: pd.DataFrame, settings: ElisaSettings) -> Scatter:
    """The scatter of the wells where standards are fitted as `settings` say."""
    return scatter_of(readings[is_usable(readings)], settings)


def read_study(
    readings: pd.DataFrame,
    used: ReadStudy,
    settings: ElisaSettings,
    scatter: Scatter,
    passing: set[tuple[str, str]],
) -> ReadStudy:
    """Fit every curve of the study again, and read all wells.

    Parameters
    ----------
    readings
        From `as_readings`.
    used
        The study as configured. Analytes that have no curve there keep what they have.
    passing
        The plates and analytes that pass as configured.

    Raises
    ------
    CurveError
        If the standards of a plate do not determine a curve.
    NotAcceptedError
        If a plate and analyte that passes as configured does not pass.
    """
    parts, curves = [], {}
    by_curve = {
        (str(plate), str(analyte)): rows
        for (plate, analyte), rows in readings.groupby(["plate", "analyte"], sort=True)
    }
    for (plate, analyte), rows in by_curve.items():
        if (plate, analyte) not in used.curves:
            parts.append(used.wells.loc[rows.index])
            continue
        source = None
        if plate in settings.curve_of:
            source = by_curve.get((settings.curve_of[plate], analyte), readings.iloc[:0])
        found = read_with_curve(rows, settings, scatter, source)
        if found.reasons and (plate, analyte) in passing:
            raise NotAcceptedError(f"{analyte} on plate {plate} does not pass: {found.reasons[0]}")
        parts.append(found.wells)
        curves[plate, analyte] = found.fitted.curve
    return ReadStudy(pd.concat(parts), curves, scatter, used.failing)
