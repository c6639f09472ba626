"""The spillover matrix of one experiment, from the source that the config names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.exchange.vocabulary import listed, number
from coculture.flow.compensation import stain_controls
from coculture.flow.compensation.embedded import matrices
from coculture.flow.compensation.single_stains import (
    BRIGHTEST_PERCENTILE,
    FEWEST_POSITIVES,
    POSITIVE_PERCENTILE,
    bright,
    slopes,
    spillover_row,
)
from coculture.flow.compensation.spillover import (
    SpilloverError,
    check_spillover,
    embedded_spillover,
    embedded_text,
    is_same_matrix,
)
from coculture.flow.compensation.spillover_csv import fitted_to, spillover_from_csv
from coculture.flow.compensation.stain_controls import Negative
from coculture.flow.compensation.usable import UnusedMatrix, compensated_by_name, unused
from coculture.flow.settings import CompensationSettings, FlowSettings
from coculture.flow.tubes import Tube

_AS_BRIGHT = 0.5
"""A tube with less of another channel's signal than this part of that channel's single stain may
have it from spill."""


@dataclass(frozen=True)
class StainOfMatrix:
    """The row of a matrix that a single stain set.

    Attributes
    ----------
    channel
        Of the stain ($PnN).
    within_tube
        Channels of other stains in the tube, whose spill is from cells within the tube only.
    """

    channel: str
    within_tube: tuple[str, ...]


@dataclass(frozen=True)
class ExperimentSpillover:
    """The matrix (None: no compensation) and where it is from."""

    matrix: pd.DataFrame | None
    record: dict[str, Any]
    """For gates.yaml: source, method, and for each stain its file and its unstained controls."""
    unused: UnusedMatrix | None = None
    """The matrix that the config asks for, if it is not the one that is used."""
    unlabelled_beads: tuple[str, ...] = ()
    """Single stains that are on beads, as their scatter says, but not in the table."""
    without_own: tuple[str, ...] = ()
    """Files that should bring a matrix of their own (each_file), whose matrix cannot be used; they
    are compensated with that of the experiment."""
    is_needed: bool = True
    """Whether there is another channel that a stain could spill into."""

    def set_by(self, fcs: str) -> StainOfMatrix | None:
        """What a single stain gave to the matrix; None if it gave nothing."""
        for channel, entry in self.record.get("stains", {}).items():
            if entry["stain"] == fcs:
                return StainOfMatrix(channel, tuple(entry.get("within_tube", ())))
        return None

    def stain_file(self, channel: str) -> str:
        """The single stain that gave the row of a channel; empty if none did."""
        return str(self.record.get("stains", {}).get(channel, {}).get("stain", ""))

    @property
    def is_known(self) -> bool:
        """Whether no spill is left uncorrected: a matrix corrected it, or it was corrected before
        the files were written, or there is none."""
        is_compensated = self.unused is not None and self.unused.is_compensated
        return self.matrix is not None or is_compensated or not self.is_needed


def experiment_spillover(tubes: Sequence[Tube], settings: FlowSettings) -> ExperimentSpillover:
    """Read or estimate the matrix with which the whole experiment is compensated.

    A matrix that was read is used if it covers every gated stain and corrects something. Otherwise
    single stains replace it, if the experiment has all that are needed; else nothing is
    compensated. One stained channel needs no single stain. Values of channels that are named as
    compensated are not compensated again.

    Raises
    ------
    SpilloverError
        If the matrix is missing, does not fit the channels, or cannot be inverted.
    """
    asked, largest = settings.compensation, settings.limits.spillover
    if asked.source == "none":
        done = compensated_by_name(tubes[0].panel.stains, "none")
        return ExperimentSpillover(None, {"source": "none"}, done)
    if asked.source == "single_stains":
        if len(tubes[0].panel.stains) < 2:
            return ExperimentSpillover(None, {"source": "none"}, is_needed=False)
        return _checked(_from_single_stains(tubes, asked, largest))
    done = compensated_by_name(tubes[0].panel.stains, asked.source)
    if done is not None:
        every = tuple(tube.fcs for tube in tubes)
        return ExperimentSpillover(None, {"source": "none"}, done, without_own=every)
    if asked.source == "each_file":
        return _each_file(tubes, asked, largest)
    matrix, record = (
        _from_csv(tubes, str(asked.file)) if asked.source == "csv" else _embedded(tubes)
    )
    check_spillover(matrix, asked.source)
    fault = unused(matrix, tubes[0].panel.stains, asked.source)
    return (
        ExperimentSpillover(matrix, record)
        if fault is None
        else _instead(tubes, asked, fault, largest)
    )


def _instead(
    tubes: Sequence[Tube], settings: CompensationSettings, fault: UnusedMatrix, largest: float
) -> ExperimentSpillover:
    """The matrix from single stains in place of one that cannot be used; none if there are none."""
    missing = _missing_stains(tubes)
    try:
        if not missing:
            return replace(_checked(_from_single_stains(tubes, settings, largest)), unused=fault)
    except SpilloverError as error:
        missing = f"single stains that can be used ({str(error).rstrip('.')})"
    without = replace(fault, single_stains_fault=missing)
    return ExperimentSpillover(None, {"source": "none"}, without)


def _checked(of_stains: ExperimentSpillover) -> ExperimentSpillover:
    assert of_stains.matrix is not None
    check_spillover(of_stains.matrix, "single_stains")
    return of_stains


def _missing_stains(tubes: Sequence[Tube]) -> str:
    """The controls that single_stains lacks, in words; empty if it has them all."""
    stains = stain_controls.single_stains(tubes)
    if not stains:
        return "single stains"
    on_cells = [tube for tube in stains.values() if not tube.is_on_beads]
    if on_cells and not any(tube.is_unstained and not tube.is_on_beads for tube in tubes):
        return "unstained control"
    lacking = [name for name in tubes[0].panel.stains if name not in stains]
    return f"single stain for {', '.join(lacking)}" if lacking else ""


def _from_csv(tubes: Sequence[Tube], file: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    header = tubes[0].header
    matrix = fitted_to(spillover_from_csv(file), file, header.names, header.labels)
    return matrix, {"source": "csv"}


def _each_file(
    tubes: Sequence[Tube], settings: CompensationSettings, largest: float
) -> ExperimentSpillover:
    """Each tube brings its own matrix; those that cannot be used are replaced by the usual one."""
    own = [tube for tube in tubes if tube.own_spillover is not None]
    usable: list[tuple[pd.DataFrame, list[str]]] = []
    faults: list[UnusedMatrix] = []
    for matrix, places in matrices([tube.header for tube in own]):
        assert matrix is not None
        files = [own[place].fcs for place in places]
        check_spillover(matrix, f"of {files[0]}")
        fault = unused(matrix, tubes[0].panel.stains, "each_file")
        if fault is None:
            usable.append((matrix, files))
        else:
            faults.append(replace(fault, files=tuple(files)))
    without_own = tuple(name for fault in faults for name in fault.files)
    if not usable:
        return replace(_instead(tubes, settings, faults[0], largest), without_own=without_own)
    usual, files = usable[0]
    record = {
        "source": "each_file",
        "file": files[0],
        "same_matrix": [files for _, files in usable],
        **({"without_own_matrix": list(without_own)} if without_own else {}),
    }
    fault = replace(faults[0], files=without_own, has_usual_matrix=True) if faults else None
    return ExperimentSpillover(usual, record, fault, without_own=without_own)


def _embedded(tubes: Sequence[Tube]) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The matrix in the samples, which must be the same in all of them."""
    samples = [tube for tube in tubes if tube.role == "sample"] or list(tubes)
    first = embedded_spillover(samples[0].header)
    if first is None:
        raise SpilloverError(
            f"{samples[0].fcs}: has no spillover matrix ($SPILLOVER, SPILL, $COMP). Choose another "
            "flow.compensation.source."
        )
    written = embedded_text(samples[0].header)
    for tube in samples[1:]:
        if embedded_text(tube.header) == written and tube.header.names == samples[0].header.names:
            continue
        other = embedded_spillover(tube.header)
        if other is None or not is_same_matrix(first, other):
            raise SpilloverError(
                f"{tube.fcs}: has a different spillover matrix than {samples[0].fcs}, but an "
                "experiment needs one matrix. Use single_stains, csv or each_file as source."
            )
    return first, {"source": "embedded", "file": samples[0].fcs}


def _from_single_stains(
    tubes: Sequence[Tube], settings: CompensationSettings, largest: float
) -> ExperimentSpillover:
    missing = _missing_stains(tubes)
    if missing:
        raise SpilloverError(
            f"flow.compensation.source is single_stains, but the experiment has no {missing} "
            "that is not excluded. Add it, or choose embedded, csv or none."
        )
    stains = stain_controls.single_stains(tubes)
    channels = [name for name in tubes[0].header.names if name in stains]
    matrix = np.eye(len(channels))
    record: dict[str, Any] = {}
    unlabelled = []
    negatives = [
        stain_controls.negative(stains[channel], channels, channel, tubes) for channel in channels
    ]
    panel = tubes[0].panel
    of_stains = [stain.channel for stain in panel.of_stains]
    of_markers = np.array([name not in of_stains for name in channels])
    for row, (channel, negative) in enumerate(zip(channels, negatives, strict=True)):
        tube = stains[channel]
        try:
            matrix[row], also = _row(tube, channels, negatives, row, of_markers, settings.method)
        except SpilloverError as error:
            has_marker = channel in panel.markers.values()
            has_few = len(negative.stained) < 2 * FEWEST_POSITIVES
            if not has_marker or has_few or _bright_in(negatives, row, channels):
                raise
            what = f"{tube.fcs} ({channel})"
            raise SpilloverError(
                _not_brighter(what, channel, negative.controls, tubes), tube.fcs
            ) from error
        record[channel] = {"stain": tube.fcs, "unstained": [c.fcs for c in negative.controls]}
        if also.any():
            record[channel]["within_tube"] = list(np.array(channels)[also])
        if tube in negative.controls and not tube.is_on_beads:
            unlabelled.append(tube.fcs)
    frame = pd.DataFrame(matrix, index=channels, columns=channels)
    _refuse_large(frame, stains, largest)
    how = {"source": "single_stains", "method": settings.method, "stains": record}
    return ExperimentSpillover(frame, how, unlabelled_beads=tuple(unlabelled))


def _not_brighter(what: str, channel: str, controls: Sequence[Tube], tubes: Sequence[Tube]) -> str:
    """What is wrong where a single stain of a marker is no brighter than its controls."""
    same = f"{what}: is hardly brighter than {', '.join(one.fcs for one in controls)}."
    if channel in tubes[0].panel.lacked:
        return (
            f"{same} flow.populations has this marker with positive: false, so the single stain "
            "must be of cells that have it, such as stroma alone, or of compensation beads. "
            "Correct the row in flow.csv if it is another tube, or choose embedded, csv or none as "
            "flow.compensation.source."
        )
    negatives = [one.fcs for one in tubes if one.role == "population_negative"]
    if negatives:
        return (
            f"{same} {' and '.join(negatives)} (population_negative) should lack the marker, but "
            "holds about as bright cells. It may hold cells that have the marker, or be another "
            "tube: correct its row in flow.csv or exclude it. Or the single stain is not stained. "
            "To go on without it, choose embedded, csv or none as flow.compensation.source."
        )
    return (
        f"{same} Unstained cells that express the marker (such as GFP) cannot be used as its "
        "control. Add unstained cells without it, with the role population_negative, or choose "
        "embedded, csv or none as flow.compensation.source."
    )


def _row(
    tube: Tube,
    channels: Sequence[str],
    negatives: Sequence[Negative],
    own: int,
    of_markers: NDArray[np.bool_],
    method: str,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """A row of the matrix, and for which channels another stain in the tube was left out of it."""
    what = f"{tube.fcs} ({channels[own]})"
    none = np.zeros(len(of_markers), dtype=bool)
    negative = negatives[own]
    try:
        if method != "positives":
            row = spillover_row(negative.background, negative.stained, own, method, what)
            return row, none
        stained = bright(negative.background, negative.stained, own)
        row = spillover_row(negative.background, stained, own, method, what)
    except SpilloverError as error:
        controls = [control.fcs for control in negative.controls if control.fcs != tube.fcs]
        named = f" Its control is {listed(controls)}." if controls else ""
        raise SpilloverError(
            f"{error}{named}{_bright_in(negatives, own, channels)}", tube.fcs
        ) from error
    within = slopes(negative.background, stained, own)
    if negative.is_of_other_cells:
        return within.shares, none
    return within.reduced(row, of_markers & (np.arange(len(row)) != own))


def _bright_in(negatives: Sequence[Negative], own: int, channels: Sequence[str]) -> str:
    """In which channel of another stain a tube is bright that is dark in its own; else empty.

    `negatives` are those of the single stains of all channels.
    """
    one = negatives[own]
    limits = np.percentile(one.background, POSITIVE_PERCENTILE, axis=0)
    above = np.count_nonzero(one.stained > limits, axis=0)
    brightest = int(np.argmax(above))
    if above[brightest] < max(FEWEST_POSITIVES, 2 * above[own]):
        return ""
    here, there = (
        np.percentile(tube.stained[:, brightest], BRIGHTEST_PERCENTILE) - limits[brightest]
        for tube in (one, negatives[brightest])
    )
    if here < _AS_BRIGHT * there:
        return ""  # Spill may do it.
    return f" It is bright in {channels[brightest]}: is it the single stain of that channel?"


def _refuse_large(matrix: pd.DataFrame, stains: Mapping[str, Tube], largest: float) -> None:
    """Stop if a tube is brighter in another channel than in its own: it is mistaken for another.

    The tube with the largest coefficient is named. A limit (`largest`) below 1 is one of cautions
    only.
    """
    others = matrix.mask(np.eye(len(matrix), dtype=bool), 0.0)
    channel = str(others.max(axis=1).idxmax())
    brightest = str(others.loc[channel].idxmax())
    share = float(others.to_numpy().max())
    if share > max(largest, 1.0):
        tube = stains[channel]
        raise SpilloverError(
            f"{tube.fcs} ({channel}): it is {number(share)} times as bright in {brightest} as in "
            f"{channel} (flow.limits.spillover is {largest:g}). Is it the single stain of "
            f"{brightest}? Correct the channel or role of its row in flow.csv, or exclude it. "
            "If the channels are right, raise the limit.",
            tube.fcs,
        )
