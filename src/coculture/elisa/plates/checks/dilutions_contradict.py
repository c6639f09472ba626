"""Whether wells of a culture exclude each other: a hook, or exchanged wells."""

from collections.abc import Iterator

from coculture.elisa.plates.combination import Bounds, Combination, bounds_of
from coculture.elisa.plates.concentrations import pg_ml
from coculture.exchange.flags import Flag

CODE = "dilutions_contradict"


def bounds_contradict(bounds: Bounds) -> bool:
    """Whether one dilution says that there is more than another allows."""
    return bounds.at_least >= bounds.at_most


def flags(combined: Combination) -> Iterator[Flag]:
    """A caution where bounds contradict one another, or those of one plate the value of another.

    Those of the plate that gives the value are judged by `dilutions_disagree`.
    """
    bounds = combined.bounds
    if combined.state == "ok":
        plates = {str(plate) for plate in combined.used["plate"]}
        bounds = bounds_of(group for group in combined.groups if group.plate not in plates)
        if bounds.at_most < combined.lower:
            yield _flag(combined, "below", bounds.at_most, "above", combined.lower)
        if bounds.at_least > combined.upper:
            yield _flag(combined, "above", bounds.at_least, "below", combined.upper)
    elif bounds_contradict(bounds):
        yield _flag(combined, "above", bounds.at_least, "below", bounds.at_most)


def _flag(combined: Combination, side: str, value: float, other_side: str, limit: float) -> Flag:
    return Flag(
        combined.concerns,
        CODE,
        "caution",
        f"Dilutions contradict each other: {side} {pg_ml(value)} by one, {other_side} "
        f"{pg_ml(limit)} by another. Wells may be exchanged, or there may be a high-dose hook.",
        value,
        limit,
        "pg/mL",
    )
