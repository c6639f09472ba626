"""From a plate reader's export to pg/mL with honest intervals and states."""

from coculture.elisa.checks import check_files
from coculture.elisa.cultures import combine_cultures
from coculture.elisa.curve_fitting import CurveError
from coculture.elisa.label_grid import read_label_grid
from coculture.elisa.layout import read_layout
from coculture.elisa.plate import Plate, PlateError
from coculture.elisa.quantification import (
    QuantifiedPlate,
    pooled_variance_function,
    quantify_plate,
)
from coculture.elisa.readers import read_plates
from coculture.elisa.settings import AcceptanceLimits, ElisaSettings
from coculture.elisa.standard_curve import (
    StandardCurve,
    fit_standard_curve,
    fit_standard_curves,
)
from coculture.elisa.variance_function import VarianceFunction

__all__ = [
    "AcceptanceLimits",
    "CurveError",
    "ElisaSettings",
    "Plate",
    "PlateError",
    "QuantifiedPlate",
    "StandardCurve",
    "VarianceFunction",
    "check_files",
    "combine_cultures",
    "fit_standard_curve",
    "fit_standard_curves",
    "pooled_variance_function",
    "quantify_plate",
    "read_label_grid",
    "read_layout",
    "read_plates",
]
