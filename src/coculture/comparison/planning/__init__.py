"""How many experiments are needed: a range for each finding, and its power by simulation."""

from coculture.comparison.planning.assumptions import (
    DECISIVE_SD,
    Assumptions,
    assumptions_of,
    simulated_on,
    with_stated,
)
from coculture.comparison.planning.experiments_needed import Need, need_table, needs, sentences
from coculture.comparison.planning.number_ranges import (
    CONFIDENCE,
    ENOUGH_POWER,
    MOST_EXPERIMENTS,
    Range,
    Spread,
    experiments_for,
    limits_of_pilot,
    limits_of_stated,
)
from coculture.comparison.planning.power_table import ALL_FINDINGS, block_of, power
from coculture.comparison.planning.simulation import (
    draw_group_means,
    holds,
    location_of_mean,
    mean_of_location,
)
from coculture.comparison.planning.stated_effects import (
    StatedEffect,
    size_of,
    stated_effects,
    to_state,
    with_effects,
)

__all__ = [
    "ALL_FINDINGS",
    "CONFIDENCE",
    "DECISIVE_SD",
    "ENOUGH_POWER",
    "MOST_EXPERIMENTS",
    "Assumptions",
    "Need",
    "Range",
    "Spread",
    "StatedEffect",
    "assumptions_of",
    "block_of",
    "draw_group_means",
    "experiments_for",
    "holds",
    "limits_of_pilot",
    "limits_of_stated",
    "location_of_mean",
    "mean_of_location",
    "need_table",
    "needs",
    "power",
    "sentences",
    "simulated_on",
    "size_of",
    "stated_effects",
    "to_state",
    "with_effects",
    "with_stated",
]
