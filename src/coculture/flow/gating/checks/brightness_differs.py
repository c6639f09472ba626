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
from coculture.exchange.outcomes import ANNEXIN, Outcome, Outcomes, Stain, count_column
from coculture.exchange.vocabulary import many, number
from coculture.flow.files import WELLS
from coculture.flow.gating.checks import weak_stain
from coculture.flow.settings import FlowSettings

CODE = "brightness_differs"

TIMES = 2.5
"""From the median of the experiments: smaller differences are those of titration."""
MOST_BETWEEN_LOTS = 12.0
"""Between two days: sound studies differ by up to tenfold."""
_LOST = {5.0: "fifth", 20.0: "twentieth"}
"""How many times dimmer the stain would be -> as columns call it."""


def lost_columns(stain: Stain) -> dict[float, str]:
    """How many times dimmer -> the column with the percent of positive cells that would be lost."""
    return {times: f"{stain.in_columns}_lost_at_{part}" for times, part in _LOST.items()}


def weakened(outcomes: Outcomes) -> tuple[Stain, ...]:
    """The stains of which it is estimated: of Annexin V with a dye only Annexin V."""
    return outcomes.watched


def brightness_column(stain: Stain) -> str:
    """The column of flow/wells.csv with the brightness of the stained cells."""
    return f"{stain.in_columns}_brightness"


def flags(wells: pd.DataFrame, settings: FlowSettings) -> Iterator[Flag]:
    """A note, or a caution, for each experiment, population and stain that differs.

    Parameters
    ----------
    wells
        flow/wells.csv of all experiments.
    """
    is_used = (wells["role"] == "sample") & (wells["excluded"].isna() | (wells["excluded"] == ""))
    for population, samples in wells[is_used].groupby("population"):
        for stain in settings.outcomes.lacking:
            yield from _of_stain(samples, str(population), stain, settings.outcomes)


def _of_stain(
    samples: pd.DataFrame, population: str, stain: Stain, outcomes: Outcomes
) -> Iterator[Flag]:
    channel, outcome = stain.channel, outcomes.read_from(stain)
    brightness = samples.groupby("experiment")[brightness_column(stain)].median().dropna()
    brightness = brightness[brightness > 0].astype(float)
    if len(brightness) < 2:
        return
    usual = float(np.exp(np.median(np.log(brightness))))
    for experiment, own in brightness.items():
        others = brightness.drop(experiment)
        brightest, times = str(others.idxmax()), float(others.max() / own)
        lost = (
            _lost(samples, (str(experiment), brightest), times, stain, outcomes)
            if stain in weakened(outcomes)
            else None
        )
        is_weak = lost is not None and times > MOST_BETWEEN_LOTS and lost[1] > weak_stain.POINTS
        if not is_weak and 1 / TIMES <= own / usual <= TIMES:
            continue
        compared = (
            f"{experiment}: the cells of {population} that are stained with "
            f"{stain.name} ({channel}) are "
        )
        reason = " or its calcium" if stain.gate == ANNEXIN else ""
        other = "; percent late + necrotic is not affected" if outcomes.are_standard else ""
        concerns = Concerns(
            WELLS, "experiment", experiment=str(experiment), population=population, channel=channel
        )
        if is_weak and lost is not None:
            yield Flag(
                concerns,
                CODE,
                "caution",
                f"{compared}{number(times)} times dimmer than in {brightest}, which is more than "
                "lots differ. Dimly stained cells then lie below the threshold; percent "
                f"{outcome.name} is too low by about {number(lost[1])} percentage points or more "
                f"in {lost[0]}, "
                f"the well that loses most. The stain{reason} may be old or too little. "
                f"Repeat this experiment, or exclude it with this reason{other}.",
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
    samples: pd.DataFrame,
    experiments: tuple[str, str],
    times: float,
    stain: Stain,
    outcomes: Outcomes,
) -> tuple[str, float] | None:
    """The well that loses most, and how many percentage points; None where it is not known.

    `experiments` are the one with the weak stain and the brightest.
    """
    columns, counts = lost_columns(stain), list(map(count_column, outcomes.of_dying(stain.gate)))
    better = samples[samples["experiment"] == experiments[1]]
    known = better.dropna(subset=list(columns.values()))
    wells = samples[samples["experiment"] == experiments[0]].set_index("fcs")
    own = _percents(wells, counts, outcomes.read_from(stain), outcomes).dropna()
    if known.empty or own.empty or times <= 1:
        return None
    # The well with the most positive cells knows best how many of them are dim.
    row = known.iloc[int(np.argmax(known[counts].to_numpy(float).sum(axis=1)))]
    percents = [0.0, *(float(row[column]) for column in columns.values())]
    share = float(np.interp(np.log(times), np.log([1, *columns]), percents)) / 100
    points = float(own.max()) * share / (1 - share) if share < 1 else 100 - float(own.max())
    return str(own.astype(float).idxmax()), min(points, 100 - float(own.max()))


def _percents(
    wells: pd.DataFrame, counts: list[str], wanted: Outcome, outcomes: Outcomes
) -> "pd.Series[float]":
    """The percent of each well, as the table has it; from the counts where it does not."""
    if outcomes.named(wanted.name) == wanted:
        return wells[wanted.column].astype(float)
    every = wells[list(outcomes.counts)].astype(float).sum(axis=1)
    return 100 * wells[counts].astype(float).sum(axis=1) / every
