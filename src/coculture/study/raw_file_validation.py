"""What must hold between the tables, the config and the raw files that they name.

As in `table_validation`, each check yields the problems that it finds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from coculture import elisa, flow
from coculture.exchange.problems import Problem
from coculture.study import files
from coculture.study.archived import Archived
from coculture.study.checksums import Checksums
from coculture.study.configuration import line_of
from coculture.study.gates_file import problem_at


def raw_files(
    table: str, rows: pd.DataFrame, column: str, allowed: tuple[Path, ...], archived: Archived
) -> Iterator[Problem]:
    """Every file that the table names exists, can be read and is in an allowed folder.

    Of a missing file of an archived study the message has the SHA-256.
    """
    first = rows.drop_duplicates("path")
    for row, name, path in first[[column, "path"]].itertuples():
        if name:
            message = files.fault(Path(path), allowed)
            if message:
                digest = archived.sha256(path)
                # Names too long for the disk can be in no archive, and exists() fails on them.
                if digest and not Path(path).exists():
                    message += (
                        f" The archive was made with the file of SHA-256 {digest}; put it there."
                    )
                yield Problem(table, message, row, column, name)


def same_content(flow_table: pd.DataFrame, checksums: Checksums) -> Iterator[Problem]:
    """No two samples are the same file under two names."""
    samples = flow_table[flow_table["role"] == "sample"].drop_duplicates("path")
    hashes = samples["path"].map(checksums.of)
    for row in samples.index[hashes.duplicated()]:
        first = hashes.index[hashes == hashes[row]][0]
        message = f"has exactly the same content as the file in row {first}."
        yield Problem("flow.csv", message, row, "fcs", str(samples.loc[row, "fcs"]))


_WITHOUT_ONE = ("fmo_annexin", "fmo_dye", "fmo")
_WITH_ONE_OR_NONE = ("unstained", "single_stain", "annexin_only", "dye_only")
"""Roles of tubes that differ in their stains, whatever the panel. Of two stains, the tube without
the one is that with the other alone, so that a file may have a role of each list."""


def controls_alike(flow_table: pd.DataFrame, checksums: Checksums) -> Iterator[Problem]:
    """No file is two controls that differ in their stains."""
    used = flow_table[flow_table["exclude"].fillna("") == ""]
    for roles in (_WITHOUT_ONE, _WITH_ONE_OR_NONE):
        tubes = used[used["role"].isin(roles)].fillna({"data_set": 1, "channel": ""})
        first: dict[tuple[str, float], tuple[int, str, str]] = {}
        columns = ["fcs", "path", "data_set", "role", "channel"]
        for row, fcs, path, data_set, role, channel in tubes[columns].itertuples():
            seen = first.setdefault((checksums.of(path), data_set), (row, role, channel))
            if _differ_in_stains(seen[1:], (role, channel)):
                message = (
                    f"has the same content as the file in row {seen[0]}, which has the role "
                    f"{seen[1]}; one tube cannot be both. Name the right file, or exclude this row "
                    "with a reason."
                )
                yield Problem("flow.csv", message, row, "fcs", str(fcs))


def _differ_in_stains(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two controls, each a role and a channel, are different tubes."""
    roles = {one[0], other[0]}
    if len(roles) == 1:
        return one[1].casefold() != other[1].casefold()
    # annexin_only is the single stain of Annexin V, by whatever name of its channel.
    return "single_stain" not in roles or "unstained" in roles


def spillover_file(
    config: str, paths: Sequence[str], flow_table: pd.DataFrame | None = None
) -> Iterator[Problem]:
    """The spillover matrix that the config names exists, and fits the FCS files if it is used.

    `flow_table` are the rows of flow.csv that can be opened; None if the matrix is not used.
    """
    for path in paths:
        message = files.fault(Path(path), (Path(path).parent,))
        faults = [message] if message else []
        if not faults and flow_table is not None:
            faults = flow.check_spillover_file(path, flow_table)
        for fault in faults:
            line = line_of(Path(config), ("flow", "compensation", "file"))
            yield Problem(config, fault, line, "flow.compensation.file", path)


def gates(
    config: str, flow_table: pd.DataFrame, settings: flow.FlowSettings, gates_file: Path | None
) -> Iterator[Problem]:
    """Gates of the config, or of a gates file, refer to experiments and channels of the study."""
    for where, message in flow.check_gates(flow_table, settings):
        if gates_file is not None:
            yield problem_at(gates_file, where, message)
        else:
            named = f"{'.'.join(('flow.gates', *where))}: {message}"
            yield Problem(config, named, line_of(Path(config), ("flow", "gates")))


def fcs_files(
    flow_table: pd.DataFrame, settings: flow.FlowSettings, *, with_events: bool = True
) -> Iterator[Problem]:
    """Every FCS file is complete and has the channels that the config names.

    With the events, the controls can compensate.
    """
    for problem in flow.check_files(flow_table, settings, with_events=with_events):
        yield _as_written(problem, flow_table)


def plate_exports(elisa_table: pd.DataFrame, settings: elisa.ElisaSettings) -> Iterator[Problem]:
    """Every plate export can be read and has the wells that elisa.csv names."""
    for problem in elisa.check_files(elisa_table, settings):
        yield _as_written(problem, elisa_table)


def _as_written(problem: Problem, table: pd.DataFrame) -> Problem:
    """`problem` with its value as written in `table`."""
    assert problem.row is not None
    assert problem.column is not None
    return replace(problem, value=str(table.at[problem.row, problem.column]))  # noqa: PD008
