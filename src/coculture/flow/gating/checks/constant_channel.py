"""A channel that has one value in all events of a file: its detector was off or was not written."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "constant_channel"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for each such channel; of all samples together it is refused."""
    del experiment
    for channel, value in one.constant.items():
        yield Flag(
            subjects.tube(one, channel),
            CODE,
            "caution",
            f"{channel} is {number(value)} in all events of this file: the detector was off or was "
            "not written to it. Export the file again, or exclude it with this reason; percents "
            "that need this channel mean nothing.",
            value,
        )
