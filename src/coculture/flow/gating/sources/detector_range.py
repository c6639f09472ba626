"""Gate on what a scatter detector could measure: from 0 to below its largest value."""

import numpy as np

from coculture.flow.gating.gates import Block
from coculture.flow.tubes import Tube

CODE = "detector_range"
RULE = "range of the detector"


def block(channel: str, tube: Tube) -> Block:
    """The gate on a channel, from the range ($PnR) that the tube gives for it."""
    top = next(entry.maximum for entry in tube.header.channels if entry.name == channel)
    if np.isfinite(top) and top > 0:
        shape = {"channels": [channel], "vertices": [0.0, float(top)], "keep": "inside"}
    else:
        shape = {"channels": [channel], "threshold": 0.0, "keep": "above"}
    return {**shape, "source": CODE, "rule": RULE}
