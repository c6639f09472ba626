"""Figures of the comparison; each function gives a `coculture.drawing.Drawing`.

All take the tables as read back and the settings, so that a figure can be drawn without comparing
again.
"""

from coculture.comparison.figures.arms import superplot
from coculture.comparison.figures.combination import combination
from coculture.comparison.figures.findings import findings_overview
from coculture.comparison.figures.interaction import interaction
from coculture.comparison.figures.plates import plate_maps
from coculture.comparison.figures.power import power

__all__ = [
    "combination",
    "findings_overview",
    "interaction",
    "plate_maps",
    "power",
    "superplot",
]
