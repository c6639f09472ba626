"""The lists of checks of curves, wells and cultures: one module for each check.

A check of a fit or a curve is a module with `results`, which gives `CheckResult`s for curve.json;
one that fails makes the analyte fail on the plate, and a warning becomes a flag. A check of a well
or a culture is a module with `flags`. To add one, write such a module and enter it in its list.
"""

from collections.abc import Iterator
from typing import Protocol

from coculture.curves.fitted_curve import FittedCurve
from coculture.elisa.plates.checks import (
    asymmetry,
    asymptotes,
    between_dilutions,
    controls,
    controls_at_each_level,
    curve_direction,
    curve_fit,
    degrees_of_freedom,
    dilutions_contradict,
    dilutions_disagree,
    failed_plate_not_used,
    high_dose_hook,
    medium_blank,
    number_of_standards,
    order_of_standards,
    outlier,
    parameter_at_bound,
    plates_differ,
    replicates_disagree,
    replicates_of_wells,
    slope_and_mid_point,
    spike_recovery,
    standards_passing,
    undecided_level,
    unit_of_standards,
    wells_not_fitted,
)
from coculture.elisa.plates.checks.check_result import CheckResult
from coculture.elisa.plates.checks.curve_data import ControlData, CurveData, WellData
from coculture.elisa.plates.combination import Combination
from coculture.exchange.flags import Flag


class FitCheck(Protocol):
    """A check that needs nothing but the fitted curve."""

    def results(self, curve: FittedCurve) -> Iterator[CheckResult]:
        """What it finds."""


class CurveCheck(Protocol):
    """A check of a curve with its standards and controls."""

    def results(self, data: CurveData) -> Iterator[CheckResult]:
        """What it finds."""


class ControlCheck(Protocol):
    """A check of the controls of one analyte on one plate, which needs no curve."""

    def results(self, data: ControlData) -> Iterator[CheckResult]:
        """What it finds."""


class WellCheck(Protocol):
    """A check of the wells of one analyte on one plate."""

    def flags(self, data: WellData) -> Iterator[Flag]:
        """What is doubtful about the wells."""


class CultureCheck(Protocol):
    """A check of the wells of one culture and analyte on all plates."""

    def flags(self, combined: Combination) -> Iterator[Flag]:
        """What is doubtful about the culture's value."""


CURVE_CHECKS: tuple[CurveCheck, ...] = (
    standards_passing,
    number_of_standards,
    curve_fit,
    curve_direction,
    order_of_standards,
    unit_of_standards,
)
CONTROL_CHECKS: tuple[ControlCheck, ...] = (
    controls,
    controls_at_each_level,
)
FIT_CHECKS: tuple[FitCheck, ...] = (
    wells_not_fitted,
    parameter_at_bound,
    asymptotes,
    slope_and_mid_point,
    asymmetry,
    degrees_of_freedom,
    undecided_level,
    high_dose_hook,
)
WELL_CHECKS: tuple[WellCheck, ...] = (
    replicates_of_wells,
    outlier,
    medium_blank,
    spike_recovery,
)
CULTURE_CHECKS: tuple[CultureCheck, ...] = (
    replicates_disagree,
    dilutions_disagree,
    plates_differ,
    failed_plate_not_used,
    between_dilutions,
    dilutions_contradict,
)
"""Each list in the order in which its flags are listed."""


def curve_results(data: CurveData) -> list[CheckResult]:
    """The results of all checks of a curve."""
    return acceptance_results(data) + fit_results(data.curve)


def acceptance_results(data: CurveData) -> list[CheckResult]:
    """The results of the checks that decide whether a plate passes: those of a fit only warn."""
    of_curve = [result for check in CURVE_CHECKS for result in check.results(data)]
    return of_curve + control_results(data.of_controls)


def control_results(data: ControlData) -> list[CheckResult]:
    """The results of the checks that need nothing but the controls."""
    return [result for check in CONTROL_CHECKS for result in check.results(data)]


def fit_results(curve: FittedCurve) -> list[CheckResult]:
    """The results of the checks that need nothing but the fitted curve."""
    return [result for check in FIT_CHECKS for result in check.results(curve)]


def well_flags(data: WellData) -> list[Flag]:
    """Everything that is doubtful about the wells of one analyte on one plate."""
    return [flag for check in WELL_CHECKS for flag in check.flags(data)]


def culture_flags(combined: Combination) -> list[Flag]:
    """Everything that is doubtful about the value of a culture, its wells' own flags apart."""
    return [flag for check in CULTURE_CHECKS for flag in check.flags(combined)]
