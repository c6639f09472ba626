"""Checks of the files of one experiment together, from their headers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from coculture.exchange.outcomes import Stain
from coculture.exchange.problems import Problem
from coculture.flow.channels import ChannelError, find_channel, is_fluorescence, name_mismatch
from coculture.flow.compensation.embedded import matrices
from coculture.flow.compensation.experiment_spillover import experiment_spillover
from coculture.flow.compensation.single_stains import FEWEST_POSITIVES
from coculture.flow.compensation.spillover import SpilloverError, embedded_spillover
from coculture.flow.fcs.header import FcsHeader
from coculture.flow.fcs.text import FcsError
from coculture.flow.files import MARKER_FMO, STAINED_ALONE, FlowFile
from coculture.flow.gating import sources
from coculture.flow.gating.compensated import compensated
from coculture.flow.gating.gates import GateError
from coculture.flow.gating.sources.threshold import FEWEST_EVENTS, ThresholdError
from coculture.flow.settings import FlowSettings
from coculture.flow.threshold_settings import AUTO
from coculture.flow.tubes import NO_MATRIX, Tube, open_tubes

_STAINED_ALONE = ("single_stain", *STAINED_ALONE)


@dataclass(frozen=True)
class _Opened:
    """One file whose header could be read."""

    file: FlowFile
    stained: str
    """Name ($PnN) of the channel that a single stain stains; empty if unknown or no stain."""
    lacked: str
    """Name ($PnN) of the channel that an fmo control is for; empty for others."""
    names: dict[str, str]
    """Channel as the config names it -> name ($PnN), for the channels that the file has."""
    header: FcsHeader

    @property
    def events(self) -> int:
        return self.header.events


def experiment_problems(
    files: Sequence[FlowFile],
    headers: Mapping[int, FcsHeader],
    settings: FlowSettings,
    *,
    may_lack_controls: bool = True,
    with_events: bool = True,
) -> Iterator[Problem]:
    """Problems of one experiment that no single file shows.

    Parameters
    ----------
    files
        The files of the experiment that are not excluded; at least one.
    headers
        Row -> header, for the files that could be read.
    settings
        The flow section of the config.
    may_lack_controls
        Whether controls that the experiment lacks are reported.
    with_events
        Whether the events of the controls are read, too.
    """
    opened = [_opened(file, headers[file.row], settings) for file in files if file.row in headers]
    found = [*_of_headers(opened, settings)]
    if may_lack_controls:
        found += _lacking(files, opened, settings)
    yield from found
    is_sound = not found and len(opened) == len(files)
    if with_events and may_lack_controls and is_sound:
        spillover = [*_spillover(files, settings)]
        yield from spillover or _marker_gates(files, settings)


def _lacking(
    files: Sequence[FlowFile], opened: Sequence[_Opened], settings: FlowSettings
) -> Iterator[Problem]:
    """Controls that the experiment needs and does not have; one channel alone needs none."""
    if settings.compensation.source == "single_stains" and len(settings.stained_channels) > 1:
        yield from _missing_controls(files, opened, settings)
    yield from _missing_sources(files, opened, settings)


def _of_headers(opened: Sequence[_Opened], settings: FlowSettings) -> Iterator[Problem]:
    """Problems that need no events."""
    yield from _not_fluorescent(opened)
    if settings.compensation.source == "single_stains":
        yield from _doubled_stains(opened)
        yield from _few_stained(opened, settings)
    if settings.compensation.source in ("embedded", "each_file"):
        yield from _embedded_matrices(opened, settings.compensation.source)
    yield from _no_events(opened)
    yield from _different_names(opened)


def _spillover(files: Sequence[FlowFile], settings: FlowSettings) -> Iterator[Problem]:
    """The error with which the run would stop before it gates, from the events of the controls."""
    if settings.compensation.source == "csv":
        return  # It is of the whole study: `check_spillover_file`.
    try:
        experiment_spillover(open_tubes(files, settings), settings)
    except SpilloverError as error:
        at_fault = next((one for one in files if one.fcs == error.fcs), None)
        if at_fault is None:
            yield _of_experiment(files, str(error))
        else:
            yield Problem("flow.csv", str(error), at_fault.row, "fcs", at_fault.fcs)
    except FcsError:
        return  # `check_files` reports the file.


def _marker_gates(files: Sequence[FlowFile], settings: FlowSettings) -> Iterator[Problem]:
    """The error of a gate that has no control, and cannot be set from the samples alone.

    Of a marker, or of a stain that living cells have.
    """
    try:
        tubes = open_tubes(files, settings)
        has_controls = all(_has_control(tubes, name) for name in settings.marker_channels)
        if has_controls and not any(stain.living_are_positive for stain in settings.stains):
            return
        own = settings.gates.get(files[0].experiment, {})
        compensated(tubes, experiment_spillover(tubes, settings), settings, own)
    except ThresholdError as error:
        yield _of_experiment(files, str(error))
    except (FcsError, SpilloverError, GateError):
        return  # `check_files`, `check_spillover_file` and `check_gates` report them.


def _has_control(tubes: Sequence[Tube], marker: str) -> bool:
    """Whether a control of the marker has events enough to set its gate."""
    channel = tubes[0].panel.markers[marker]
    return any(
        tube.header.events >= FEWEST_EVENTS
        and (tube.is_control_of(channel) or tube.is_fmo_of(channel) or tube.is_unstained)
        for tube in tubes
    )


def _not_fluorescent(opened: Sequence[_Opened]) -> Iterator[Problem]:
    """Single stains of scatter or time."""
    for one in opened:
        if one.file.role == "single_stain" and one.stained and not is_fluorescence(one.stained):
            yield Problem(
                "flow.csv",
                f"A single stain is of a fluorescence channel, but {one.stained} is none. Write "
                "the channel of the stain that is in the tube.",
                one.file.row,
                "channel",
                one.file.channel,
            )


def _opened(file: FlowFile, header: FcsHeader, settings: FlowSettings) -> _Opened:
    def found(wanted: str) -> str:
        try:
            return find_channel(wanted, header.names, header.labels)
        except ChannelError:
            return ""

    names = {wanted: found(wanted) for wanted in settings.needed_channels}
    alone = asdict(settings.channels).get(STAINED_ALONE.get(file.role, ""))
    stained = file.channel if file.role == "single_stain" else alone
    return _Opened(
        file=file,
        stained=found(stained) if stained else "",
        lacked=found(file.channel) if file.role == MARKER_FMO else "",
        names={wanted: name for wanted, name in names.items() if name},
        header=header,
    )


def _missing_controls(
    files: Sequence[FlowFile], opened: Sequence[_Opened], settings: FlowSettings
) -> Iterator[Problem]:
    """Controls without which the compensation cannot be estimated."""
    missing = []
    stained_alone = [file for file in files if file.role in _STAINED_ALONE]
    on_beads = bool(stained_alone) and all(file.is_on_beads for file in stained_alone)
    if not on_beads and not any(file.is_unstained and not file.is_on_beads for file in files):
        missing.append("an unstained control")
    stains = [one for one in opened if one.stained]
    if len(stains) == sum(file.role in _STAINED_ALONE for file in files):
        lacking = [
            wanted
            for wanted in settings.stained_channels
            if any(wanted in one.names for one in opened)
            and not any(one.names.get(wanted) == one.stained for one in stains)
        ]
        if lacking:
            missing.append(f"a single stain for {', '.join(lacking)}")
        elif not stains:
            missing.append("a single stain")
    if missing:
        yield _of_experiment(
            files,
            f"This experiment lacks {' and '.join(missing)}, which flow.compensation.source: "
            "single_stains needs. Add it, or use it again if it is excluded, or choose embedded, "
            "csv or none.",
        )


def _doubled_stains(opened: Sequence[_Opened]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for one in opened:
        if one.file.role != "single_stain" or not one.stained:
            continue
        if one.stained in first:
            yield _of_file(
                one,
                f"The file is a second single stain of {one.stained}; the first is "
                f"{first[one.stained]}. Exclude one of them.",
            )
        first.setdefault(one.stained, one.file.fcs)


def _few_stained(opened: Sequence[_Opened], settings: FlowSettings) -> Iterator[Problem]:
    for one in opened:
        few = 0 < one.events < FEWEST_POSITIVES
        if one.file.role == "single_stain" and few and settings.compensation.method == "positives":
            yield _of_file(
                one,
                f"The file has only {one.events} events, but a single stain needs at least "
                f"{FEWEST_POSITIVES} stained ones. Use a file with more events, or choose "
                "embedded, csv or none as flow.compensation.source.",
            )


def _embedded_matrices(opened: Sequence[_Opened], source: str) -> Iterator[Problem]:
    """Files without a matrix, or, where all samples need the same, with another one."""
    if source == "embedded":
        used = [one for one in opened if one.file.role == "sample"] or list(opened)
    else:
        used = [one for one in opened if one.file.role != "beads"]
    readable = []
    for one in used:
        try:
            matrix = embedded_spillover(one.header)
        except SpilloverError as error:
            fault = str(error).removeprefix(f"{one.header.path.name}: ").rstrip(".")
            yield _of_file(
                one,
                f"The file cannot be compensated: {fault}. Export it again with all its channels, "
                "or choose single_stains, csv or none as flow.compensation.source.",
            )
            continue
        if matrix is None:
            yield _of_file(one, f"The file {NO_MATRIX}")
        else:
            readable.append(one)
    if source == "each_file":
        return
    groups = [places for _, places in matrices([one.header for one in readable])]
    first = readable[groups[0][0]] if groups else None
    for one in (readable[place] for places in groups[1:] for place in sorted(places)):
        assert first is not None
        yield _of_file(
            one,
            f"The file has a different spillover matrix than {first.file.fcs} (row "
            f"{first.file.row}), but embedded needs the same matrix in all samples of an "
            "experiment. Choose each_file, single_stains or csv as flow.compensation.source.",
        )


def _no_events(opened: Sequence[_Opened]) -> Iterator[Problem]:
    for one in opened:
        if one.file.role not in ("sample", "beads") and one.events == 0:
            yield _of_file(
                one,
                "The file has no events ($TOT 0), so it cannot be used as a control. Use the whole "
                "file or exclude it with a reason.",
            )


def _different_names(opened: Sequence[_Opened]) -> Iterator[Problem]:
    for one in opened[1:]:
        fault = name_mismatch(one.names, opened[0].names, opened[0].file.fcs)
        if fault:
            yield _of_file(one, f"The file {fault}")


def _missing_sources(
    files: Sequence[FlowFile], opened: Sequence[_Opened], settings: FlowSettings
) -> Iterator[Problem]:
    """Threshold sources that the config asks for and the experiment does not have."""
    own = settings.gates.get(files[0].experiment, {})
    for stain in settings.stains:
        code = settings.thresholds[stain.gate]
        by_hand = all(stain.gate in own.get(one.name, {}) for one in settings.populations)
        if code == AUTO or by_hand:
            continue
        roles = sources.of_stain(code).roles(stain.gate)
        if not _has_source(code, roles, stain, opened, settings):
            of = f" of {stain.channel}" if roles == (MARKER_FMO,) else ""
            yield _of_experiment(
                files,
                f"flow.thresholds.{stain.gate} is {code}, but this experiment has no file with the "
                f"role {' or '.join(roles)}{of}. Add one, choose auto, or set the gate in "
                "flow.gates.",
            )


def _has_source(
    code: str,
    roles: Sequence[str],
    stain: Stain,
    opened: Sequence[_Opened],
    settings: FlowSettings,
) -> bool:
    """Whether a file serves the source `code` of the threshold of a stain."""
    others = [one.channel for one in settings.stains if one != stain]
    for one in opened:
        if one.file.role == MARKER_FMO and MARKER_FMO in roles:
            if one.lacked == one.names.get(stain.channel):
                return True
        elif one.file.role in roles or (
            code == sources.fmo.CODE
            and one.file.role == "single_stain"
            and one.stained in map(one.names.get, others)
        ):
            return True
    return False


def _of_experiment(files: Sequence[FlowFile], message: str) -> Problem:
    """A problem at the first sample of the experiment: its first row may be a shared control's."""
    first = next((one for one in files if one.role == "sample"), files[0])
    return Problem("flow.csv", message, first.row, "experiment", first.experiment)


def _of_file(one: _Opened, message: str) -> Problem:
    return Problem("flow.csv", message, one.file.row, "fcs", one.file.fcs)
