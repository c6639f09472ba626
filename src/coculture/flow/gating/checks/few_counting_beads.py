"""Hardly any counting beads in a sample: cells cannot be counted by them."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import many
from coculture.flow.gating.cell_density import FEWEST_BEADS
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "few_counting_beads"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for a sample with fewer than 50 beads, if the config names counting beads."""
    beads, asked = one.counts.beads, experiment.settings.counting_beads
    if one.tube.role != "sample" or beads is None or asked is None or beads >= FEWEST_BEADS:
        return
    yield Flag(
        subjects.tube(one, asked.channel),
        CODE,
        "caution",
        f"Only {many(beads, 'counting bead')} (at least {asked.above:,g} in {asked.channel}; limit "
        f"{FEWEST_BEADS}). Whether cells have vanished from this arm cannot be said. Look at the "
        "bead peak in a histogram of this channel and correct flow.counting_beads.",
        beads,
        FEWEST_BEADS,
        "events",
    )
