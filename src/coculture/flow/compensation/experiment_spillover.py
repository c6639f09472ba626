"""The spillover matrix of one experiment, from the source that the config names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from coculture.flow.compensation.single_stains import POSITIVE_PERCENTILE, spillover_row
from coculture.flow.compensation.spillover import (
    SpilloverError,
    check_spillover,
    embedded_spillover,
    embedded_text,
    spillover_from_csv,
)
from coculture.flow.fcs.data import Events, read_events
from coculture.flow.settings import CompensationSettings
from coculture.flow.tubes import Tube

_LEAST_POSITIVE_SHARE = 0.05
"""A control counts as unstained for a stain if at least this share of the stain's events is above
the control's 99.5th percentile, ten times as many as by chance."""


@dataclass(frozen=True)
class ExperimentSpillover:
    """The matrix (None: no compensation) and where it is from."""

    matrix: pd.DataFrame | None
    record: dict[str, Any]
    """For gates.yaml: source, method, and for each stain its file and its unstained controls."""


def experiment_spillover(
    tubes: Sequence[Tube], settings: CompensationSettings
) -> ExperimentSpillover:
    """Read or estimate the matrix with which the whole experiment is compensated.

    Raises
    ------
    SpilloverError
        If the matrix is missing, does not fit the channels, or cannot be inverted.
    """
    if settings.source == "none":
        return ExperimentSpillover(None, {"source": "none"})
    if settings.source == "single_stains":
        matrix, record = _from_single_stains(tubes, settings)
    elif settings.source == "csv":
        matrix, record = _from_csv(tubes, str(settings.file))
    else:
        matrix, record = _embedded(tubes)
    check_spillover(matrix, settings.source)
    return ExperimentSpillover(matrix, record)


def _from_csv(tubes: Sequence[Tube], file: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    matrix = spillover_from_csv(file)
    names = tubes[0].header.names
    unknown = [str(name) for name in matrix.columns if name not in names]
    if unknown:
        raise SpilloverError(
            f"The spillover matrix {file} has the channel {unknown[0]!r}, which is not in the FCS "
            f"files; they have {', '.join(names)}."
        )
    return matrix, {"source": "csv"}


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
        if other is None or not other.equals(first):
            raise SpilloverError(
                f"{tube.fcs}: has a different spillover matrix than {samples[0].fcs}, but an "
                "experiment needs one matrix. Use single_stains or csv as source."
            )
    return first, {"source": "embedded", "file": samples[0].fcs}


def _from_single_stains(
    tubes: Sequence[Tube], settings: CompensationSettings
) -> tuple[pd.DataFrame, dict[str, Any]]:
    stains = _single_stains(tubes)
    unstained = [tube for tube in tubes if tube.is_unstained]
    if not stains or not unstained:
        missing = "single stains" if not stains else "an unstained control"
        raise SpilloverError(
            f"flow.compensation.source is single_stains, but the experiment has no {missing} "
            "that is not excluded."
        )
    lacking = [name for name in tubes[0].panel.stains if name not in stains]
    if lacking:
        raise SpilloverError(
            "flow.compensation.source is single_stains, but the experiment has no single stain "
            f"for {', '.join(lacking)} that is not excluded. Add it, or choose embedded, csv or "
            "none."
        )
    channels = [name for name in tubes[0].header.names if name in stains]
    negatives = [tube for tube in tubes if tube.role == "population_negative"]
    matrix = np.eye(len(channels))
    record: dict[str, Any] = {}
    for row, channel in enumerate(channels):
        tube = stains[channel]
        stained = _finite(tube, channels)
        controls = _baseline(tube, stained[:, row], channel, unstained, negatives)
        background = np.concatenate([_finite(control, channels) for control in controls])
        what = f"{tube.fcs} ({channel})"
        try:
            matrix[row] = spillover_row(background, stained, row, settings.method, what)
        except SpilloverError as error:
            if negatives or channel not in tube.panel.markers.values():
                raise
            raise SpilloverError(
                f"{what}: is hardly brighter than {', '.join(c.fcs for c in controls)}. Unstained "
                "cells that express the marker (such as GFP) cannot be used as its control. Add "
                "unstained cells without it, with the role population_negative, or choose "
                "embedded, csv or none as flow.compensation.source."
            ) from error
        record[channel] = {"stain": tube.fcs, "unstained": [c.fcs for c in controls]}
    frame = pd.DataFrame(matrix, index=channels, columns=channels)
    return frame, {"source": "single_stains", "method": settings.method, "stains": record}


def _single_stains(tubes: Sequence[Tube]) -> dict[str, Tube]:
    """Channel -> its single stain, or else the tube with only Annexin V or only the dye."""
    stains: dict[str, Tube] = {}
    for tube in tubes:
        if tube.role == "single_stain":
            if tube.stained_channel in stains:
                raise SpilloverError(
                    f"{tube.fcs}: is a second single stain of {tube.stained_channel}; the first is "
                    f"{stains[tube.stained_channel].fcs}. Exclude one of them."
                )
            stains[tube.stained_channel] = tube
    for tube in tubes:
        alone = {"annexin_only": tube.panel.annexin, "dye_only": tube.panel.viability_dye}
        channel = alone.get(tube.role)
        if channel is not None:
            stains.setdefault(channel, tube)
    return stains


def _baseline(
    stain: Tube,
    own: Events,
    channel: str,
    unstained: Sequence[Tube],
    negatives: Sequence[Tube],
) -> list[Tube]:
    """The unstained controls for a stain, of the same cells if there are any.

    Unstained cells that express a reporter such as GFP cannot be used in the channel of the
    reporter; there, cells without it (population_negative) are used.
    """
    same = [tube for tube in unstained if tube.cells == stain.cells]
    candidates = [same, list(unstained), *[[tube] for tube in negatives]]
    for controls in filter(None, candidates):
        values = np.concatenate([_finite(control, [channel])[:, 0] for control in controls])
        limit = np.percentile(values, POSITIVE_PERCENTILE)
        if np.mean(own > limit) >= _LEAST_POSITIVE_SHARE:
            return controls
    return same or list(unstained)


def _finite(tube: Tube, channels: Sequence[str]) -> Events:
    events = read_events(tube.header, channels)
    finite = events[np.isfinite(events).all(axis=1)]
    if not len(finite):
        raise SpilloverError(
            f"{tube.fcs}: the {tube.role} control has no events. Use the whole file or exclude it "
            "with a reason."
        )
    return finite
