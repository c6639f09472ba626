"""Whether the cytometer or a stain changed between experiments."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from coculture.exchange.flags import Flag
from coculture.flow.fcs.data import read_events
from coculture.flow.files import FlowFile, flow_files
from coculture.flow.gating.checks import brightness_differs, vanished_cells
from coculture.flow.gating.checks import drift as check
from coculture.flow.settings import FlowSettings
from coculture.flow.tubes import Tube, open_tubes

_ROLES = ("beads", "unstained", "population_negative")
"""Controls whose medians can be compared: what is in them is the same on each day."""
_COLUMNS = ("experiment", "fcs", "role", "cells", "stained", "channel", "median")
"""stained: the channel of a population_negative control for one marker, which may be stained."""


def control_drift(
    files: pd.DataFrame, settings: FlowSettings, progress: Callable[[str], None] = lambda _: None
) -> pd.DataFrame:
    """Medians of beads and controls in every experiment, compared with the other experiments.

    Beads, unstained cells and cells without the population's marker are compared in every stained
    channel. Values are not compensated, because the detector is checked. Single stains are not
    compared, because the share of their cells that take the stain changes from day to day. Where
    no two experiments have such a control of the same cells, their untreated samples are compared:
    of each experiment the one with the middle median.

    Parameters
    ----------
    files
        Rows of flow.csv of all experiments, samples included, as for `gate_experiment`.
    settings
        The flow section of the config.
    progress
        Called with a sentence for each file.

    Returns
    -------
    flow/drift.csv: experiment, fcs, role, cells, channel, median, decades (log10 of the median
    divided by the median over all experiments; NaN if a median is not above 0), flags (codes).
    """
    listed = flow_files(files)
    controls = [file for file in listed if file.role in _ROLES]
    table = _table(controls, settings, progress)
    if not _are_compared(controls):
        untreated = [file for file in listed if file.role == "sample" and file.untreated]
        if _are_compared(untreated):
            table = pd.concat([table, _middle(_table(untreated, settings, progress))])
            table = table.reset_index(drop=True)
    positive = table["median"].where(table["median"] > 0).astype(float)
    logs = pd.Series(np.log10(positive.to_numpy()), index=table.index)
    same = [table[column] for column in ("role", "cells", "stained", "channel")]
    usual = logs.groupby(same).transform("median")
    table["decades"] = logs - usual
    beyond = table["decades"].abs() > settings.limits.drift_decades
    table["flags"] = [check.CODE if is_beyond else "" for is_beyond in beyond]
    return table.drop(columns="stained")


def drift_flags(drift: pd.DataFrame, settings: FlowSettings) -> list[Flag]:
    """flow/drift_flags.csv: a note for each row of flow/drift.csv beyond the limit."""
    return list(check.flags(drift, settings.limits.drift_decades))


def staining_flags(wells: pd.DataFrame, settings: FlowSettings) -> list[Flag]:
    """Experiments whose stained cells are dimmer or brighter; `wells` is flow/wells.csv of all."""
    return list(brightness_differs.flags(wells, settings))


def vanished_flags(wells: pd.DataFrame, files: pd.DataFrame) -> list[Flag]:
    """Arms with fewer cells than the untreated wells in the median of their experiments.

    Parameters
    ----------
    wells
        flow/wells.csv of all experiments.
    files
        Rows of flow.csv of all samples, as for `gate_experiment`.
    """
    samples = [file for file in flow_files(files) if file.role == "sample" and not file.exclude]
    arms = pd.DataFrame(
        [(one.experiment, one.fcs, one.arm, one.untreated, one.setting) for one in samples],
        columns=["experiment", "fcs", "arm", "untreated", "setting"],
    )
    used = wells[wells["role"] == "sample"].merge(arms, on=["experiment", "fcs"])
    return list(vanished_cells.of_experiments(used))


def _are_compared(files: Sequence[FlowFile]) -> bool:
    """Whether two experiments have a file of the same role and cells."""
    used = {
        ((file.role, file.cells, file.channel), file.experiment)
        for file in files
        if not file.exclude
    }
    return len(used) > len({kind for kind, _ in used})


def _table(
    files: Sequence[FlowFile], settings: FlowSettings, progress: Callable[[str], None]
) -> pd.DataFrame:
    """The median of each file in each stained channel."""
    rows = []
    for experiment in sorted({file.experiment for file in files}):
        for tube in open_tubes((f for f in files if f.experiment == experiment), settings):
            progress(f"{experiment}: median of {tube.fcs}")
            rows += [
                (experiment, tube.fcs, tube.role, tube.cells, tube.stained_channel, channel, median)
                for channel, median in _medians(tube).items()
            ]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _middle(table: pd.DataFrame) -> pd.DataFrame:
    """Of each experiment, cells and channel, the file with the middle median."""
    groups = table.sort_values("median", kind="stable").groupby(["experiment", "cells", "channel"])
    return pd.concat([rows.iloc[[(len(rows) - 1) // 2]] for _, rows in groups])


def _medians(tube: Tube) -> dict[str, float]:
    channels = tube.panel.stains
    events = read_events(tube.header, channels)
    finite = events[np.isfinite(events).all(axis=1)]
    if not len(finite):
        return {}
    return dict(zip(channels, map(float, np.median(finite, axis=0)), strict=True))
