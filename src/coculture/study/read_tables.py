"""The tables of a study as typed rows: what plate maps, treatments and the config add included."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from coculture.exchange import arm_names
from coculture.exchange.problems import Problem
from coculture.study import concentration_columns, files, tables, treatments, values
from coculture.study.archived import Archived
from coculture.study.plate_maps import WellsOfCultures
from coculture.study.schema import Schema, schema
from coculture.study.shared_columns import with_shared_columns
from coculture.study.study import FILE_COLUMNS
from coculture.study.table_files import TABLES, TREATMENTS, Place, TableFiles, TableRows


@dataclass(frozen=True)
class ReadTables:
    """The tables of a study, by name without ".csv".

    Attributes
    ----------
    frames
        Each table; one that the study does not have is without rows. The index is the row number
        that a spreadsheet shows.
    places
        Where each row of a table in a workbook or plate map is written.
    problems
        What is wrong with single cells, headings and files.
    has_rows
        Whether every table that the config names has rows, so that they can be compared.
    """

    frames: Mapping[str, pd.DataFrame]
    places: Mapping[str, Mapping[int, Place]]
    problems: list[Problem]
    has_rows: bool


def read_tables(path: Path, config: dict[str, Any], archived: Archived) -> ReadTables:
    """Read all tables that the config at `path` names; `archived` says where raw files are."""
    folder = path.parent
    frames: dict[str, pd.DataFrame] = {}
    places: dict[str, Mapping[int, Place]] = {}
    problems: list[Problem] = []
    files_of = TableFiles(folder, config)
    wells = WellsOfCultures()
    listed, faulty = _treatments(files_of, config, places)
    problems += faulty
    for table in [one for one in TABLES if one != "values"]:
        rules = tables.table_schema(table, config["factors"])
        written = files_of.rows(table, rules, wells)
        if table == "cultures" and written is not None:
            wells = written.wells
            # Without sound doses the cultures say nothing more.
            written = replace(written, grid=None) if faulty else written
            written, faults = _whole_cultures(written, listed, path, config)
            problems += faults
        frames[table], faults = _table(table, rules, written, config)
        problems += faults
        if table == "cultures":
            stroma = frames[table]["stroma"].map(arm_names.stroma_in, na_action="ignore")
            frames[table]["stroma"] = stroma
            wells = wells.with_names(frames[table]["culture"].dropna())
        if written is not None:
            places[f"{table}.csv"] = written.places
        if table in FILE_COLUMNS:
            home = (folder / (config["tables"][table] or ".")).parent if written else folder
            names = frames[table][FILE_COLUMNS[table]].fillna("")
            frames[table]["path"] = [files.usable(archived.here(home / name)) for name in names]
    frames["flow"] = _with_mapped_cultures(frames["flow"], wells)
    finished = values.read_values(
        path, config, lambda one: files_of.rows_at(one, "values", schema("values.table"))
    )
    frames["values"], faults = values.with_cultures(
        finished.frame, frames["cultures"], frames["flow"], wells
    )
    places[values.NAME] = finished.places
    problems += [*finished.problems, *faults]
    pg_per_unit = config["elisa"]["pg_per_unit"]
    problems += concentration_columns.problems(frames["elisa"], pg_per_unit)
    frames["elisa"] = concentration_columns.in_pg_ml(frames["elisa"], pg_per_unit)
    named = [table for table in TABLES if config["tables"][table] is not None]
    has_rows = not any(frames[table].empty for table in named)
    return ReadTables(frames, places, problems, has_rows)


def _treatments(
    files_of: TableFiles, config: dict[str, Any], places: dict[str, Mapping[int, Place]]
) -> tuple[tables.Grid | None, list[Problem]]:
    """The table of treatments, if the study has one, and what is wrong with it."""
    rules = tables.table_schema(TREATMENTS, config["factors"])
    written = files_of.rows(TREATMENTS, rules)
    if written is None:
        return None, []
    places[treatments.NAME] = written.places
    if written.grid is None:
        return None, list(written.problems)
    return written.grid, treatments.checked(written.grid, rules, config["notes"])


def _whole_cultures(
    written: TableRows, listed: tables.Grid | None, path: Path, config: dict[str, Any]
) -> tuple[TableRows, list[Problem]]:
    """The cultures with what the config and the table of treatments say of them."""
    if written.grid is None:
        return written, []
    grid, problems = with_shared_columns(written.grid, str(path), config["same_for_all"])
    return _with_doses(replace(written, grid=grid), grid, listed, config["factors"]), problems


def _with_doses(
    written: TableRows,
    grid: tables.Grid,
    listed: tables.Grid | None,
    factors: list[dict[str, Any]],
) -> TableRows:
    """The cultures with the doses of their treatments; a dose is where its treatment is named."""
    if listed is None:
        return written
    filled, problems = treatments.with_doses(grid, listed, factors)
    columns = [factor["column"] for factor in factors]
    named = {
        row: replace(place, cells={**place.cells, **dict.fromkeys(columns, cell)})
        if (cell := place.cells.get(treatments.COLUMN))
        else place
        for row, place in written.places.items()
    }
    return replace(written, grid=filled, places=named, problems=(*written.problems, *problems))


def _table(
    table: str, rules: Schema, written: TableRows | None, config: dict[str, Any]
) -> tuple[pd.DataFrame, list[Problem]]:
    """A table of a study, without rows if it is not there, and its problems."""
    if written is None or written.grid is None:
        return tables.empty(rules), [] if written is None else list(written.problems)
    found, problems = tables.typed(written.grid, f"{table}.csv", rules, config["notes"])
    # A dose that is missing because its treatment is unknown is one problem, not one for each drug.
    unknown = {one.row for one in written.problems}
    return found, [*written.problems, *(one for one in problems if one.row not in unknown)]


def _with_mapped_cultures(flow: pd.DataFrame, wells: WellsOfCultures) -> pd.DataFrame:
    """Samples without a culture get that which the maps have in their well, if there is one."""
    is_open = (flow["role"] == "sample") & (flow["culture"].fillna("") == "")
    columns = (flow.loc[is_open, one].fillna("") for one in ("plate", "experiment", "well"))
    drawn = [
        wells.at(plate, well) or wells.at(experiment, well)
        for plate, experiment, well in zip(*columns, strict=True)
    ]
    return flow.assign(culture=flow["culture"].mask(is_open, pd.Series(drawn, flow.index[is_open])))
