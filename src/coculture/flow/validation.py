"""Checks of the FCS files before any job runs: header, text, size, channels and controls."""

from collections.abc import Mapping

import pandas as pd

from coculture.exchange.problems import Problem
from coculture.flow.channels import ChannelError, find_channel
from coculture.flow.experiment_validation import experiment_problems
from coculture.flow.fcs.header import FcsHeader, read_header
from coculture.flow.fcs.text import FcsError
from coculture.flow.gating.gates import GateError
from coculture.flow.gating.manual import on_channels_of
from coculture.flow.settings import FlowSettings, not_known
from coculture.flow.tubes import open_tubes


def check_files(files: pd.DataFrame, settings: FlowSettings) -> list[Problem]:
    """Read every file's HEADER and TEXT and look for the channels and controls gating needs.

    Parameters
    ----------
    files
        Rows of flow.csv; a file is opened at `path`, or where that column is absent at `fcs`.
        Excluded files are not looked at.
    settings
        The flow section of the config.

    Returns
    -------
    The problems, in the order of the table; empty if all is well.
    """
    if files.empty:
        return []
    taken = _taking_part(files)
    asked = {
        needed: f" The config asks for it under {settings.key_of(needed)}."
        for needed in settings.needed_channels
    }
    problems = []
    headers = {}
    for label, file in taken.iterrows():
        row, fcs = int(str(label)), str(file["fcs"])
        try:
            header = read_header(file.get("path", fcs))
        except FcsError as error:
            problems.append(Problem("flow.csv", f"The file {error.fault}", row, "fcs", fcs))
            continue
        headers[row] = header
        problems += _lacking(header, asked, row, "fcs", fcs)
        if file["role"] == "single_stain":
            stained = str(file.get("channel", ""))
            problems += _lacking(header, {stained: ""}, row, "channel", stained)
    for _, of_experiment in taken.groupby("experiment", sort=False):
        problems += experiment_problems(of_experiment, headers, settings)
    return sorted(problems, key=lambda problem: problem.row or 0)


def check_gates(files: pd.DataFrame, settings: FlowSettings) -> list[str]:
    """A sentence for each gate in flow.gates that is of no experiment or on no channel of `files`.

    `files` are rows of flow.csv that can be opened.
    """
    known = list(dict.fromkeys(files["experiment"]))
    taken = _taking_part(files)
    faults = []
    for experiment, own in settings.gates.items():
        if experiment not in known:
            faults.append(not_known(f"flow.gates.{experiment}", "experiment", experiment, known))
            continue
        try:
            # One file is enough: all of an experiment have the same names.
            for tube in open_tubes(taken[taken["experiment"] == experiment].head(1), settings):
                on_channels_of(tube, own)
        except FcsError:
            continue  # told of the file
        except GateError as error:
            faults.append(f"flow.gates.{experiment}.{error}")
    return faults


def _taking_part(files: pd.DataFrame) -> pd.DataFrame:
    """The files that no reason excludes."""
    return files[[not str(reason or "") for reason in files.get("exclude", [""] * len(files))]]


def _lacking(
    header: FcsHeader, channels: Mapping[str, str], row: int, column: str, value: str
) -> list[Problem]:
    """A problem for every one of the channels that the file does not have.

    `channels` has what is said of each besides.
    """
    labels = {channel.name: channel.label for channel in header.channels}
    problems = []
    for channel, more in channels.items():
        try:
            find_channel(channel, header.names, labels)
        except ChannelError as error:
            problems.append(Problem("flow.csv", f"The file {error}{more}", row, column, value))
    return problems
