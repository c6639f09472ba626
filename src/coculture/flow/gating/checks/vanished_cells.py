"""An arm with far fewer cells per volume than untreated wells: dead cells have fallen apart.

Cells that have disintegrated are in no percent, so that percents understate what the drug did. An
arm is compared with the untreated wells of its own cells, stroma, medium and hours: cells divide
with the hours, and some stroma feeds them better. Counts can be compared where
`gating/cell_density.py` finds what they are counted per. A drug that stops growth lowers counts
too.

One experiment needs a large fall. Smaller ones show over several experiments (`of_experiments`),
which the step flow_drift compares.
"""

from collections.abc import Iterator

import pandas as pd

from coculture.exchange.flags import Concerns, Flag
from coculture.exchange.vocabulary import listed, many, number
from coculture.flow.files import WELLS
from coculture.flow.gating.checks import wells_compared
from coculture.flow.gating.live_peaks import middle
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "vanished_cells"

RATIO = 0.35
"""Cells of the arm's median well as a share of the untreated wells' median. In one experiment of
three wells an arm, replicates that scatter by 40 % fall below half in 3 to 6 % of sound studies;
below this hardly ever (shared/measured/flow_controls.md, section 12)."""
RATIO_OF_EXPERIMENTS = 0.5
"""The same as a median over experiments. Of studies with two treated arms of three wells that
scatter by 15, 25 and 40 %, this is false in 0, 0 and 0.5 % with two experiments, 0.4 % with three,
and found in 98, 90 and 77 % where 0.4 of the cells are left."""
FEWEST_EXPERIMENTS = 2
FEWEST_WELLS = 3
"""Of the arm and of the untreated wells: the median of fewer scatters more (5 % false over three
experiments of one well an arm that scatter by 40 %); it is then a note."""


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the arm of a treated sample, a note with fewer than three wells."""
    if one.tube.role != "sample" or one.tube.untreated or not one.tube.arm:
        return
    amounts = experiment.amounts
    arm, untreated = (
        [other for other in wells if other.tube.row in amounts.of_row]
        for wells in (
            wells_compared.replicates(experiment, one),
            _untreated(experiment, one),
        )
    )
    usual, found = (
        middle(amounts.density(well.tube.row, well.counts.cells) for well in wells)
        for wells in (untreated, arm)
    )
    if not usual > 0 or not found / usual < RATIO:
        return
    is_sure = min(len(arm), len(untreated)) >= FEWEST_WELLS
    yield Flag(
        wells_compared.arm(one, ""),
        CODE,
        "caution" if is_sure else "note",
        f"{experiment.name}, {wells_compared.arm_of(one)} "
        f"({wells_compared.files([other.tube.fcs for other in arm])}): "
        f"{number(100 * found / usual)} % as many cells of {one.population.name} per "
        f"{amounts.unit} as in the untreated wells (limit {100 * RATIO:g} %). {_ADVICE}",
        found / usual,
        RATIO,
        "share",
    )


def _untreated(experiment: Experiment, one: Measurement) -> list[Measurement]:
    """The untreated samples of the same cells, stroma, medium and hours as a sample."""
    same_cells = wells_compared.untreated(experiment, one)
    return [other for other in same_cells if other.tube.setting == one.tube.setting]


_ADVICE = (
    "Dead cells that have fallen apart are not counted, so the percent understates what the drug "
    "did. "
    "Report cell counts beside it."
)


def of_experiments(wells: pd.DataFrame) -> Iterator[Flag]:
    """A caution for each arm that has lost cells in the median of its experiments.

    Parameters
    ----------
    wells
        flow/wells.csv of all experiments, of samples that are used, with the columns arm,
        untreated and setting.

    Yields
    ------
    A note with fewer than three wells of the arm, or untreated, in most of the experiments.
    """
    known = wells[wells["cell_density"].notna()]
    for (population, cells), of_cells in known.groupby(["population", "cells"], sort=False):
        line = f" of {cells}" if cells and (known["cells"] != cells).any() else ""
        untreated = of_cells[of_cells["untreated"]]
        treated = of_cells[~of_cells["untreated"] & (of_cells["arm"] != "")]
        for (arm, setting), its_wells in treated.groupby(["arm", "setting"], sort=False):
            alike = untreated[untreated["setting"] == setting]
            yield from _of_arm(its_wells, alike, str(population), f"{arm}{line}")


def _of_arm(
    wells: pd.DataFrame, untreated: pd.DataFrame, population: str, name: str
) -> Iterator[Flag]:
    """A flag for one arm, from its wells and the untreated ones that it is compared with."""
    found, usual = (
        table.groupby("experiment", sort=False)["cell_density"].agg(["median", "count"])
        for table in (wells, untreated)
    )
    usual = usual[usual["median"] > 0].add_suffix("_untreated")
    both = found.join(usual, how="inner")
    ratios = both["median"] / both["median_untreated"]
    if len(ratios) < FEWEST_EXPERIMENTS or not ratios.median() < RATIO_OF_EXPERIMENTS:
        return
    fewest = both[["count", "count_untreated"]].min(axis=1).median()
    shares = listed(f"{number(100 * ratio, 2)} % in {where}" for where, ratio in ratios.items())
    unit = " or ".join(wells["cell_density_unit"].unique())
    yield Flag(
        Concerns(WELLS, "arm", population=population, arm=str(wells["arm"].iloc[0])),
        CODE,
        "caution" if fewest >= FEWEST_WELLS else "note",
        f"{name}, {many(len(ratios), 'experiment')}: {number(100 * ratios.median())} % as many "
        f"cells of {population} per {unit} as in the untreated wells (median; {shares}; limit "
        f"{100 * RATIO_OF_EXPERIMENTS:g} %). {_ADVICE}",
        float(ratios.median()),
        RATIO_OF_EXPERIMENTS,
        "share",
    )
