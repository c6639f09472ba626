"""Figures of one experiment's gating; each function gives a `coculture.drawing.Drawing`.

All take the experiment's files, its wells.csv, gates.yaml and spillover.csv as read back and the
settings, so that a figure can be drawn without gating again.
"""

from coculture.flow.figures.heat_map import spillover_heat_map
from coculture.flow.figures.histograms import control_histograms
from coculture.flow.figures.sensitivity import threshold_sensitivity
from coculture.flow.figures.sheet import contact_sheet
from coculture.flow.figures.strategy import gating_strategy

__all__ = [
    "contact_sheet",
    "control_histograms",
    "gating_strategy",
    "spillover_heat_map",
    "threshold_sensitivity",
]
