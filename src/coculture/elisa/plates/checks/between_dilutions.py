"""Whether a culture lies above the range at one dilution and below it at another."""

from collections.abc import Iterator

from coculture.elisa.plates.checks.dilutions_contradict import bounds_contradict
from coculture.elisa.plates.combination import Combination
from coculture.elisa.plates.concentrations import pg_ml
from coculture.exchange.flags import Flag

CODE = "between_dilutions"


def flags(combined: Combination) -> Iterator[Flag]:
    """A caution where no well is in range but the bounds enclose the concentration."""
    bounds = combined.bounds
    if combined.state == "ok" or not bounds.are_on_both_sides or bounds_contradict(bounds):
        return
    yield Flag(
        combined.concerns,
        CODE,
        "caution",
        f"The concentration lies between two dilutions: above {pg_ml(bounds.at_least)} and below "
        f"{pg_ml(bounds.at_most)}. Measure a dilution in between.",
        bounds.at_least,
        bounds.at_most,
        "pg/mL",
    )
