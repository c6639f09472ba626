"""Channels that have one value in all events: a detector that was off, or that was not exported."""

from collections.abc import Sequence

from coculture.exchange.problems import CocultureError
from coculture.exchange.vocabulary import many, number
from coculture.flow.fcs.data import read_events
from coculture.flow.settings import FlowSettings
from coculture.flow.tubes import Tube

_FEWEST_EVENTS = 100
"""Of all samples together: of a handful nothing is said."""
_LOOK_AT = 1000
"""Events of a file, spread over it, of which one would differ."""


class ConstantChannelError(CocultureError):
    """A gated channel holds no signal. The message names the experiment, channel and config key."""


def refuse_constant(tubes: Sequence[Tube], settings: FlowSettings) -> None:
    """Stop if a channel that is gated has the same value in all events of all samples.

    Raises
    ------
    ConstantChannelError
        The message says what to do.
    """
    samples = [one for one in tubes if one.role == "sample" and one.header.events > 0]
    if sum(one.header.events for one in samples) < _FEWEST_EVENTS:
        return
    panel = tubes[0].panel
    left = {name: set[float]() for name in (panel.forward_scatter_area, *panel.stains)}
    for sample in samples:
        every = max(1, sample.header.events // _LOOK_AT)
        values = read_events(sample.header, list(left), every)
        for name, column in zip(list(left), values.T, strict=True):
            left[name] |= {float(column.min()), float(column.max())}
            if len(left[name]) > 1:
                del left[name]
        if not left:
            return
    name, (value,) = next(iter(left.items()))
    wanted = next(wanted for wanted, channel in panel.names.items() if channel == name)
    raise ConstantChannelError(
        f"{tubes[0].experiment}: {name} ({settings.key_of(wanted)}) is {number(value)} in "
        f"all events of {many(len(samples), 'sample')}. The detector was off or was not written to "
        "the files, or another channel is meant. Correct the channel in the config, or export the "
        "files again."
    )
