"""Threshold between single cells and doublets, from the spread of the single cells' pulse shape.

Doublets have less height for their area, and a longer pulse.
"""

from collections.abc import Sequence

import numpy as np

from coculture.flow.gating.gates import Block
from coculture.flow.gating.pool import PooledTube, values
from coculture.flow.gating.sources.threshold import Threshold
from coculture.flow.tubes import Panel

CODE = "singlet_spread"

_MADS = 4.0
"""Median absolute deviations from the median: 2.7 SD of a normal distribution, outside of which on
one side are 0.35 % of the single cells."""
RULE_FOR_RATIO = f"median - {_MADS:g} MAD of the cells' height divided by area of forward scatter"
RULE_FOR_WIDTH = f"median + {_MADS:g} MAD of the cells' width of forward scatter"


def block(panel: Panel, cells: Sequence[PooledTube]) -> Block | None:
    """The gate on height / area, or on width if there is no height; None if there is neither."""
    if panel.singlet_ratio is not None:
        channel, side, keep, rule = panel.singlet_ratio, -1, "above", RULE_FOR_RATIO
    elif panel.forward_scatter_width is not None:
        channel, side, keep, rule = panel.forward_scatter_width, 1, "below", RULE_FOR_WIDTH
    else:
        return None
    shapes = values(cells, channel)
    median = float(np.median(shapes)) if len(shapes) else 0.0
    spread = float(np.median(np.abs(shapes - median))) if len(shapes) else 0.0
    return Threshold(median + side * _MADS * spread, rule, cells).block(channel, keep, CODE)
