"""Checks of one experiment's files together, from their headers: what no file shows alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from coculture.exchange.problems import Problem
from coculture.flow.channels import ChannelError, find_channel, other_names
from coculture.flow.compensation.single_stains import FEWEST_POSITIVES
from coculture.flow.fcs.header import FcsHeader
from coculture.flow.settings import FlowSettings

_STAINED_ALONE = ("single_stain", "annexin_only", "dye_only")


@dataclass(frozen=True)
class _File:
    """One file whose header could be read."""

    row: int
    fcs: str
    role: str
    stained: str
    """Name ($PnN) of the channel that a single stain stains; empty if unknown or no stain."""
    names: dict[str, str]
    """Channel as the config calls it -> name ($PnN), for those that the file has."""
    events: int


def experiment_problems(
    files: pd.DataFrame, headers: Mapping[int, FcsHeader], settings: FlowSettings
) -> Iterator[Problem]:
    """What is wrong with one experiment's files that are not excluded.

    Parameters
    ----------
    files
        Rows of flow.csv of one experiment.
    headers
        Row -> its header, for the files that could be read.
    settings
        The flow section of the config.
    """
    opened = [
        _file(row, file, headers[row], settings)
        for row, file in ((int(str(index)), file) for index, file in files.iterrows())
        if row in headers
    ]
    if settings.compensation.source == "single_stains":
        yield from _missing_controls(files, opened, settings)
        yield from _doubled_stains(opened)
        yield from _few_stained(opened, settings)
    yield from _no_events(opened)
    yield from _other_names(opened)
    yield from _missing_sources(files, opened, settings)


def _file(row: int, file: "pd.Series[str]", header: FcsHeader, settings: FlowSettings) -> _File:
    labels = {channel.name: channel.label for channel in header.channels}

    def found(wanted: str) -> str:
        try:
            return find_channel(wanted, header.names, labels)
        except ChannelError:
            return ""

    names = {wanted: found(wanted) for wanted in settings.needed_channels}
    role = str(file["role"])
    alone = {"annexin_only": settings.channels.annexin, "dye_only": settings.channels.viability_dye}
    stained = str(file.get("channel", "")) if role == "single_stain" else alone.get(role)
    return _File(
        row=row,
        fcs=str(file["fcs"]),
        role=role,
        stained=found(stained) if stained else "",
        names={wanted: name for wanted, name in names.items() if name},
        events=header.events,
    )


def _missing_controls(
    files: pd.DataFrame, opened: Sequence[_File], settings: FlowSettings
) -> Iterator[Problem]:
    """The controls that the compensation cannot be estimated without."""
    missing = [] if "unstained" in set(files["role"]) else ["an unstained control"]
    stains = [file for file in opened if file.stained]
    if len(stains) == int(files["role"].isin(_STAINED_ALONE).sum()):
        lacking = [
            wanted
            for wanted in settings.stained_channels
            if any(wanted in file.names for file in opened)
            and not any(file.names.get(wanted) == file.stained for file in stains)
        ]
        if lacking:
            missing.append(f"a single stain for {', '.join(lacking)}")
        elif not stains:
            missing.append("a single stain")
    if missing:
        yield _of_experiment(
            files,
            f"This experiment lacks {' and '.join(missing)}, which flow.compensation.source: "
            "single_stains needs; add it, or choose embedded, csv or none.",
        )


def _doubled_stains(opened: Sequence[_File]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for file in opened:
        if file.role != "single_stain" or not file.stained:
            continue
        if file.stained in first:
            yield _of_file(
                file,
                f"The file is a second single stain of {file.stained} beside "
                f"{first[file.stained]}; exclude one of them.",
            )
        first.setdefault(file.stained, file.fcs)


def _few_stained(opened: Sequence[_File], settings: FlowSettings) -> Iterator[Problem]:
    for file in opened:
        few = 0 < file.events < FEWEST_POSITIVES
        if file.role == "single_stain" and few and settings.compensation.method == "positives":
            yield _of_file(
                file,
                f"The file holds only {file.events} events; a single stain needs "
                f"{FEWEST_POSITIVES} stained ones. Give a file with more, or choose embedded, csv "
                "or none as flow.compensation.source.",
            )


def _no_events(opened: Sequence[_File]) -> Iterator[Problem]:
    for file in opened:
        if file.role not in ("sample", "beads") and file.events == 0:
            yield _of_file(
                file,
                "The file holds no events ($TOT 0), so it is no control; give the whole file or "
                "exclude it with a reason.",
            )


def _other_names(opened: Sequence[_File]) -> Iterator[Problem]:
    for file in opened[1:]:
        fault = other_names(file.names, opened[0].names, opened[0].fcs)
        if fault:
            yield _of_file(file, f"The file {fault}")


def _missing_sources(
    files: pd.DataFrame, opened: Sequence[_File], settings: FlowSettings
) -> Iterator[Problem]:
    """Sources of thresholds that the config asks for and the experiment does not have."""
    channels = settings.channels
    stains = {
        "annexin": (channels.annexin, settings.annexin_threshold),
        "viability_dye": (channels.viability_dye, settings.viability_dye_threshold),
    }
    own = settings.gates.get(str(files["experiment"].iloc[0]), {})
    for stain, (channel, source) in stains.items():
        by_hand = all(stain in own.get(one.name, {}) for one in settings.populations)
        if channel is None or source == "auto" or by_hand:
            continue
        other = channels.viability_dye if stain == "annexin" else channels.annexin
        roles = _roles_for(stain, source)
        alone = source == "fmo" and any(
            file.role == "single_stain" and file.stained == file.names.get(str(other))
            for file in opened
        )
        if not alone and not set(files["role"]) & set(roles):
            yield _of_experiment(
                files,
                f"flow.thresholds.{stain} asks for {source}, but this experiment has no file with "
                f"the role {' or '.join(roles)}; add one, choose auto, or write a gate into "
                "flow.gates.",
            )


def _roles_for(stain: str, source: str) -> tuple[str, ...]:
    if source == "fmo":
        return ("fmo_annexin", "dye_only") if stain == "annexin" else ("fmo_dye", "annexin_only")
    return ("unstained",) if source == "unstained" else ("sample",)


def _of_experiment(files: pd.DataFrame, message: str) -> Problem:
    value = str(files["experiment"].iloc[0])
    return Problem("flow.csv", message, int(str(files.index[0])), "experiment", value)


def _of_file(file: _File, message: str) -> Problem:
    return Problem("flow.csv", message, file.row, "fcs", file.fcs)
