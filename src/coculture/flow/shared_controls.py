"""Controls that several experiments share: several donors on one day, one set of tubes.

A control without an experiment in flow.csv serves every experiment that has samples of its day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from coculture.exchange.problems import Problem
from coculture.flow.fcs.header import FcsHeader
from coculture.flow.fcs.text import FcsError
from coculture.flow.files import FlowFile, flow_files, open_file
from coculture.flow.gating.acquisition_date import day_of


def shared_controls(files: pd.DataFrame) -> dict[int, tuple[str, ...]]:
    """Row of each control without an experiment -> the experiments that it serves.

    `files` are rows of flow.csv. A file that cannot be read serves none, nor does an excluded one.
    Only the samples and such controls are opened, and none if there is no such control.
    """
    listed = flow_files(files)
    if all(file.experiment for file in listed):
        return {}
    headers: dict[int, FcsHeader] = {}
    for file in listed:
        if not file.exclude and (file.role == "sample" or not file.experiment):
            try:
                headers[file.row] = open_file(file)
            except FcsError:
                continue
    return served(listed, headers)


def served(
    files: Sequence[FlowFile], headers: Mapping[int, FcsHeader]
) -> dict[int, tuple[str, ...]]:
    """The same from headers that were read: row -> header."""
    days = {row: day for row, header in headers.items() if (day := day_of(header))}
    experiments = {
        (file.experiment, days[file.row])
        for file in files
        if file.role == "sample" and file.experiment and file.row in days
    }
    return {
        file.row: tuple(sorted(name for name, day in experiments if day == days.get(file.row)))
        for file in files
        if not file.experiment and file.role != "sample" and file.row in headers
    }


def of_experiment(
    files: Iterable[FlowFile], experiment: str, shared: Mapping[int, Sequence[str]]
) -> list[FlowFile]:
    """The files of one experiment, shared controls included and given to it."""
    return [
        file if file.experiment else replace(file, experiment=experiment)
        for file in files
        if file.experiment == experiment or experiment in shared.get(file.row, ())
    ]


def unserving(
    files: Iterable[FlowFile],
    headers: Mapping[int, FcsHeader],
    shared: Mapping[int, Sequence[str]],
) -> Iterable[Problem]:
    """A problem for each control without an experiment that serves none."""
    for file in files:
        if file.experiment or file.role == "sample" or file.row not in headers:
            continue
        if not shared.get(file.row):
            day = day_of(headers[file.row])
            why = (
                f"The file was acquired on {day}, but no experiment has samples of that day"
                if day
                else "The file does not give its acquisition day ($DATE)"
            )
            yield Problem(
                "flow.csv",
                f"{why}, so a control without an experiment serves none. Write its experiment; "
                "for several, one row for each.",
                file.row,
                "experiment",
                "",
            )
