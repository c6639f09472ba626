"""An arm with far fewer cells per volume than the untreated wells: dead cells have fallen apart.

Cells that have disintegrated are in no quadrant, so that percent apoptotic understates what the
drug did. Counts can be compared if the tubes have counting beads, or the files give the volume
($VOL), or the same flow rate (FLOWRATE) and an acquisition time. A drug that stops growth lowers
counts too.
"""

import math
from collections.abc import Iterator, Sequence

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating.checks import wells_compared
from coculture.flow.gating.live_peaks import middle
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "vanished_cells"

RATIO = 0.35
"""Cells of the arm's median well as a share of the untreated wells' median. In one experiment of
three wells an arm, replicates that scatter by 40 % fall below half in 3 to 6 % of sound studies;
below this hardly ever (shared/measured/flow_controls.md, section 12)."""
FEWEST_WELLS = 3
"""Of the arm and of the untreated wells: the median of fewer scatters more; it is then a note."""
FEWEST_BEADS = 50
"""Of each well: fewer vary by more than 14 % from well to well by chance."""
_VOLUME = "$VOL"
_FLOW_RATE = ("$FLOWRATE", "FLOWRATE", "FLOW RATE")
"""FCS 3.2 has the first; cytometers that write older files name it as they like."""


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the arm of a treated sample, a note with fewer than three wells."""
    if one.tube.role != "sample" or one.tube.untreated or not one.tube.arm:
        return
    every = wells_compared.samples(experiment, one.population.name)
    arm = [other for other in every if wells_compared.is_replicate(other, one)]
    untreated = [
        other for other in every if other.tube.untreated and other.tube.cells == one.tube.cells
    ]
    unit, measure = _amounts([*arm, *untreated])
    usual = middle(_density(*pair) for pair in zip(untreated, measure[len(arm) :], strict=True))
    found = middle(_density(*pair) for pair in zip(arm, measure[: len(arm)], strict=True))
    if not usual > 0 or not found / usual < RATIO:
        return
    is_sure = min(len(arm), len(untreated)) >= FEWEST_WELLS
    yield Flag(
        wells_compared.arm(one, ""),
        CODE,
        "caution" if is_sure else "note",
        f"{experiment.name}, {wells_compared.arm_of(one)} "
        f"({wells_compared.files([other.tube.fcs for other in arm])}): "
        f"{number(100 * found / usual)} % as many cells of {one.population.name} per {unit} as in "
        f"the untreated wells (limit {100 * RATIO:g} %). Dead cells that have fallen apart are not "
        "counted, so percent apoptotic understates what the drug did. Report cell counts beside "
        "it.",
        found / usual,
        RATIO,
        "share",
    )


def _amounts(wells: Sequence[Measurement]) -> tuple[str, list[float]]:
    """What cells are counted per, and how much of it each well has; NaN where it is unknown."""
    beads = [one.counts.beads or 0 for one in wells]
    if min(beads, default=0) >= FEWEST_BEADS:
        return "counting bead", list(map(float, beads))
    volumes = [_number(one, _VOLUME) for one in wells]
    if all(volume > 0 for volume in volumes):
        return "volume", volumes
    rates = [_flow_rate(one) for one in wells]
    if all(rates) and len(set(rates)) == 1:
        return "second", [one.seconds for one in wells]
    return "volume", [math.nan] * len(wells)


def _flow_rate(one: Measurement) -> str:
    keywords = one.tube.header.keywords
    return next((keywords[key].strip() for key in _FLOW_RATE if key in keywords), "")


def _number(one: Measurement, keyword: str) -> float:
    try:
        return float(one.tube.header.keywords.get(keyword, ""))
    except ValueError:
        return math.nan


def _density(one: Measurement, amount: float) -> float:
    return one.counts.cells / amount if amount > 0 else math.nan
