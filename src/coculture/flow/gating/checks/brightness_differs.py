"""Experiments whose stained cells are dimmer or brighter than those of the others.

A new lot, another titration or another setting of the detector makes this difference, and each
experiment has thresholds of its own: a note. Of a stain far weaker than lots differ, dimly stained
cells are lost, and their points are estimated from the brightest experiment: then a caution. It
compares experiments, so the step flow_drift makes it, and not the gating of an experiment.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from coculture.exchange.flags import Concerns, Flag
from coculture.exchange.vocabulary import many, number
from coculture.flow.files import WELLS
from coculture.flow.gating import gates
from coculture.flow.gating.checks import weak_stain
from coculture.flow.settings import FlowSettings

CODE = "brightness_differs"

TIMES = 2.5
"""From the median of the experiments: smaller differences are those of titration."""
MOST_BETWEEN_LOTS = 12.0
"""Between two days: sound studies differ by up to tenfold."""
LOST = {5.0: "annexin_lost_at_fifth", 20.0: "annexin_lost_at_twentieth"}
"""How many times dimmer Annexin V would be -> the column with the percent of positive cells that
would be lost."""


def flags(wells: pd.DataFrame, settings: FlowSettings) -> Iterator[Flag]:
    """A note, or a caution, for each experiment, population and stain that differs.

    Parameters
    ----------
    wells
        flow/wells.csv of all experiments.
    """
    is_used = (wells["role"] == "sample") & (wells["excluded"].isna() | (wells["excluded"] == ""))
    channels = {
        gates.ANNEXIN: settings.channels.annexin,
        gates.VIABILITY_DYE: settings.channels.viability_dye,
    }
    for population, samples in wells[is_used].groupby("population"):
        for stain, channel in channels.items():
            yield from _of_stain(samples, str(population), stain, channel or "")


def _of_stain(samples: pd.DataFrame, population: str, stain: str, channel: str) -> Iterator[Flag]:
    brightness = samples.groupby("experiment")[f"{stain}_brightness"].median().dropna()
    brightness = brightness[brightness > 0].astype(float)
    if len(brightness) < 2:
        return
    usual = float(np.exp(np.median(np.log(brightness))))
    for experiment, own in brightness.items():
        others = brightness.drop(experiment)
        brightest, times = str(others.idxmax()), float(others.max() / own)
        lost = _lost(samples, str(experiment), brightest, times) if stain == gates.ANNEXIN else None
        is_weak = lost is not None and times > MOST_BETWEEN_LOTS and lost[1] > weak_stain.POINTS
        if not is_weak and 1 / TIMES <= own / usual <= TIMES:
            continue
        compared = (
            f"{experiment}: the cells of {population} that are stained with "
            f"{gates.STAIN_NAMES[stain]} ({channel}) are "
        )
        concerns = Concerns(
            WELLS, "experiment", experiment=str(experiment), population=population, channel=channel
        )
        if is_weak and lost is not None:
            yield Flag(
                concerns,
                CODE,
                "caution",
                f"{compared}{number(times)} times dimmer than in {brightest}, which is more than "
                "lots differ. Dimly stained cells then lie below the threshold; percent apoptotic "
                f"is too low by about {number(lost[1])} percentage points or more in {lost[0]}, "
                "the well that loses most. The stain or its calcium may be old or too little. "
                "Repeat this experiment, or exclude it with this reason; percent late + necrotic "
                "is not affected.",
                lost[1],
                weak_stain.POINTS,
                "percent points",
            )
        else:
            times, how = (usual / own, "dimmer") if own < usual else (own / usual, "brighter")
            yield Flag(
                concerns,
                CODE,
                "note",
                f"{compared}{number(times)} times {how} than in the median of "
                f"{many(len(brightness), 'experiment')}. A new lot, another amount or another "
                "setting of the detector does this; each experiment has thresholds of its own.",
                times,
                TIMES,
                "fold",
            )


def _lost(
    samples: pd.DataFrame, experiment: str, brightest: str, times: float
) -> tuple[str, float] | None:
    """The well that loses most, and how many percentage points; None where it is not known."""
    better = samples[samples["experiment"] == brightest]
    known = better.dropna(subset=list(LOST.values()))
    own = (
        samples[samples["experiment"] == experiment].set_index("fcs")["percent_apoptotic"].dropna()
    )
    if known.empty or own.empty or times <= 1:
        return None
    # The well with the most positive cells knows best how many of them are dim.
    row = known.iloc[int(np.argmax(known[["n_early", "n_late"]].to_numpy(float).sum(axis=1)))]
    percents = [0.0, *(float(row[column]) for column in LOST.values())]
    share = float(np.interp(np.log(times), np.log([1, *LOST]), percents)) / 100
    points = float(own.max()) * share / (1 - share) if share < 1 else 100 - float(own.max())
    return str(own.astype(float).idxmax()), min(points, 100 - float(own.max()))
