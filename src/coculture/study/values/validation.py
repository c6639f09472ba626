"""What must hold for finished numbers, and what is worth a look before they are used."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import pandas as pd

from coculture.exchange import units
from coculture.exchange.names import column_prefix
from coculture.exchange.problems import Problem
from coculture.exchange.vocabulary import many
from coculture.study.values import flowjo
from coculture.study.values.fractions import fractions
from coculture.study.values.matching import file_name
from coculture.study.values.reading import NAME


def problems(values: pd.DataFrame, of_other_tables: Mapping[str, str]) -> Iterator[Problem]:
    """What is wrong with the finished numbers as read.

    Parameters
    ----------
    values
        As `read` returns them.
    of_other_tables
        The names that other tables of the study measure, each with the table: {"IL-6":
        "elisa.csv"}.
    """
    used = values[(values["exclude"] == "") & values["endpoint"].notna() & values["unit"].notna()]
    yield from _pasted_twice(used)
    yield from _in_two_tables(used)
    yield from _spelled_alike(values)
    yield from _measured_twice(values, of_other_tables)
    yield from _units_differ(used)
    yield from _out_of_range(used)


def notices(values: pd.DataFrame) -> list[str]:
    """What to look at: percents that may be fractions."""
    return [f"{one.tables}, {one.sentence}" for one in fractions(values)]


def counted(values: pd.DataFrame) -> str:
    """How many numbers there are, of how many endpoints.

    >>> counted(pd.DataFrame({"endpoint": ["viability", "viability", "IL-6"]}))
    '3 values of 2 endpoints'
    """
    return f"{many(len(values), 'value')} of {many(values['endpoint'].nunique(), 'endpoint')}"


def _pasted_twice(used: pd.DataFrame) -> Iterator[Problem]:
    """No file of a FlowJo table is there twice with the same numbers: that is no replicate."""
    for _, of_table in used.groupby("table", sort=False):
        yield from _pasted_twice_in(of_table)


def _pasted_twice_in(used: pd.DataFrame) -> Iterator[Problem]:
    of_files = used[used["culture"].notna() & (used["culture"] != "") & (used["file"] != "")]
    statistics = {one for one in of_files["column"].unique() if flowjo.of_heading(one)}
    of_files = of_files[of_files["column"].isin(statistics)].dropna(subset="value")
    first: dict[tuple[Any, ...], int] = {}
    for row in dict.fromkeys(of_files.index):
        rows = of_files.loc[[row]]
        culture, file = rows[["culture", "file"]].iloc[0]
        numbers = rows[["column", "value", "relation"]].itertuples(index=False, name=None)
        above = first.setdefault((culture, file_name(file), *numbers), int(row))
        if above != row:
            there, here = (used.loc[[one], "row"].iloc[0] for one in (above, int(row)))
            message = (
                f"rows {there} and {here} have the same file and experiment and the same values, "
                "so they were probably pasted twice; delete one of them."
            )
            yield Problem(NAME, message, int(row), "file", file)


def _in_two_tables(used: pd.DataFrame) -> Iterator[Problem]:
    """An endpoint of a culture is in one table: in two it is measured twice, or written twice."""
    first: dict[tuple[str, str], str] = {}
    columns = ("culture", "endpoint", "table", "file", "column")
    for row, culture, endpoint, table, file, column in _rows(used, *columns):
        known = first.setdefault((culture, endpoint), table)
        if known != table and culture:
            message = (
                f"{known} has {endpoint} of this culture, too. Delete it in one of the tables, or "
                "rename one of the endpoints; replicates are rows of one table."
            )
            place = "endpoint" if column == "value" else column
            yield Problem(NAME, message, row, place, file or culture)


def _spelled_alike(values: pd.DataFrame) -> Iterator[Problem]:
    """An endpoint is spelled in one way."""
    first: dict[str, tuple[int, str]] = {}
    for row, endpoint, column in _first_of_each(values):
        key = re.sub(r"[\s_]+", "", endpoint.lower())
        above, spelt = first.setdefault(key, (row, endpoint))
        if endpoint != spelt:
            message = (
                f'differs from "{spelt}" in {_place(values, above)} only in capitals, spaces or '
                '"_". If they are the same, spell them the same; if not, use different letters.'
            )
            yield Problem(NAME, message, row, column, endpoint)


def _measured_twice(values: pd.DataFrame, of_other_tables: Mapping[str, str]) -> Iterator[Problem]:
    """An endpoint is not also one of the raw data, and has letters of its own."""
    taken = {column_prefix(name): (name, table) for name, table in of_other_tables.items()}
    for row, endpoint, column in _first_of_each(values):
        prefix = column_prefix(endpoint)
        if not prefix:
            message = "has no letter or digit; give the endpoint a name."
            yield Problem(NAME, message, row, column, endpoint)
        elif prefix in taken:
            name, table = taken[prefix]
            message = (
                f'{table} gives "{name}" too. Rename the endpoint here, for example '
                f'"{endpoint} (FlowJo)" or "{endpoint} (reader)", or take it out of one of the '
                "tables."
            )
            yield Problem(NAME, message, row, column, endpoint)


def _units_differ(values: pd.DataFrame) -> Iterator[Problem]:
    """All numbers of an endpoint are in one unit, and none is a fraction."""
    first: dict[str, tuple[int, str]] = {}
    reported = set()
    for row, endpoint, unit, column in _rows(values, "endpoint", "unit", "column"):
        place = "unit" if column == "value" else column
        above, usual = first.setdefault(endpoint, (row, unit))
        if (endpoint, unit) in reported:
            continue
        if unit.lower() == units.FRACTION:
            message = "write percents: multiply the fractions by 100 and give the unit %."
        elif unit != usual:
            message = (
                f"{endpoint} has the unit {usual} in {_place(values, above)}; convert the values "
                "to one unit."
            )
        else:
            continue
        reported.add((endpoint, unit))
        yield Problem(NAME, message, row, place, unit)


def _out_of_range(values: pd.DataFrame) -> Iterator[Problem]:
    """A part of a count is from 0 to 100 %; no concentration or number of cells is negative."""
    for row, value, unit, column in _rows(values, "value", "unit", "column"):
        if unit == units.PERCENT and not 0 <= value <= 100:
            message = (
                "a part of a count is from 0 to 100 %. A percent of a control has the unit "
                f'"{units.OF_CONTROL}", and a difference of percents "percentage points".'
            )
        elif unit in units.NEVER_NEGATIVE and value < 0:
            message = (
                f"a value in {unit} cannot be below 0. If it is below the limit of the assay, "
                "write the limit with <, for example <5."
            )
        else:
            continue
        yield Problem(NAME, message, row, column, f"{value:g}")


def _place(values: pd.DataFrame, row: int) -> str:
    """Where a row is, with its table if there are several."""
    one = values.loc[[row]].iloc[0]
    of_table = f" of {one['table']}" if len(set(values["table"])) > 1 else ""
    return f"row {one['row']}{of_table}"


def _first_of_each(values: pd.DataFrame) -> Iterator[tuple[int, str, str]]:
    """Row, name and column of each endpoint where it is first named."""
    for row, endpoint, column in _rows(values.drop_duplicates("endpoint"), "endpoint", "column"):
        yield row, endpoint, "endpoint" if column == "value" else column


def _rows(values: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    """The rows in which all these columns are known."""
    yield from values[list(columns)].dropna().itertuples()


def names_of_flow(outcomes: Collection[str]) -> dict[str, str]:
    """The names that flow cytometry's own endpoints have, with the table that brings them."""
    return dict.fromkeys(["apoptosis", *outcomes], "flow.csv")
