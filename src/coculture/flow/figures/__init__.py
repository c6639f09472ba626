"""Figures of one experiment's gating; each function gives a `coculture.drawing.Drawing`.

All take the experiment's files, its wells.csv, gates.yaml and spillover.csv as read back and the
settings, so that a figure can be drawn without gating again.
"""

from coculture.flow.figures.contact_sheet import contact_sheet
from coculture.flow.figures.control_histograms import control_histograms
from coculture.flow.figures.gating_strategy import gating_strategy
from coculture.flow.figures.spillover import spillover_heat_map
from coculture.flow.figures.threshold_sensitivity import threshold_sensitivity

__all__ = [
    "contact_sheet",
    "control_histograms",
    "gating_strategy",
    "spillover_heat_map",
    "threshold_sensitivity",
]
