"""Reading and checking a study: every problem is found before anything runs."""

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from coculture.comparison import ComparisonError, ComparisonSettings
from coculture.elisa import ElisaSettings
from coculture.exchange.outcomes import outcomes_of
from coculture.exchange.problems import Problem, StudyError
from coculture.flow import FlowSettings, FlowSettingsError, shared_controls
from coculture.study import (
    concentration_columns,
    configuration,
    copies,
    files,
    pinned,
    pinned_findings,
    raw_file_validation,
    table_validation,
    tables,
    treatments,
    values,
)
from coculture.study.checksums import Checksums
from coculture.study.plate_maps import WellsOfCultures
from coculture.study.schema import Schema
from coculture.study.study import FILE_COLUMNS, Study
from coculture.study.table_files import TABLES, TREATMENTS, Place, TableFiles, TableRows

MOST_ALIKE = 3
"""Up to this many problems that differ only in their row are listed one by one."""


def load(
    config_path: str | Path, remembered: Path | None = None, *, with_events: bool = True
) -> Study:
    """Read and check the study whose config is at `config_path`.

    Parameters
    ----------
    config_path
        The study's config.
    remembered
        A file in which the checksums of unchanged raw files are kept from run to run.
    with_events
        Whether the events of the controls are read, too, which takes longer than all the rest;
        otherwise `require_sound_controls` does it before a run.

    Raises
    ------
    StudyError
        If the config, the tables or the raw files have any problem; the message lists them all with
        file, row, column, value and what to do.
    """
    study, problems = _read(Path(config_path), Checksums(remembered), with_events)
    written = study.config[pinned.KEY]
    if written and not problems:
        problems += pinned.problems(str(study.path), written, study.raw_paths(), study.checksums)
    if problems:
        raise StudyError(_in_order(problems, study))
    return study


def require_sound_controls(study: Study) -> None:
    """Stop a run before it begins if the events of the controls show a problem.

    Raises
    ------
    StudyError
        With all of these problems, as `load`.
    """
    problems = list(_raw_file_problems(study, with_events=True))
    if problems:
        raise StudyError(_in_order(problems, study))


def pin(config_path: str | Path) -> Path:
    """Record the SHA-256 of every raw file of a study; returns the file written.

    It is the one that the config names, or a new one beside the config.

    Raises
    ------
    StudyError
        If the study has any problem other than changed checksums.
    """
    study, problems = _read(Path(config_path), Checksums())
    if problems:
        raise StudyError(_in_order(problems, study))
    place = study.path.parent / (study.config[pinned.KEY] or f"{study.name}.sha256")
    pinned.write(place, study.raw_paths())
    return place


def pin_findings(
    config_path: str | Path, now: datetime.datetime | None = None
) -> tuple[Path, bool]:
    """Record the findings of a config with their limits and the time; no data are needed.

    Returns
    -------
    The file, which the config names or which is beside it; and whether anything was added: not if
    the last pin in it states the same.

    Raises
    ------
    StudyError
        If the config has a problem, states no finding, or names a file that holds no pins.
    """
    path = Path(config_path)
    config, problems = configuration.read(path)
    if not problems and not config["comparison"]["findings"]:
        problems = [Problem(str(path), "states no finding, so there is nothing to pin.")]
    if problems:
        raise StudyError(problems)
    return pinned_findings.pin(path, config, now or datetime.datetime.now(datetime.UTC))


def _read(
    path: Path, checksums: Checksums, with_events: bool = True
) -> tuple[Study, list[Problem]]:
    """The study as read from its files, and all of its problems except changed checksums."""
    config, problems = configuration.read(path)
    stated, faults = pinned_findings.read(path, config)
    problems += faults
    folder = path.parent
    found: dict[str, pd.DataFrame] = {}
    files_of = TableFiles(folder, config)
    places: dict[str, Mapping[int, Place]] = {}
    wells = WellsOfCultures()
    listed, faulty = _treatments(files_of, config, places)
    problems += faulty
    for table in TABLES:
        rules = tables.table_schema(table, config["factors"])
        written = files_of.rows(table, rules, wells)
        if table == "cultures" and written is not None:
            wells = written.wells
            written, faults = _with_alike(written, str(path), config["same_for_all"])
            problems += faults
            # Without sound doses the cultures say nothing more.
            written = (
                replace(written, grid=None)
                if faulty
                else _with_doses(written, listed, config["factors"])
            )
        found[table], faults = _table(table, rules, written, config)
        problems += faults
        if table == "cultures":
            wells = wells.with_names(found[table]["culture"].dropna())
        if written is not None:
            places[f"{table}.csv"] = written.places
        if table in FILE_COLUMNS:
            home = (folder / (config["tables"][table] or ".")).parent if written else folder
            names = found[table][FILE_COLUMNS[table]].fillna("")
            found[table]["path"] = [files.usable(home / name) for name in names]
    found["flow"] = _with_mapped_cultures(found["flow"], wells)
    found["values"], faults = values.with_cultures(
        found["values"], found["cultures"], found["flow"]
    )
    problems += faults
    pg_per_unit = config["elisa"]["pg_per_unit"]
    problems += concentration_columns.problems(found["elisa"], pg_per_unit)
    found["elisa"] = concentration_columns.in_pg_ml(found["elisa"], pg_per_unit)
    study = Study(
        path=path,
        config=config,
        checksums=checksums,
        stated=stated,
        shared=shared_controls(found["flow"].dropna(subset=["fcs"])),
        places=places,
        **found,
    )
    problems += table_validation.number_of_experiments(
        str(path), found["cultures"], config["experiments"]
    )
    written_tables = [table for table in TABLES if config["tables"][table] is not None]
    if not any(found[table].empty for table in written_tables):
        unread = {(problem.file, problem.row, problem.column) for problem in problems}
        unread |= {
            (file, row, concentration_columns.PG_ML)
            for file, row, column in unread
            if column in concentration_columns.UNITS
        }
        problems += [
            problem
            for problem in _problems(study, with_events)
            if (problem.file, problem.row, problem.column) not in unread
        ]
    undiluted = study.elisa.fillna({"dilution": 1.0})
    return replace(study, elisa=undiluted), problems


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


def _with_alike(
    written: TableRows, config: str, alike: Mapping[str, Any]
) -> tuple[TableRows, list[Problem]]:
    """The cultures with the columns that the config gives for all of them."""
    if written.grid is None:
        return written, []
    found = written.grid
    twice = [name for name in alike if name in found.heading]
    problems = [
        Problem(
            config,
            "this column is in the table of cultures, too; write it in one place.",
            configuration.line_of(Path(config), ("same_for_all", name)),
            "same_for_all",
            name,
        )
        for name in twice
    ]
    added = {name: f"{value}" for name, value in alike.items() if name not in twice}
    width = len(found.heading)
    rows = [
        [*cells[:width], *[""] * (width - len(cells)), *added.values(), *cells[width:]]
        if any(cells)
        else cells
        for cells in found.rows
    ]
    grid = replace(found, heading=[*found.heading, *added], rows=rows)
    return replace(written, grid=grid), problems


def _with_doses(
    written: TableRows, listed: tables.Grid | None, factors: list[dict[str, Any]]
) -> TableRows:
    """The cultures with the doses of their treatments; a dose is where its treatment is named."""
    if listed is None or written.grid is None:
        return written
    filled, problems = treatments.with_doses(written.grid, listed, factors)
    columns = [factor["column"] for factor in factors]
    named = {
        row: replace(place, cells={**place.cells, **dict.fromkeys(columns, cell)})
        if (cell := place.cells.get(treatments.COLUMN))
        else place
        for row, place in written.places.items()
    }
    return replace(written, grid=filled, places=named, problems=tuple(problems))


def _table(
    table: str, rules: Schema, written: TableRows | None, config: dict[str, Any]
) -> tuple[pd.DataFrame, list[Problem]]:
    """A table of a study, without rows if it is not there, and its problems."""
    if written is None or written.grid is None:
        problems = [] if written is None else list(written.problems)
        if table == "values":
            return pd.DataFrame(columns=list(values.COLUMNS)), problems
        return tables.empty(rules), problems
    if table == "values":
        return values.read(written.grid, config["values"]["columns_not_used"])
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


def _in_order(problems: list[Problem], study: Study) -> list[Problem]:
    """Config first, then table by table and row by row, each under the user's name for the file.

    A problem that many rows share is reported once.
    """
    problems = [one for one in problems if not _follows_from_open(one)]
    names = {f"{table}.csv": study.config["tables"][table] for table in (TREATMENTS, *TABLES)}
    problems = [_placed(one, study.places.get(one.file, {})) for one in problems]
    order = [str(study.path), *names]
    ordered = sorted(dict.fromkeys(problems), key=lambda one: (order.index(one.file), one.row or 0))
    alike = Counter((one.file, one.column, one.message) for one in ordered)
    reported = []
    for one in ordered:
        times = alike[one.file, one.column, one.message]
        if times > MOST_ALIKE:
            alike[one.file, one.column, one.message] = 0
            message = f"{one.message} The same applies to {times - 1} more rows."
            one = replace(one, message=message)
        if times:
            reported.append(replace(one, file=Path(names.get(one.file) or one.file).name))
    return reported


def _follows_from_open(problem: Problem) -> bool:
    """Whether a problem says only what follows from a value of the config that is open."""
    return problem.value == configuration.OPEN and problem.message != configuration.STILL_OPEN


def _placed(problem: Problem, places: Mapping[int, Place]) -> Problem:
    """The problem with the sheet and cell of a table in a workbook."""
    place = places.get(problem.row) if problem.row is not None else None
    if place is None:
        return problem
    cell = place.cells.get(problem.column or "") or place.well
    return replace(problem, row=place.row, sheet=place.sheet, cell=cell)


def _problems(study: Study, with_events: bool) -> Iterator[Problem]:
    cultures, factors = study.cultures, study.config["factors"]
    yield from table_validation.doubled_cultures(cultures)
    yield from table_validation.names_alike("cultures.csv", cultures, ["experiment", "donor"])
    yield from table_validation.names_alike(
        "cultures.csv", cultures, ["cells", "stroma", "medium"], hyphens=False
    )
    yield from table_validation.level_names(cultures, factors)
    yield from table_validation.baselines(cultures, factors)
    yield from table_validation.media(cultures)
    yield from table_validation.names_alike("elisa.csv", study.elisa, ["plate"])
    yield from table_validation.doubled_replicates(cultures, factors)
    yield from table_validation.untreated_arms(cultures, factors)
    yield from table_validation.unmeasured_cultures(
        cultures,
        _written(study, "flow", "elisa", "values"),
    )
    yield from table_validation.exclusions(values.NAME, study.values)
    yield from values.problems(study.values, _measured_from_raw_data(study))
    yield from table_validation.exclusions("flow.csv", study.flow)
    yield from table_validation.exclusions("elisa.csv", study.elisa)
    yield from table_validation.references("flow.csv", study.flow, cultures)
    yield from table_validation.flow_rows(study.flow, cultures)
    yield from table_validation.flow_cells(study.flow, cultures)
    yield from table_validation.references("elisa.csv", study.elisa, cultures)
    yield from table_validation.elisa_rows(study.elisa)
    yield from table_validation.dilutions(study.elisa)
    yield from table_validation.plates_with_own_readings(
        str(study.path), study.elisa, study.config["elisa"]
    )
    yield from table_validation.shared_curves(
        str(study.path), study.elisa, study.config["elisa"]["curve_of"]
    )
    compared = study.config["comparison"]["analytes"]
    yield from table_validation.analytes(str(study.path), study.elisa, compared, factors)
    yield from table_validation.clinical_rows(study.clinical)
    yield from _raw_file_problems(study, with_events)
    yield from _comparison_problems(study)


def _written(study: Study, *names: str) -> dict[str, pd.DataFrame]:
    """Those of the tables that the config has, by their names in messages."""
    return {
        f"{name}.csv": getattr(study, name)
        for name in names
        if study.config["tables"][name] is not None
    }


def _measured_from_raw_data(study: Study) -> dict[str, str]:
    """The names of what the raw data give, each with the table that names the files."""
    of_flow = {}
    if len(study.flow):
        outcomes = outcomes_of(study.config["flow"]).outcomes
        of_flow = values.names_of_flow([outcome.name for outcome in outcomes])
    return dict.fromkeys(study.analytes, "elisa.csv") | of_flow


def _raw_file_problems(study: Study, with_events: bool) -> Iterator[Problem]:
    """Missing files first; only the files that are there are then looked into."""
    factors = study.config["factors"]
    there: dict[str, pd.DataFrame] = {}
    for table, column in FILE_COLUMNS.items():
        rows: pd.DataFrame = getattr(study, table)
        named = rows[rows[column].fillna("") != ""]
        missing = list(
            raw_file_validation.raw_files(f"{table}.csv", named, column, _allowed(study, table))
        )
        yield from missing
        there[table] = named.loc[~named[column].isin([problem.value for problem in missing])]
    yield from raw_file_validation.same_content(there["flow"], study.checksums)
    yield from raw_file_validation.controls_alike(there["flow"], study.checksums)
    is_used = study.config["flow"]["compensation"]["source"] == "csv"
    yield from raw_file_validation.spillover_file(
        str(study.path), study.spillover_files(), there["flow"] if is_used else None
    )
    try:
        settings = FlowSettings.from_config(study.config["flow"])
    except FlowSettingsError as error:
        yield Problem(str(study.path), str(error))
    else:
        yield from raw_file_validation.gates(str(study.path), there["flow"], settings)
        arms = table_validation.treated_controls(there["flow"], study.cultures, factors)
        yield from raw_file_validation.fcs_files(
            there["flow"].assign(arm=arms), settings, with_events=with_events
        )
    elisa_settings = ElisaSettings.from_config(study.config["elisa"])
    yield from raw_file_validation.plate_exports(there["elisa"], elisa_settings)
    if with_events:
        cultures = study.cultures.dropna(subset=["culture", "experiment"])
        arms = table_validation.arm_names(cultures, factors)
        yield from copies.problems(
            *(there["flow"], there["elisa"], cultures.assign(arm=arms), elisa_settings),
            checksums=study.checksums,
        )


def _allowed(study: Study, table: str) -> tuple[Path, ...]:
    folder = study.path.parent
    own = folder / (study.config["tables"][table] or "")
    return (own.parent, *(folder / outside for outside in study.config["folders_outside"]))


def _comparison_problems(study: Study) -> Iterator[Problem]:
    try:
        settings = ComparisonSettings.from_config(*study.comparison_settings())
    except ComparisonError as error:
        yield Problem(str(study.path), str(error))
    else:
        yield from table_validation.findings(
            str(study.path), study.cultures, settings, list(study.endpoints)
        )
