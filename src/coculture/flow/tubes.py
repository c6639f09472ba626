"""The FCS files of one experiment, opened: their channels by role, and their events."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.exchange.outcomes import STANDARD, Stain
from coculture.flow.channels import ChannelError, find_channel, name_mismatch
from coculture.flow.compensation.spillover import embedded_spillover, unmixing
from coculture.flow.fcs.data import read_events
from coculture.flow.fcs.header import FcsHeader
from coculture.flow.fcs.text import FcsError
from coculture.flow.files import (
    MARKER_FMO,
    STAINED_ALONE,
    WITHOUT_STAIN,
    FlowFile,
    open_file,
)
from coculture.flow.large_tube import LargeTube, Unmixing
from coculture.flow.ranges import with_own_ranges
from coculture.flow.settings import CountingBeads, FlowSettings
from coculture.linear_algebra import weighted_sum

_BLOCK = 8192
"""Events compensated at a time: they stay in the processor's cache."""
MOST_BYTES = 2**28
"""Memory for the channels of one tube: 4.8 million events of 7."""
_FEWEST_CONSTANT = 20
"""Of fewer events some may have the same value by chance, where values are whole numbers."""


@dataclass(frozen=True)
class Panel:
    """The channel names ($PnN) of an experiment, by role; None where the study has none."""

    forward_scatter_area: str
    forward_scatter_height: str | None
    forward_scatter_width: str | None
    side_scatter_area: str | None
    annexin: str | None
    viability_dye: str | None
    time: str | None
    of_stains: tuple[Stain, ...]
    """The stains that make the classes of cells, with the channel name ($PnN) as their channel."""
    markers: dict[str, str]
    """The marker as the config names it -> channel name."""
    names: dict[str, str]
    """Every channel as the config names it -> channel name."""
    counting_beads: CountingBeads | None = None
    """With the channel name ($PnN) as its channel."""
    lacked: frozenset[str] = frozenset()
    """Channels of the markers that populations lack (positive: false) and none has."""

    @property
    def stains(self) -> list[str]:
        """Fluorescence channels with gates: of stains, then of markers."""
        of_stains = [stain.channel for stain in self.of_stains]
        return list(dict.fromkeys([*of_stains, *self.markers.values()]))

    @property
    def in_standard_role(self) -> dict[str, str | None]:
        """annexin and viability_dye -> the channel of each, of those that flow.channels names."""
        return dict(zip(STANDARD, (self.annexin, self.viability_dye), strict=True))

    def stain(self, gate: str) -> Stain:
        """The stain with this gate."""
        return next(stain for stain in self.of_stains if stain.gate == gate)

    @property
    def plain(self) -> list[str]:
        """Channels that are not compensated: scatter, time, and counting beads without a stain."""
        named = (
            self.forward_scatter_area,
            self.forward_scatter_height,
            self.forward_scatter_width,
            self.side_scatter_area,
            self.time,
            self.counting_beads.channel if self.counting_beads else None,
        )
        known = dict.fromkeys(name for name in named if name is not None)
        return [name for name in known if name not in self.stains]

    @property
    def singlet_ratio(self) -> str | None:
        """Name of the column of forward scatter height over area; None without a height."""
        if self.forward_scatter_height in (None, self.forward_scatter_area):
            return None
        return f"{self.forward_scatter_height} / {self.forward_scatter_area}"


@dataclass(frozen=True, kw_only=True)
class Tube(FlowFile):
    """One FCS file of an experiment that is used, opened.

    Attributes
    ----------
    stained_channel
        Channel name ($PnN) that a single stain stains, that an FMO control of a marker lacks, or of
        the marker that a population_negative control is for; empty for other roles, and for a
        control for all markers.
    own_spillover
        The matrix that the tube is compensated with in place of that of its experiment; None if
        there is none, or the config does not ask for it.
    """

    stained_channel: str = ""
    header: FcsHeader
    panel: Panel
    own_spillover: pd.DataFrame | None = field(default=None, compare=False)

    def is_control_of(self, channel: str) -> bool:
        """Whether it is the population_negative control of the marker in this channel."""
        return self.role == "population_negative" and self.stained_channel in ("", channel)

    def is_fmo_of(self, channel: str) -> bool:
        """Whether it is the FMO control of the marker or stain in this channel."""
        return self.role == MARKER_FMO and self.stained_channel == channel

    @property
    def lacked_channel(self) -> str | None:
        """The channel of the one stain or marker that an FMO control lacks; else None."""
        if self.role == MARKER_FMO:
            return self.stained_channel
        return self.panel.in_standard_role.get(WITHOUT_STAIN.get(self.role, ""))

    @property
    def only_channel(self) -> str | None:
        """The channel of the one stain of a tube that is stained alone; else None."""
        if self.role == "single_stain":
            return self.stained_channel
        return self.panel.in_standard_role.get(STAINED_ALONE.get(self.role, ""))


def open_tubes(files: Iterable[FlowFile], settings: FlowSettings) -> list[Tube]:
    """Open every file of one experiment that is not excluded: HEADER and TEXT only.

    Raises
    ------
    FcsError
        If a file cannot be read, lacks a channel that the gating needs, has one channel for two
        stains, or has other channel names than the first file.
    SpilloverError
        If a file's own matrix, where the config asks for it, cannot be read.
    """
    tubes = [_open(file, settings) for file in files if not file.exclude]
    for tube in tubes[1:]:
        fault = name_mismatch(tube.panel.names, tubes[0].panel.names, tubes[0].fcs)
        if fault:
            raise FcsError(tube.header.path, fault)
    return _with_own_ranges(tubes)


def _with_own_ranges(tubes: Sequence[Tube]) -> list[Tube]:
    if not tubes:
        return []
    panel = tubes[0].panel
    names = [name for name in (*panel.plain, *panel.stains) if name != panel.time]
    headers = with_own_ranges([tube.header for tube in tubes], names)
    return [replace(tube, header=header) for tube, header in zip(tubes, headers, strict=True)]


def _open(file: FlowFile, settings: FlowSettings) -> Tube:
    header = open_file(file)

    def find(wanted: str) -> str:
        try:
            return find_channel(wanted, header.names, header.labels)
        except ChannelError as error:
            raise FcsError(header.path, str(error)) from error

    panel = _panel(settings, find)
    fault = settings.channel_fault(panel.names, header.labels)
    if fault:
        raise FcsError(header.path, fault)
    return Tube(
        **asdict(file),
        stained_channel=find(file.channel) if file.names_channel else "",
        header=header,
        panel=panel,
        own_spillover=_own_spillover(file, header, settings),
    )


def _own_spillover(
    file: FlowFile, header: FcsHeader, settings: FlowSettings
) -> pd.DataFrame | None:
    if settings.compensation.source != "each_file" or file.role == "beads":
        return None
    matrix = embedded_spillover(header)
    if matrix is None:
        raise FcsError(header.path, NO_MATRIX)
    return matrix


NO_MATRIX = (
    "has no spillover matrix ($SPILLOVER, SPILL, $COMP). Choose another flow.compensation.source."
)
"""What is wrong with a file that should bring its own matrix."""


def _panel(settings: FlowSettings, find: Callable[[str], str]) -> Panel:
    channels = settings.channels
    names = {wanted: find(wanted) for wanted in settings.needed_channels}

    def found(wanted: str | None) -> str | None:
        return None if wanted is None else names[wanted]

    return Panel(
        forward_scatter_area=names[channels.forward_scatter_area],
        forward_scatter_height=found(channels.forward_scatter_height),
        forward_scatter_width=found(channels.forward_scatter_width),
        side_scatter_area=found(channels.side_scatter_area),
        annexin=found(channels.annexin),
        viability_dye=found(channels.viability_dye),
        time=found(channels.time),
        of_stains=tuple(replace(stain, channel=names[stain.channel]) for stain in settings.stains),
        markers={marker: names[marker] for marker in settings.marker_channels},
        names=names,
        lacked=frozenset(names[marker] for marker in settings.lacked_markers),
        counting_beads=(
            None
            if settings.counting_beads is None
            else replace(settings.counting_beads, channel=names[settings.counting_beads.channel])
        ),
    )


class Columns(Protocol):
    """Events whose channels can be looked up: `TubeEvents`, or a DataFrame."""

    def __getitem__(self, channel: str, /) -> Any: ...

    def __len__(self) -> int: ...


@dataclass(frozen=True)
class TubeEvents:
    """The events of a tube, linear and compensated.

    Not a DataFrame: looking up a channel of one takes as long as comparing its events.
    """

    columns: Mapping[str, NDArray[np.float64]]
    """Channel ($PnN, or "height / area") -> values, shape (events,)."""
    count: int
    """Number of events."""
    beads: int = 0
    """Counting beads, which are not among the events."""
    constant: Mapping[str, float] = field(default_factory=dict)
    """Channel of a stain or forward scatter that is the same in all events -> value as recorded."""

    def __getitem__(self, channel: str, /) -> NDArray[np.float64]:
        return self.columns[channel]

    def __len__(self) -> int:
        return self.count


def read_tube(tube: Tube, spillover: pd.DataFrame | None, every: int = 1) -> TubeEvents:
    """The channels that gating needs: linear, stains compensated, and the singlet ratio.

    Stains that are not in the spillover matrix are not compensated. Where the channels take more
    than MOST_BYTES, each is read when it is asked for.

    Returns
    -------
    Only each `every`-th event. Events with a value that is not finite are removed, and so are
    counting beads; `tube.header.events` includes them.
    """
    panel = tube.panel
    if tube.own_spillover is not None:
        spillover = tube.own_spillover
    mixed = [] if spillover is None else [name for name in panel.stains if name in spillover]
    seen, coefficients = ([], None) if spillover is None else unmixing(spillover, mixed)
    as_is = [*panel.plain, *(name for name in panel.stains if name not in seen)]
    # The channels that are unmixed side by side, so that they are not copied again.
    names = [*as_is, *seen]
    if every == 1 and 8 * tube.header.events * len(names) > MOST_BYTES:
        steps = Unmixing() if coefficients is None else Unmixing(seen, mixed, coefficients)
        return _read_by_channel(tube, as_is, steps)
    events = read_events(tube.header, names, every)
    if not _are_finite(events):
        events = np.asfortranarray(events[np.isfinite(events).all(axis=1)])
    beads = 0
    if panel.counting_beads is not None:
        place = names.index(panel.counting_beads.channel)
        is_bead = events[:, place] >= panel.counting_beads.above
        beads = int(np.count_nonzero(is_bead))
        events = np.asfortranarray(events[~is_bead])
    columns = dict(zip(names, events.T, strict=True))
    constant = _constant(columns, (panel.forward_scatter_area, *panel.stains))
    if coefficients is not None:
        _unmix(events[:, len(as_is) :], coefficients, [columns[name] for name in mixed])
    if panel.singlet_ratio is not None and panel.forward_scatter_height is not None:
        height, area = columns[panel.forward_scatter_height], columns[panel.forward_scatter_area]
        with np.errstate(divide="ignore", invalid="ignore"):
            columns[panel.singlet_ratio] = height / area
    return TubeEvents(columns, len(events), beads, constant)


def _read_by_channel(tube: Tube, as_is: Sequence[str], steps: Unmixing) -> TubeEvents:
    panel = tube.panel
    ratios = {}
    if panel.singlet_ratio is not None and panel.forward_scatter_height is not None:
        ratios[panel.singlet_ratio] = (panel.forward_scatter_height, panel.forward_scatter_area)
    columns = LargeTube(tube.header, as_is, steps, ratios, panel.counting_beads)
    constant = {
        name: columns.constant[name]
        for name in (panel.forward_scatter_area, *panel.stains)
        if name in columns.constant and columns.count >= _FEWEST_CONSTANT
    }
    return TubeEvents(columns, columns.count, columns.beads, constant)


def _are_finite(events: NDArray[np.float64]) -> bool:
    """Whether all values, shape (events, channels) in Fortran order, are finite."""
    values = events.ravel(order="K")
    with np.errstate(all="ignore"):
        # In a third of the time. Of very large values, too, it is not finite.
        of_squares = np.isfinite(values @ values)
    return bool(of_squares or np.isfinite(values).all())


def _constant(
    columns: Mapping[str, NDArray[np.float64]], channels: Iterable[str]
) -> dict[str, float]:
    found = {}
    for channel in channels:
        values = columns[channel]
        # The two ends differ in nearly all files.
        if len(values) >= _FEWEST_CONSTANT and values[0] == values[-1] and np.ptp(values) == 0:
            found[channel] = float(values[0])
    return found


def _unmix(
    observed: NDArray[np.float64],
    coefficients: NDArray[np.float64],
    stains: Sequence[NDArray[np.float64]],
) -> None:
    """Write observed @ coefficients into the arrays of the stains, which may be those observed.

    `observed` has the shape (events, channels), `coefficients` (channels, stains).
    """
    for start in range(0, len(observed), _BLOCK):
        block = slice(start, start + _BLOCK)
        true = [weighted_sum(observed[block].T, each) for each in coefficients.T]
        for stain, values in zip(stains, true, strict=True):
            stain[block] = values
