"""What must hold between the tables, the config and the raw files that they name.

As `checks`, each yields the problems it finds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from coculture import elisa, flow
from coculture.exchange.problems import Problem
from coculture.study import files
from coculture.study.configuration import line_of


def raw_files(
    table: str, rows: pd.DataFrame, column: str, allowed: tuple[Path, ...]
) -> Iterator[Problem]:
    """Every file that the table names exists, can be read and lies in an allowed folder."""
    first = rows.drop_duplicates("path")
    for row, name, path in first[[column, "path"]].itertuples():
        if name:
            message = files.fault(Path(path), allowed)
            if message:
                yield Problem(table, message, row, column, name)


def same_content(flow_table: pd.DataFrame) -> Iterator[Problem]:
    """No two samples are the same bytes under two names."""
    samples = flow_table[flow_table["role"] == "sample"].drop_duplicates("path")
    hashes = samples["path"].map(files.sha256)
    for row in samples.index[hashes.duplicated()]:
        first = hashes.index[hashes == hashes[row]][0]
        message = f"is the same file as that of row {first}, byte for byte, under another name."
        yield Problem("flow.csv", message, row, "fcs", str(samples.loc[row, "fcs"]))


def spillover_file(config: str, paths: Sequence[str]) -> Iterator[Problem]:
    """The spillover matrix that the config names is there."""
    for path in paths:
        message = files.fault(Path(path), (Path(path).parent,))
        if message:
            line = line_of(Path(config), ("flow", "compensation", "file"))
            yield Problem(config, message, line, "flow.compensation.file", path)


def gates(config: str, flow_table: pd.DataFrame, settings: flow.FlowSettings) -> Iterator[Problem]:
    """The user's own gates are of experiments and on channels that the study has."""
    for message in flow.check_gates(flow_table, settings):
        yield Problem(config, message, line_of(Path(config), ("flow", "gates")))


def fcs_files(flow_table: pd.DataFrame, settings: flow.FlowSettings) -> Iterator[Problem]:
    """Every FCS file is whole and has the channels that the config asks for."""
    for problem in flow.check_files(flow_table, settings):
        yield _as_written(problem, flow_table)


def plate_exports(elisa_table: pd.DataFrame, settings: elisa.ElisaSettings) -> Iterator[Problem]:
    """Every plate export can be read and has the wells that elisa.csv names."""
    for problem in elisa.check_files(elisa_table, settings):
        yield _as_written(problem, elisa_table)


def _as_written(problem: Problem, table: pd.DataFrame) -> Problem:
    """`problem` with the cell of `table` as its value, whatever the check made of it."""
    assert problem.row is not None
    assert problem.column is not None
    return replace(problem, value=str(table.at[problem.row, problem.column]))  # noqa: PD008
