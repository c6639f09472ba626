"""The columns of elisa.csv that hold a concentration, one for each unit, and what they must fulfil.

Everything else uses `concentration_pg_ml`, which `in_pg_ml` fills.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from coculture.curves.models import Floats
from coculture.elisa.plates.concentration_units import ACTIVITY, pg_ml_per
from coculture.elisa.plates.roles import STANDARD_ROLES
from coculture.exchange.problems import Problem

PG_ML = "concentration_pg_ml"
UNITS = {
    PG_ML: "pg/mL",
    "concentration_ng_ml": "ng/mL",
    "concentration_ug_ml": "ug/mL",
    "concentration_u_ml": ACTIVITY,
}
_OTHERS = [column for column in UNITS if column != PG_ML]
_FACTORS = (1e3, 1e-3, 1e6, 1e-6)
"""Between neighbouring units of mass, and those two steps apart."""
_SAME = 0.01
"""Relative difference up to which two levels are the same: they are written with three digits."""
_SHARE_ALIKE = 0.75
"""Of the levels of two plates that have to be alike, as a level may be missing on one of them."""


def in_pg_ml(elisa_table: pd.DataFrame, pg_per_unit: Mapping[str, float]) -> pd.DataFrame:
    """The table with every concentration in `concentration_pg_ml`, without the other columns.

    Parameters
    ----------
    elisa_table
        elisa.csv as read.
    pg_per_unit
        How many pg are 1 U, by analyte.
    """
    converted = elisa_table[PG_ML].astype(float).copy()
    for column in _OTHERS:
        factors = [
            pg_ml_per(UNITS[column], str(analyte), pg_per_unit)
            for analyte in elisa_table["analyte"]
        ]
        converted = converted.fillna(elisa_table[column] * np.array(factors, dtype=float))
    return elisa_table.assign(**{PG_ML: converted}).drop(columns=_OTHERS)


def problems(elisa_table: pd.DataFrame, pg_per_unit: Mapping[str, float]) -> Iterator[Problem]:
    """What is wrong with the units of elisa.csv as read."""
    yield from _several(elisa_table)
    yield from _without_factor(elisa_table, pg_per_unit)
    for column, unit in UNITS.items():
        for analyte, rows in elisa_table[elisa_table[column] > 0].groupby("analyte", sort=True):
            yield from _plates_by_a_thousand(rows, column, str(analyte), unit)
            yield from _controls_by_a_thousand(rows, column, unit)


def _several(elisa_table: pd.DataFrame) -> Iterator[Problem]:
    """A row has one concentration."""
    filled = elisa_table[list(UNITS)].notna()
    for row in filled.index[filled.sum(axis=1) > 1]:
        columns = [column for column in UNITS if filled.loc[row, column]]
        message = f"this row also has {columns[0]}; write the concentration in one of them."
        yield Problem("elisa.csv", message, int(row), columns[1])


def _without_factor(
    elisa_table: pd.DataFrame, pg_per_unit: Mapping[str, float]
) -> Iterator[Problem]:
    """U/mL of an analyte need the factor to pg/mL."""
    column = next(name for name, unit in UNITS.items() if unit == ACTIVITY)
    for row, analyte in elisa_table.loc[elisa_table[column].notna(), "analyte"].items():
        if analyte not in pg_per_unit:
            message = (
                f"how many pg are 1 U of {analyte} is not known. State it in the config as "
                f"elisa.pg_per_unit: {{{analyte}: ...}}; the leaflet of the kit has it."
            )
            yield Problem("elisa.csv", message, int(str(row)), column)


def _plates_by_a_thousand(
    rows: pd.DataFrame, column: str, analyte: str, unit: str
) -> Iterator[Problem]:
    """No plate has the standards of the others times 1,000: one of them is in another unit."""
    standards = rows[rows["role"].isin(STANDARD_ROLES)]
    of_plates = {str(plate): of_plate for plate, of_plate in standards.groupby("plate", sort=True)}
    levels = {plate: np.unique(of_plate[column]) for plate, of_plate in of_plates.items()}
    # Most plates have the same levels; each series is compared once.
    series = Counter(tuple(ours.tolist()) for ours in levels.values())
    counts = {
        ours: sum(series[other] for other in series if _are_alike(*map(np.array, (ours, other))))
        for ours in series
    }
    alike = {plate: counts[tuple(ours.tolist())] for plate, ours in levels.items()}
    usual = max(alike, key=lambda plate: alike[plate], default="")
    for plate, ours in levels.items():
        factor = next((one for one in _FACTORS if _are_alike(ours, levels[usual] * one)), None)
        if factor is not None:
            first = of_plates[plate][column]
            message = (
                f"the {analyte} standards of plate {plate} are {_times(factor)} those of plate "
                f"{usual}. If one of the two is not in {unit}, use the column of its unit "
                f"({', '.join(UNITS)})."
            )
            yield Problem("elisa.csv", message, int(first.index[0]), column, f"{first.iloc[0]:g}")


def _controls_by_a_thousand(rows: pd.DataFrame, column: str, unit: str) -> Iterator[Problem]:
    """Controls lie between the standards, and not all beyond them by a factor of units."""
    for plate, of_plate in rows.groupby("plate", sort=True):
        standards = of_plate.loc[of_plate["role"].isin(STANDARD_ROLES), column]
        controls = of_plate[of_plate["role"] == "control"]
        targets = (controls[column] / controls["dilution"].fillna(1.0)).to_numpy(float)
        if standards.empty or controls.empty:
            continue
        low, high = standards.min(), standards.max()
        if ((low <= targets) & (targets <= high)).any():
            continue
        for factor in _FACTORS:
            if ((low <= targets * factor) & (targets * factor <= high)).all():
                message = (
                    f"the controls of plate {plate} lie between its standards only if their "
                    f"targets are {_times(factor)} what is written. If controls or standards are "
                    f"not in {unit}, use the column of their unit ({', '.join(UNITS)})."
                )
                row = int(controls.index[0])
                yield Problem("elisa.csv", message, row, column, f"{controls[column].iloc[0]:g}")
                break


def _are_alike(ours: Floats, theirs: Floats) -> bool:
    """Whether two rising series are the same but for a missing level; not if one is shifted."""
    near = np.abs(ours[:, None] / theirs - 1) <= _SAME
    has_an_end = near[0, 0] or near[-1, -1]
    enough = near.any(axis=1).sum() >= _SHARE_ALIKE * max(len(ours), len(theirs))
    return bool(has_an_end and enough)


def _times(factor: float) -> str:
    return f"{factor:,.0f} times" if factor > 1 else f"{1 / factor:,.0f} times below"
