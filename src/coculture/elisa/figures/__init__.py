"""Figures of the ELISA part; each function gives a `coculture.drawing.Drawing`.

All take elisa/wells.csv (and curve.json) as read back, so that a figure can be drawn without
fitting again.
"""

from coculture.elisa.figures.curve import standard_curve
from coculture.elisa.figures.over_plates import standards_recovery
from coculture.elisa.figures.plate import plate_heat_map

__all__ = ["plate_heat_map", "standard_curve", "standards_recovery"]
