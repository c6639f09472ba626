"""The values of the cultures under each alternative of what was measured."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from coculture.comparison.quantities.kind import MISSING, Readings
from coculture.comparison.quantities.quantity import Quantity
from coculture.comparison.quantities.registry import kind_named
from coculture.comparison.quantities.text_columns import filled
from coculture.comparison.robustness import numbers_put_back
from coculture.comparison.settings import ComparisonSettings
from coculture.exchange.alternatives import PUT_BACK, Alternative
from coculture.exchange.vocabulary import listed

_ALL_SAMPLES, _ALL_WELLS = "all excluded samples put back", "all excluded wells put back"


@dataclass(frozen=True, eq=False)
class AlternativeTables:
    """What flow cytometry and ELISA would have measured otherwise; empty for what was not made.

    Attributes
    ----------
    flow, elisa
        flow/alternatives.csv of all experiments, and elisa/alternatives.csv.
    numbers
        The rows of the tables of values, also those that are excluded.
    flow_wells
        flow/wells.csv of all experiments and populations, which the alternatives change.
    population
        The population that is reported, for quantities of flow cytometry that name none.
    """

    flow: pd.DataFrame = field(default_factory=pd.DataFrame)
    elisa: pd.DataFrame = field(default_factory=pd.DataFrame)
    flow_wells: pd.DataFrame = field(default_factory=pd.DataFrame)
    population: str = ""
    numbers: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True, eq=False)
class AlternativeCultures:
    """cultures.csv under one alternative.

    Attributes
    ----------
    cultures
        None if the alternative could not be made in any experiment.
    source
        The table of the study whose measurements it changes.
    note
        In which experiments it could not be made, and why.
    """

    alternative: Alternative
    source: str
    cultures: pd.DataFrame | None
    note: str = ""


def alternative_cultures(
    cultures: pd.DataFrame, tables: AlternativeTables, settings: ComparisonSettings
) -> Iterator[AlternativeCultures]:
    """cultures.csv under each alternative, for the quantities that findings are about.

    Parameters
    ----------
    cultures
        cultures.csv as configured.
    """
    named = {finding.endpoint for finding in settings.findings}
    quantities = [one for one in settings.quantities if one.name in named]
    of_flow = [one for one in quantities if one.source == "flow.csv"]
    of_elisa = [one for one in quantities if one.source == "elisa.csv"]
    if of_flow and len(tables.flow):
        yield from _of_flow(cultures, tables, of_flow)
    if of_elisa and len(tables.elisa):
        yield from _of_elisa(cultures, tables, of_elisa)
    of_numbers = [one for one in quantities if one.source == "values.csv"]
    if of_numbers and len(tables.numbers):
        yield from _of_numbers(cultures, tables.numbers, of_numbers)


def _of_flow(
    cultures: pd.DataFrame, tables: AlternativeTables, quantities: list[Quantity]
) -> Iterator[AlternativeCultures]:
    for rows in _each(tables.flow, _ALL_SAMPLES):
        alternative = _alternative(rows)
        kept, changed = rows[filled(rows["fcs"]) == ""], rows[filled(rows["fcs"]) != ""]
        reasons = [
            f"{listed(of_reason['experiment'])} as configured, because {why}"
            for why, of_reason in kept.groupby("kept_because", sort=False)
        ]
        note = "; ".join(reasons)
        if changed.empty:
            yield AlternativeCultures(replace(alternative, not_counted=note), "flow.csv", None)
            continue
        wells = _changed_wells(tables.flow_wells, changed)
        readings = Readings(wells, pd.DataFrame(), pd.DataFrame(), tables.population)
        other = _with_readings(cultures, quantities, readings, set(changed["culture"]))
        yield AlternativeCultures(alternative, "flow.csv", other, note)


def _of_elisa(
    cultures: pd.DataFrame, tables: AlternativeTables, quantities: list[Quantity]
) -> Iterator[AlternativeCultures]:
    for rows in _each(tables.elisa, _ALL_WELLS):
        alternative, changed = _alternative(rows), rows[filled(rows["culture"]) != ""]
        if changed.empty:
            yield AlternativeCultures(alternative, "elisa.csv", None)
            continue
        readings = Readings(pd.DataFrame(), changed, pd.DataFrame(), tables.population)
        other = _with_readings(cultures, quantities, readings, set(changed["culture"]))
        yield AlternativeCultures(alternative, "elisa.csv", other)


def _of_numbers(
    cultures: pd.DataFrame, numbers: pd.DataFrame, quantities: list[Quantity]
) -> Iterator[AlternativeCultures]:
    for alternative, changed in numbers_put_back.others(numbers):
        readings = Readings(pd.DataFrame(), pd.DataFrame(), changed)
        other = _with_readings(cultures, quantities, readings, set(changed["culture"]))
        yield AlternativeCultures(alternative, "values.csv", other)


def _each(table: pd.DataFrame, name_of_all: str) -> Iterator[pd.DataFrame]:
    """The rows of each alternative, in the order in which they are written.

    Then all that was excluded put back together, if it is of several cultures: each by itself may
    change little.
    """
    for _, rows in table.groupby("alternative", sort=False):
        yield rows
    put_back = table[(table["choice"] == PUT_BACK) & (filled(table["culture"]) != "")]
    if len(set(put_back["culture"])) > 1:
        yield put_back.assign(alternative=name_of_all, not_counted_because="")


def _alternative(rows: pd.DataFrame) -> Alternative:
    first = rows.iloc[0]
    why = str(filled(rows["not_counted_because"]).iloc[0])
    return Alternative(str(first["alternative"]), str(first["choice"]), why)


def _changed_wells(wells: pd.DataFrame, changed: pd.DataFrame) -> pd.DataFrame:
    """The rows of flow/wells.csv of the changed cultures, with the counts of the alternative.

    A file without any cell of the population gives no reading, as one that is left out.
    """
    key = ["fcs", "population"]
    own = wells[wells["culture"].isin(changed["culture"])].set_index(key)
    other = changed.set_index(key)
    numbers = [column for column in ("cell_density", *other) if column in own]
    numbers = [
        column
        for column in dict.fromkeys(numbers)
        if column in ("events_population", "cell_density") or column.startswith(("n_", "median_"))
    ]
    is_changed = own.index.isin(other.index)
    values = other.reindex(own.index)
    replaced = {
        column: np.where(
            is_changed,
            values[column].to_numpy(float, na_value=np.nan),
            own[column].to_numpy(float, na_value=np.nan),
        )
        for column in numbers
    }
    # A sample that is put back is not excluded any more; others that are changed never were.
    counted = own.assign(**replaced, excluded=own["excluded"].mask(is_changed, ""))
    return counted[counted["events_population"] > 0].reset_index()


def _with_readings(
    cultures: pd.DataFrame, quantities: list[Quantity], readings: Readings, changed: set[str]
) -> pd.DataFrame:
    """cultures.csv with the readings of the changed cultures in place of their own."""
    is_changed = cultures["culture"].isin(changed)
    names = cultures.loc[is_changed, "culture"].to_numpy()
    table = cultures.copy()
    for quantity in quantities:
        columns = quantity.columns
        read = kind_named(quantity.kind).readings(quantity, readings).reindex(names)
        for name in (one for one in read if one not in ("flags", "reason")):
            column = columns.state if name == "state" else str(name)
            if column == columns.state:
                state = read[name].fillna(MISSING)
                table[column] = table[column].astype(object)
                table.loc[is_changed, column] = state.to_numpy()
            elif column in columns.numbers and column in table:
                numbers = table[column].astype(float)
                numbers[is_changed] = read[name].to_numpy(dtype=float)
                table[column] = numbers
    return table
