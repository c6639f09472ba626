"""A control that other experiments use as well, as flow.csv says."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "shared_control"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A note on the control."""
    if one.tube.shared_with:
        yield Flag(
            subjects.tube(one),
            CODE,
            "note",
            f"This control is shared: {experiment.name} uses it, and so "
            f"{'do' if ',' in one.tube.shared_with else 'does'} {one.tube.shared_with}. If it is "
            "wrong, it is wrong in all of them.",
        )
