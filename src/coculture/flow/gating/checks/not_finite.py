"""Events with a value that is not a finite number: the file may be damaged."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import many
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "not_finite"

_LIMIT = 0
"""No cytometer writes such values; one is already a sign of damage."""


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the file if there is such an event."""
    del experiment
    found = one.counts.nonfinite
    if found > _LIMIT:
        yield Flag(
            subjects.tube(one),
            CODE,
            "caution",
            f"{many(found, 'event')} with a value that is not a finite number "
            f"{'was' if found == 1 else 'were'} removed.",
            found,
            _LIMIT,
            "events",
        )
