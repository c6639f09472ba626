"""Figures of the ELISA part; each function gives a `coculture.drawing.Drawing`.

All take elisa/wells.csv (and curve.json) as read back, so that a figure can be drawn without
fitting again.
"""

from coculture.elisa.figures.plate import plate_heat_map
from coculture.elisa.figures.standard_curve import standard_curve
from coculture.elisa.figures.standards_recovery import standards_recovery

__all__ = ["plate_heat_map", "standard_curve", "standards_recovery"]
