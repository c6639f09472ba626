"""Checks of the FCS files before any job runs: header, text, size, channels and controls."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice

import pandas as pd

from coculture.exchange.problems import Problem
from coculture.flow.channels import ChannelError, find_channel, similar_names
from coculture.flow.compensation.spillover import SpilloverError
from coculture.flow.compensation.spillover_csv import fitted_to, spillover_from_csv
from coculture.flow.experiment_validation import experiment_problems
from coculture.flow.fcs.header import FcsHeader
from coculture.flow.fcs.text import FcsError
from coculture.flow.files import (
    MARKER_FMO,
    STAINED_ALONE,
    WITHOUT_STAIN,
    FlowFile,
    flow_files,
    open_file,
)
from coculture.flow.gating.gates import GateError
from coculture.flow.gating.sources.manual import OwnGates, on_channels_of
from coculture.flow.settings import FlowSettings
from coculture.flow.shared_controls import of_experiment, served, unserving
from coculture.flow.tubes import Tube, open_tubes
from coculture.flow.unknown_names import unknown_name


def check_files(
    files: pd.DataFrame, settings: FlowSettings, *, with_events: bool = True
) -> list[Problem]:
    """Read HEADER and TEXT of every file and check its channels and the controls that gating needs.

    Parameters
    ----------
    files
        Rows of flow.csv. A file is opened at `path`, or at `fcs` without that column. Excluded
        files are not checked.
    settings
        The flow section of the config.
    with_events
        Whether the events of the controls are read, too: whether they can compensate.

    Returns
    -------
    The problems, in the order of the table; empty if there are none.
    """
    used = [file for file in flow_files(files) if not file.exclude]
    problems: list[Problem] = []
    headers: dict[int, FcsHeader] = {}
    for file in used:
        try:
            header = open_file(file)
        except FcsError as error:
            problems.append(_problem(file, "fcs", f"The file {error.fault}"))
            continue
        headers[file.row] = header
        if file.names_channel and file.channel:
            problems += _missing_channels(header, {file.channel: ""}, file, "channel")
        problems += _no_such_stain(file, settings)
        problems += _no_marker(header, file, settings)
    problems += _lacking(used, headers, settings)
    problems += islice(_channel_faults(used, headers, settings), 1)
    shared = served(used, headers)
    unused = list(unserving(used, headers, shared))
    problems += unused
    for experiment in dict.fromkeys(file.experiment for file in used if file.experiment):
        own = of_experiment(used, experiment, shared)
        # A control that serves no experiment may be the one that this experiment lacks.
        problems += experiment_problems(
            own, headers, settings, may_lack_controls=not unused, with_events=with_events
        )
    return sorted(problems, key=lambda problem: problem.row or 0)


def check_gates(files: pd.DataFrame, settings: FlowSettings) -> list[tuple[tuple[str, ...], str]]:
    """Each experiment of the user's gates that is unknown, or has gates on unknown channels.

    `files` are rows of flow.csv that can be opened.

    Returns
    -------
    Where it is, from the experiment on, and what is wrong.
    """
    all_files = flow_files(files)
    known = list(dict.fromkeys(file.experiment for file in all_files if file.experiment))
    faults: list[tuple[tuple[str, ...], str]] = []
    for experiment, own in settings.gates.items():
        if experiment not in known:
            faults.append(((experiment,), unknown_name("experiment", experiment, known)))
            continue
        used = [one for one in all_files if one.experiment == experiment and not one.exclude]
        try:
            # One file is enough: all files of an experiment have the same channel names.
            for tube in open_tubes(used[:1], settings):
                faults += _stains_elsewhere(experiment, on_channels_of(tube, own), tube)
            faults += _unknown_tubes(experiment, own, all_files)
        except FcsError:
            continue  # `check_files` reports the file
        except GateError as error:
            faults.append(((experiment,), str(error)))
    return faults


def _stains_elsewhere(
    experiment: str, own: OwnGates, tube: Tube
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Gates of stains, or of a file's own, on another channel than that of the stain."""
    of_gates = {stain.gate: stain.channel for stain in tube.panel.of_stains}
    for population, blocks in own.items():
        for gate, block in blocks.items():
            shapes = [block, *block.get("of_files", {}).values()]
            channels = [
                channel
                for shape in shapes
                if isinstance(shape, Mapping)
                for channel in shape.get("channels", ())
            ]
            for channel in dict.fromkeys(channels):
                if gate in of_gates and channel != of_gates[gate]:
                    yield (
                        (experiment, population, gate),
                        f"the gate is on {channel}, but this stain is on {of_gates[gate]}.",
                    )


def _unknown_tubes(
    experiment: str, own: OwnGates, files: Sequence[FlowFile]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Files with a gate of their own that the experiment does not use."""
    # A control without an experiment may serve this one.
    known = [one.fcs for one in files if one.experiment in (experiment, "") and not one.exclude]
    for population, blocks in own.items():
        for gate, block in blocks.items():
            for fcs in block.get("of_files", {}):
                if fcs not in known:
                    near = similar_names(fcs, known)
                    hint = f" Nearest: {near[0]}." if near else ""
                    yield (
                        (experiment, population, gate),
                        f"the experiment has no file {fcs} that is used.{hint}",
                    )


def check_spillover_file(path: str, files: pd.DataFrame) -> list[str]:
    """What is wrong with the spillover matrix of flow.compensation.file; empty if nothing is.

    `files` are rows of flow.csv that can be opened; the channels of one file of each experiment are
    compared with those of the matrix.
    """
    used = [file for file in flow_files(files) if not file.exclude and file.experiment]
    first = {file.experiment: file for file in reversed(used)}
    try:
        matrix = spillover_from_csv(path)
        for file in first.values():
            with suppress(FcsError):  # `check_files` reports the file
                header = open_file(file)
                fitted_to(matrix, path, header.names, header.labels)
    except SpilloverError as error:
        return [str(error)]
    return []


def _channel_faults(
    used: Sequence[FlowFile], headers: Mapping[int, FcsHeader], settings: FlowSettings
) -> Iterator[Problem]:
    """Stains of the config that do not fit the channels of a file: a mistake that all show."""
    for file in used:
        if file.row in headers:
            header = headers[file.row]
            names = _channels_of(header, settings.needed_channels)
            fault = settings.channel_fault(names, header.labels)
            if fault:
                yield _problem(file, "fcs", fault)


def _channels_of(header: FcsHeader, wanted: Iterable[str]) -> dict[str, str]:
    """Channel as the config names it -> name ($PnN), for those that the file has."""
    found = {}
    for channel in wanted:
        with suppress(ChannelError):
            found[channel] = find_channel(channel, header.names, header.labels)
    return found


def _lacking(
    files: Sequence[FlowFile], headers: Mapping[int, FcsHeader], settings: FlowSettings
) -> Iterator[Problem]:
    """Channels of the config that files lack; one that no file has is misspelled in the config."""
    opened = [file for file in files if file.row in headers]
    for channel in settings.needed_channels:
        key = settings.key_of(channel)
        found = [
            one
            for file in opened
            for one in _missing_channels(headers[file.row], {channel: ""}, file, "fcs")
        ]
        is_in_none = 1 < len(found) == len(opened)
        more = f"The config asks for it under {key}."
        if is_in_none:
            more = f"No file has it: correct {key} in the config."
        for one in found[:1] if is_in_none else found:
            yield replace(one, message=f"{one.message} {more}")


def _missing_channels(
    header: FcsHeader, channels: Mapping[str, str], file: FlowFile, column: str
) -> list[Problem]:
    """A problem for each channel that the file lacks.

    `channels` maps each channel to a sentence to add to its problem.
    """
    problems = []
    for channel, more in channels.items():
        try:
            find_channel(channel, header.names, header.labels)
        except ChannelError as error:
            problems.append(_problem(file, column, f"The file {error}{more}"))
    return problems


def _no_such_stain(file: FlowFile, settings: FlowSettings) -> Iterator[Problem]:
    """A control with or without a stain of flow.channels that the study does not have."""
    gate = (STAINED_ALONE | WITHOUT_STAIN).get(file.role)
    if gate is None or gate in settings.stain_gates or not settings.stains:
        return
    stains = settings.stains
    role = MARKER_FMO if file.role in WITHOUT_STAIN else "single_stain"
    yield _problem(
        file,
        "role",
        f"The role {file.role} is of flow.channels.{gate}, which this study does not have: it has "
        f"{' and '.join(stain.name for stain in stains)}. Write {role} with the channel that is "
        f"meant ({' or '.join(stain.channel for stain in stains)}), or exclude the file with a "
        "reason.",
    )


def _no_marker(header: FcsHeader, file: FlowFile, settings: FlowSettings) -> Iterator[Problem]:
    """An FMO control for a channel that is neither a marker's nor that of an own stain."""
    if file.role != MARKER_FMO or not file.channel:
        return
    found = _channels_of(header, [file.channel]).get(file.channel)
    markers = _channels_of(header, settings.marker_channels)
    if not settings.is_standard:
        stains = _channels_of(header, [stain.channel for stain in settings.stains])
        if found is not None and found not in (*markers.values(), *stains.values()):
            yield _problem(
                file,
                "channel",
                f"An fmo control is for a stain or a marker of the study "
                f"({', '.join([*stains, *markers])}), and {file.channel} is neither.",
            )
        return
    if found is None or found in markers.values():
        return
    known = f" ({', '.join(markers)})" if markers else ""
    yield _problem(
        file,
        "channel",
        f"An fmo control is for a marker of flow.populations{known}, and {file.channel} is none. "
        "For Annexin V or the viability dye, the role is fmo_annexin or fmo_dye.",
    )


def _problem(file: FlowFile, column: str, message: str) -> Problem:
    return Problem("flow.csv", message, file.row, column, str(getattr(file, column)))
