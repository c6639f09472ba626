"""ELISA: from the exports of plate readers to concentrations in pg/mL with intervals and bounds."""

from coculture.curves.fitting import CurveError
from coculture.curves.variance_function import VarianceFunction
from coculture.elisa.plates.alternatives.table import alternative_values
from coculture.elisa.plates.cultures import combine_cultures, precision_of
from coculture.elisa.plates.label_grid import DilutionSeries, read_label_grid
from coculture.elisa.plates.layout import read_layout
from coculture.elisa.plates.plate import Plate, PlateError
from coculture.elisa.plates.quantification import (
    QuantifiedPlate,
    pooled_scatter,
    quantify_plate,
)
from coculture.elisa.plates.scatter import Scatter
from coculture.elisa.plates.standard_curve import (
    StandardCurve,
    fit_standard_curve,
    fit_standard_curves,
)
from coculture.elisa.plates.study_results import StudyConcentrations, combine_study
from coculture.elisa.readers import UnknownFormatError, read_plates
from coculture.elisa.settings import AcceptanceLimits, ElisaSettings
from coculture.elisa.validation import check_files

__all__ = [
    "AcceptanceLimits",
    "CurveError",
    "DilutionSeries",
    "ElisaSettings",
    "Plate",
    "PlateError",
    "QuantifiedPlate",
    "Scatter",
    "StandardCurve",
    "StudyConcentrations",
    "UnknownFormatError",
    "VarianceFunction",
    "alternative_values",
    "check_files",
    "combine_cultures",
    "combine_study",
    "fit_standard_curve",
    "fit_standard_curves",
    "pooled_scatter",
    "precision_of",
    "quantify_plate",
    "read_label_grid",
    "read_layout",
    "read_plates",
]
