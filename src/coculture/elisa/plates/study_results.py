"""From the wells of all plates to the cultures of a study, with the factors between plates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from coculture.elisa.plates.checks import plate_factor
from coculture.elisa.plates.cultures import combine_cultures, precision_of
from coculture.elisa.plates.plate_factors import (
    APPLY,
    by_plate_and_analyte,
    corrected,
    factor_table,
    factors_of_study,
)
from coculture.elisa.plates.scatter import Scatter
from coculture.elisa.settings import ElisaSettings
from coculture.exchange.flags import Flag


@dataclass(frozen=True)
class StudyConcentrations:
    """The cultures of a study and the factors between its plates.

    Attributes
    ----------
    cultures
        elisa/cultures.csv.
    plate_factors
        elisa/plate_factors.csv.
    flags
        elisa/flags.csv.
    """

    cultures: pd.DataFrame
    plate_factors: pd.DataFrame
    flags: tuple[Flag, ...]


def combine_study(
    wells: pd.DataFrame,
    well_flags: Iterable[Flag],
    curves: Sequence[Mapping[str, Any]],
    scatter: Scatter,
    settings: ElisaSettings,
) -> StudyConcentrations:
    """Combine the wells of all plates, divided by the factors of their plates if the config asks.

    Parameters
    ----------
    wells
        elisa/wells.csv of all plates.
    well_flags
        Their flags.
    curves
        Each plate's curve.json.
    """
    precision = precision_of(curves, scatter)
    factors = factors_of_study(wells, precision)
    is_applied = settings.plate_factors == APPLY
    own = tuple(plate_factor.flags(factors, wells, is_applied))
    if is_applied:
        wells = corrected(wells, factors)
        by_plate = {key: one.factor for key, one in by_plate_and_analyte(factors).items()}
        precision = replace(precision, factors=by_plate)
    combined = combine_cultures(wells, well_flags, precision)
    return StudyConcentrations(
        combined.cultures, factor_table(factors, is_applied), (*own, *combined.flags)
    )
