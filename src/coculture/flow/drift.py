"""Whether the instrument changed between experiments: medians of beads and controls."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from coculture.flow.fcs.data import read_events
from coculture.flow.settings import FlowSettings
from coculture.flow.tubes import Tube, open_tubes

_ROLES = ("beads", "unstained", "population_negative")


def control_drift(
    files: pd.DataFrame, settings: FlowSettings, progress: Callable[[str], None] = lambda _: None
) -> pd.DataFrame:
    """Medians of beads and controls in every experiment, beside those of the other experiments.

    Beads, unstained cells and cells without the population's marker are compared in every stained
    channel. Raw values, without compensation, because the detector is judged. Single stains are
    left out: how many of their cells take the stain changes from day to day.

    Parameters
    ----------
    files
        Rows of flow.csv of all experiments, as for `gate_experiment`.
    settings
        The flow section of the config.
    progress
        Called with a sentence for each file.

    Returns
    -------
    flow/drift.csv: experiment, fcs, role, cells, channel, median, decades (log10 of the median
    over that of all experiments; NaN where a median is not above 0), flags.
    """
    rows = []
    for experiment, of_experiment in files.groupby("experiment", sort=True):
        for tube in open_tubes(of_experiment[of_experiment["role"].isin(_ROLES)], settings):
            progress(f"{experiment}: median of {tube.fcs}")
            rows += [
                {
                    "experiment": experiment,
                    "fcs": tube.fcs,
                    "role": tube.role,
                    "cells": tube.cells,
                    "channel": channel,
                    "median": median,
                }
                for channel, median in _medians(tube).items()
            ]
    columns = ["experiment", "fcs", "role", "cells", "channel", "median"]
    table = pd.DataFrame(rows, columns=columns)
    positive = table["median"].where(table["median"] > 0).astype(float)
    logs = pd.Series(np.log10(positive.to_numpy()), index=table.index)
    usual = logs.groupby([table["role"], table["cells"], table["channel"]]).transform("median")
    table["decades"] = logs - usual
    limit = settings.limits.drift_decades
    table["flags"] = [
        f"drift ({distance:+.2f} decades, limit {limit:g})" if abs(distance) > limit else ""
        for distance in table["decades"]
    ]
    return table


def _medians(tube: Tube) -> dict[str, float]:
    channels = tube.panel.stains
    events = read_events(tube.header, channels)
    finite = events[np.isfinite(events).all(axis=1)]
    if not len(finite):
        return {}
    return dict(zip(channels, map(float, np.median(finite, axis=0)), strict=True))
