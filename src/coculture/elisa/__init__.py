"""ELISA: from the exports of plate readers to concentrations in pg/mL with intervals and bounds."""

from typing import TYPE_CHECKING

from coculture.lazy_names import from_modules

if TYPE_CHECKING:
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

_MODULES = {
    "CurveError": "coculture.curves.fitting",
    "VarianceFunction": "coculture.curves.variance_function",
    "alternative_values": "plates.alternatives.table",
    "combine_cultures": "plates.cultures",
    "precision_of": "plates.cultures",
    "DilutionSeries": "plates.label_grid",
    "read_label_grid": "plates.label_grid",
    "read_layout": "plates.layout",
    "Plate": "plates.plate",
    "PlateError": "plates.plate",
    "QuantifiedPlate": "plates.quantification",
    "pooled_scatter": "plates.quantification",
    "quantify_plate": "plates.quantification",
    "Scatter": "plates.scatter",
    "StandardCurve": "plates.standard_curve",
    "fit_standard_curve": "plates.standard_curve",
    "fit_standard_curves": "plates.standard_curve",
    "StudyConcentrations": "plates.study_results",
    "combine_study": "plates.study_results",
    "UnknownFormatError": "readers",
    "read_plates": "readers",
    "AcceptanceLimits": "settings",
    "ElisaSettings": "settings",
    "check_files": "validation",
}

__getattr__ = from_modules(__name__, _MODULES)

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
