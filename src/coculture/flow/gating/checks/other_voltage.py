"""A detector voltage ($PnV) unlike that of the experiment: thresholds and matrix do not fit."""

import math
from collections import Counter
from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement
from coculture.flow.tubes import Tube

CODE = "other_voltage"

_LARGEST_SHARE = 0.03
"""The signal of a photomultiplier grows with about the seventh power of its voltage, so that 3 %
are a tenth of a decade: the shift for which gating states the sensitivity of percent apoptotic."""

_LOOK_AT = 50
"""Files, spread over the experiment, that say what its usual voltage is."""


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for each channel with a gate whose voltage differs from that of most files."""
    panel = one.tube.panel
    tubes = [of_file[0].tube for of_file in experiment.measurements.values()]
    tubes = [tube for tube in tubes if tube.role != "beads"]
    tubes = tubes[:: max(1, len(tubes) // _LOOK_AT)]
    for channel in (panel.forward_scatter_area, *panel.stains):
        own = _voltage(one.tube, channel)
        if not own > 0:
            continue
        known = Counter(value for tube in tubes if (value := _voltage(tube, channel)) > 0)
        usual = known.most_common(1)[0][0]
        if abs(own / usual - 1) > _LARGEST_SHARE:
            yield Flag(
                subjects.tube(one, channel),
                CODE,
                "caution",
                f"The voltage of {channel} ($PnV) is {number(own)}, in most files of the "
                f"experiment {number(usual)}. The file shares their thresholds, which do not fit "
                "it. Record it again, or give it an experiment with its own controls.",
                own,
                usual,
                "volts",
            )


def _voltage(tube: Tube, channel: str) -> float:
    """$PnV; NaN if the file does not give a number."""
    place = 1 + tube.header.names.index(channel)
    try:
        return float(tube.header.keywords.get(f"$P{place}V", ""))
    except ValueError:
        return math.nan
