"""Tables and config in, one validated study out.

`load` is the only door: what it returns can be run, and what cannot be run it refuses with every
reason at once. It reads the tables and looks into each raw file, but analyses nothing.

>>> load("config/config.yaml").name
'example'
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from coculture.analytes import column_prefix
from coculture.comparison import ComparisonError, ComparisonSettings
from coculture.elisa import ElisaSettings
from coculture.flow import FlowSettings, FlowSettingsError
from coculture.study import checks, configuration, files, pinned, raw_file_checks, tables
from coculture.study.problems import Problem, StudyError

__all__ = ["Problem", "Study", "StudyError", "load", "pin"]

TABLES = ("cultures", "flow", "elisa", "clinical")
MOST_ALIKE = 3
"""So many problems that differ in their row only are listed one by one."""
FILE_COLUMNS = {"flow": "fcs", "elisa": "file"}


@dataclass(frozen=True)
class Study:
    """One study, validated: its config with every default, and its tables.

    The tables' index is the row a spreadsheet shows; `flow` and `elisa` have a column `path` with
    the raw file as it can be opened from here. A table that the study lacks is empty.
    """

    path: Path
    config: dict[str, Any]
    cultures: pd.DataFrame
    flow: pd.DataFrame
    elisa: pd.DataFrame
    clinical: pd.DataFrame

    @property
    def name(self) -> str:
        """The name of its folder under results/."""
        return str(self.config["study"])

    @property
    def experiments(self) -> list[str]:
        """The experiments that have FCS files, sorted."""
        return sorted(self.flow["experiment"].dropna().unique())

    @property
    def plates(self) -> list[str]:
        """The ELISA plates, sorted."""
        return sorted(self.elisa["plate"].dropna().unique())

    @property
    def analytes(self) -> list[str]:
        """The analytes that the ELISA plates measure, sorted."""
        return sorted(self.elisa["analyte"].dropna().unique())

    @property
    def endpoints(self) -> dict[str, str]:
        """What the comparison compares, each with its name in file names."""
        measured = ["apoptosis"] if len(self.flow) else []
        measured += [one for one in self.config["comparison"]["analytes"] if one in self.analytes]
        return {one: column_prefix(one) for one in measured}

    @property
    def report_population(self) -> str:
        """The population whose percent apoptotic the comparison uses."""
        return FlowSettings.from_config(self.config["flow"]).report_population

    def culture_rows(self) -> list[dict[str, Any]]:
        """The rows of cultures.csv."""
        return _records(self.cultures)

    def clinical_rows(self) -> list[dict[str, Any]]:
        """The rows of clinical.csv."""
        return _records(self.clinical)

    def fcs_files(self, experiment: str) -> list[dict[str, Any]]:
        """The rows of flow.csv of one experiment, each with its file's SHA-256.

        A sample has the cells of its culture, and `untreated` says whether that got nothing.
        """
        rows = self.flow[self.flow["experiment"] == experiment]
        cultures = self.cultures.set_index("culture")
        untreated = checks.is_untreated(cultures, self.config["factors"])
        of_culture = rows["culture"].isin(cultures.index)
        return _records(
            rows.assign(
                cells=rows["cells"].where(~of_culture, rows["culture"].map(cultures["cells"])),
                untreated=rows["culture"].map(untreated).fillna(False).astype(bool),
            )
        )

    def control_files(self) -> list[dict[str, Any]]:
        """The rows of flow.csv that are not samples, of all experiments."""
        return _records(self.flow[self.flow["role"] != "sample"])

    def control_paths(self) -> list[str]:
        """The FCS files that are not samples."""
        return [str(file["path"]) for file in self.control_files()]

    def elisa_wells(self, plate: str | None = None) -> list[dict[str, Any]]:
        """The rows of elisa.csv, of one plate or of all, each with its file's SHA-256."""
        return _records(self.elisa if plate is None else self.elisa[self.elisa["plate"] == plate])

    def plate_exports(self, plate: str | None = None) -> list[str]:
        """The files of one plate, or of all plates."""
        return sorted({well["path"] for well in self.elisa_wells(plate)})

    def flow_settings(self) -> dict[str, Any]:
        """The flow section of the config, with the spillover matrix as it can be opened."""
        flow = self.config["flow"]
        compensation = {**flow["compensation"], "file": next(iter(self.spillover_files()), None)}
        return {**flow, "compensation": compensation}

    def spillover_files(self) -> list[str]:
        """The spillover matrix that the config names, if it names one."""
        written = self.config["flow"]["compensation"]["file"]
        return [files.usable(self.path.parent / written)] if written else []

    def comparison_settings(self) -> list[Any]:
        """What the comparison needs of the config, in the order it takes it."""
        return [self.config[key] for key in ("comparison", "factors", "cells")]

    def raw_files(self) -> list[dict[str, str]]:
        """Every raw file of the study with its SHA-256, sorted: table, file, sha256."""
        named = {
            (table, str(name), str(path))
            for table, column in FILE_COLUMNS.items()
            for name, path in getattr(self, table)[[column, "path"]].itertuples(index=False)
        }
        return [
            {"table": f"{table}.csv", "file": name, "sha256": files.sha256(path)}
            for table, name, path in sorted(named)
        ]

    def raw_paths(self) -> list[str]:
        """Every raw file of the study, as it can be opened from here."""
        named = (getattr(self, table)["path"].dropna() for table in FILE_COLUMNS)
        return sorted(
            {str(path) for paths in named for path in paths} | set(self.spillover_files())
        )

    def excluded(self) -> list[dict[str, str]]:
        """Every row that the tables exclude, with its reason: table, row, item, reason."""
        return [
            {"table": f"{table}.csv", "row": str(row), "item": item, "reason": reason}
            for table in FILE_COLUMNS
            for row, item, reason in _exclusions(table, getattr(self, table))
        ]


def load(config_path: str | Path) -> Study:
    """Read and check the study whose config is at `config_path`.

    Raises
    ------
    StudyError
        If anything is wrong with the config, the tables or the raw files; its message lists every
        problem with file, row, column, value and what to do.
    """
    study, problems = _read(Path(config_path))
    written = study.config[pinned.KEY]
    if written and not problems:
        problems += pinned.problems(str(study.path), written, study.raw_paths())
    if problems:
        raise StudyError(_in_order(problems, study))
    return study


def pin(config_path: str | Path) -> Path:
    """Write down the SHA-256 of every raw file of a study; returns the file written.

    It is the one that the config names, or a new one beside the config.

    Raises
    ------
    StudyError
        If anything else than the checksums is wrong with the study.
    """
    study, problems = _read(Path(config_path))
    if problems:
        raise StudyError(_in_order(problems, study))
    place = study.path.parent / (study.config[pinned.KEY] or f"{study.name}.sha256")
    pinned.write(place, study.raw_paths())
    return place


def _read(path: Path) -> tuple[Study, list[Problem]]:
    """The study as its files have it, and everything that is wrong with it but for checksums."""
    config, problems = configuration.read(path)
    folder = path.parent
    found: dict[str, pd.DataFrame] = {}
    for table in TABLES:
        rules = tables.table_schema(table, config["factors"])
        written = config["tables"][table]
        if written is None:
            found[table] = pd.DataFrame(columns=list(rules["properties"]))
        else:
            found[table], faults = tables.read(folder / written, f"{table}.csv", rules)
            problems += faults
        if table in FILE_COLUMNS:
            home = (folder / written).parent if written else folder
            names = found[table][FILE_COLUMNS[table]].fillna("")
            found[table]["path"] = [files.usable(home / name) for name in names]
    study = Study(path=path, config=config, **found)
    written_tables = [table for table in TABLES if config["tables"][table] is not None]
    if not any(found[table].empty for table in written_tables):
        unread = {(problem.file, problem.row, problem.column) for problem in problems}
        problems += [
            problem
            for problem in _problems(study)
            if (problem.file, problem.row, problem.column) not in unread
        ]
    undiluted = study.elisa.fillna({"dilution": 1.0})
    return replace(study, elisa=undiluted), problems


def _in_order(problems: list[Problem], study: Study) -> list[Problem]:
    """Config first, then table by table and row by row, each under the name the user gave it.

    What is wrong with many rows in the same way is said once.
    """
    names = {f"{table}.csv": study.config["tables"][table] for table in TABLES}
    order = [str(study.path), *names]
    ordered = sorted(dict.fromkeys(problems), key=lambda one: (order.index(one.file), one.row or 0))
    alike = Counter((one.file, one.column, one.message) for one in ordered)
    told = []
    for one in ordered:
        times = alike[one.file, one.column, one.message]
        if times > MOST_ALIKE:
            alike[one.file, one.column, one.message] = 0
            message = f"{one.message} The same holds for {times - 1} more rows."
            one = replace(one, message=message)
        if times:
            told.append(replace(one, file=Path(names.get(one.file) or one.file).name))
    return told


def _problems(study: Study) -> Iterator[Problem]:
    cultures, factors = study.cultures, study.config["factors"]
    yield from checks.doubled_cultures(cultures)
    yield from checks.names_alike("cultures.csv", cultures, ["experiment", "donor"])
    yield from checks.names_alike("cultures.csv", cultures, ["cells", "stroma"], hyphens=False)
    yield from checks.names_alike("elisa.csv", study.elisa, ["plate"])
    yield from checks.doubled_replicates(cultures, factors)
    yield from checks.untreated_arms(cultures, factors)
    yield from checks.unmeasured_cultures(cultures, study.flow, study.elisa)
    yield from checks.exclusions("flow.csv", study.flow)
    yield from checks.exclusions("elisa.csv", study.elisa)
    yield from checks.references("flow.csv", study.flow, cultures)
    yield from checks.flow_rows(study.flow, cultures)
    yield from checks.flow_cells(study.flow, cultures)
    yield from checks.references("elisa.csv", study.elisa, cultures)
    yield from checks.elisa_rows(study.elisa)
    yield from checks.dilutions(study.elisa)
    compared = study.config["comparison"]["analytes"]
    yield from checks.analytes(str(study.path), study.elisa, compared, factors)
    yield from checks.clinical_rows(study.clinical)
    yield from _raw_file_problems(study)
    yield from _comparison_problems(study)


def _raw_file_problems(study: Study) -> Iterator[Problem]:
    """Missing files first; only the files that are there are then looked into."""
    there: dict[str, pd.DataFrame] = {}
    for table, column in FILE_COLUMNS.items():
        rows: pd.DataFrame = getattr(study, table)
        named = rows[rows[column].fillna("") != ""]
        missing = list(
            raw_file_checks.raw_files(f"{table}.csv", named, column, _allowed(study, table))
        )
        yield from missing
        there[table] = named.loc[~named[column].isin([problem.value for problem in missing])]
    yield from raw_file_checks.same_content(there["flow"])
    yield from raw_file_checks.spillover_file(str(study.path), study.spillover_files())
    try:
        settings = FlowSettings.from_config(study.config["flow"])
    except FlowSettingsError as error:
        yield Problem(str(study.path), str(error))
    else:
        yield from raw_file_checks.gates(str(study.path), there["flow"], settings)
        yield from raw_file_checks.fcs_files(there["flow"], settings)
    yield from raw_file_checks.plate_exports(
        there["elisa"], ElisaSettings.from_config(study.config["elisa"])
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
        yield from checks.findings(str(study.path), study.cultures, settings, list(study.endpoints))


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain values, which Snakemake can compare between runs."""
    if "path" in rows:
        rows = rows.assign(sha256=[files.sha256(path) for path in rows["path"]])
    return [{str(key): value for key, value in row.items()} for row in rows.to_dict("records")]


def _exclusions(table: str, rows: pd.DataFrame) -> Iterator[tuple[int, str, str]]:
    item = rows["fcs"] if table == "flow" else rows["plate"] + " " + rows["well"]
    for row in rows.index[rows["exclude"] != ""]:
        yield int(row), str(item[row]), str(rows.loc[row, "exclude"])
