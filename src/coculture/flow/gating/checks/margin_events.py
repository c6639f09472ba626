"""Events at the edge of a detector's range: the detector's voltage may be too high or too low."""

from collections.abc import Iterator

import numpy as np

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement
from coculture.flow.tubes import Columns, Tube

CODE = "margin_events"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the file above limits.margin_percent."""
    limit = experiment.settings.limits.margin_percent
    if one.percent_margin > limit:
        yield Flag(
            subjects.tube(one),
            CODE,
            "caution",
            f"{number(one.percent_margin)} % of the events are at the edge of a detector's range "
            f"(limit {limit:g} %).",
            one.percent_margin,
            limit,
            "percent",
        )


def margin_percent(tube: Tube, events: Columns, in_range: int) -> float:
    """Percent of events outside the scatter range, or saturated in a stain.

    Parameters
    ----------
    events
        The events of the tube. Those that are not finite, which have a check of their own, and
        counting beads are not among them.
    in_range
        Number of events within the scatter range.
    """
    saturated = np.zeros(len(events), dtype=bool)
    tops = {channel.name: channel.maximum for channel in tube.header.channels}
    for stain in tube.panel.of_stains:
        saturated |= np.asarray(events[stain.channel]) >= tops[stain.channel]
    outside = len(events) - in_range + int(np.count_nonzero(saturated))
    return 100 * outside / len(events) if len(events) else 0.0
