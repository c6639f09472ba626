"""An arm with far fewer cells per volume than the untreated wells: dead cells have fallen apart.

Cells that have disintegrated are in no quadrant, so that percent apoptotic understates what the
drug did. Counts can be compared if the tubes have counting beads, or the files give the volume
($VOL), or the same flow rate (FLOWRATE) and an acquisition time. A drug that stops growth lowers
counts too.
"""

import math
import re
from collections.abc import Iterator, Sequence

import numpy as np

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
_OF_VOLUME = "volume"
_UNITS = {"nl": 1.0, "ul": 1e3, "µl": 1e3, "μl": 1e3, "ml": 1e6}
"""In nL, the unit of $VOL in the standard."""
_NUMBER = re.compile(r"\s*(?P<number>\d+([.,]\d+)?)\s*(?P<unit>[nuµμm]l)?\s*", re.IGNORECASE)
_OTHER_UNIT_DECADES = 0.5
"""Around a factor of 1,000: wells of one experiment do not differ so much in volume."""
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
    unit, measure = _amounts(arm, untreated)
    pairs = list(zip([*arm, *untreated], measure, strict=True))
    unknown = [well.tube.fcs for well, amount in pairs if not amount > 0]
    own = [_density(*pair) for pair in pairs[: len(arm)]]
    others = [_density(*pair) for pair in pairs[len(arm) :]]
    usual, found = middle(others), middle(own)
    if unit == _OF_VOLUME and (math.isnan(usual) or math.isnan(found)):
        yield _unknown(one, unknown)
    if not usual > 0 or not found / usual < RATIO:
        return
    known = [np.count_nonzero(np.isfinite(densities)) for densities in (own, others)]
    left_out = f" Not used, without a volume: {wells_compared.files(unknown)}." if unknown else ""
    yield Flag(
        wells_compared.arm(one, ""),
        CODE,
        "caution" if min(known) >= FEWEST_WELLS else "note",
        f"{experiment.name}, {wells_compared.arm_of(one)} "
        f"({wells_compared.files([other.tube.fcs for other in arm])}): "
        f"{number(100 * found / usual)} % as many cells of {one.population.name} per {unit} as in "
        f"the untreated wells (limit {100 * RATIO:g} %). Dead cells that have fallen apart are not "
        "counted, so percent apoptotic understates what the drug did. Report cell counts beside "
        f"it.{left_out}",
        found / usual,
        RATIO,
        "share",
    )


def _unknown(one: Measurement, files: Sequence[str]) -> Flag:
    """A note that cells cannot be compared, although some files give a volume."""
    return Flag(
        wells_compared.arm(one, ""),
        CODE,
        "note",
        f"{one.tube.experiment}, {wells_compared.arm_of(one)}: whether cells have vanished cannot "
        f"be said, because the volume ($VOL, in nL) is missing or no number in "
        f"{wells_compared.files(files)}.",
    )


def _amounts(
    arm: Sequence[Measurement], untreated: Sequence[Measurement]
) -> tuple[str, list[float]]:
    """What cells are counted per, and how much of it each well has; NaN where it is unknown."""
    wells = [*arm, *untreated]
    beads = [one.counts.beads or 0 for one in wells]
    if min(beads, default=0) >= FEWEST_BEADS:
        return "counting bead", list(map(float, beads))
    volumes = _in_one_unit([_volume(one.tube.header.keywords.get(_VOLUME, "")) for one in wells])
    rates = [_flow_rate(one) for one in wells]
    if all(rates) and len(set(rates)) == 1 and not all(volume > 0 for volume in volumes):
        return "second", [one.seconds for one in wells]
    return (_OF_VOLUME if any(volume > 0 for volume in volumes) else ""), volumes


def _in_one_unit(volumes: Sequence[float]) -> list[float]:
    """Volumes in the unit of most: those about 1,000 times as large or small are in uL or nL."""
    usual = middle(volumes)

    def converted(volume: float) -> float:
        if not volume > 0:
            return math.nan
        decades = math.log10(volume / usual)
        if abs(abs(decades) - 3) >= _OTHER_UNIT_DECADES:
            return volume
        return volume / 1000 if decades > 0 else volume * 1000

    return [converted(volume) for volume in volumes]


def _volume(written: str) -> float:
    """A $VOL in nL; NaN if it is not a number. Some files add a unit or have a decimal comma.

    >>> _volume("50000"), _volume("50 uL"), _volume("50,5"), _volume("1,000"), _volume("full")
    (50000.0, 50000.0, 50.5, nan, nan)
    """
    found = _NUMBER.fullmatch(written)
    if not found or re.fullmatch(r"\d+,\d{3}", found["number"]):
        return math.nan
    return float(found["number"].replace(",", ".")) * _UNITS[(found["unit"] or "nl").lower()]


def _flow_rate(one: Measurement) -> str:
    keywords = one.tube.header.keywords
    return next((keywords[key].strip() for key in _FLOW_RATE if key in keywords), "")


def _density(one: Measurement, amount: float) -> float:
    return one.counts.cells / amount if amount > 0 else math.nan
