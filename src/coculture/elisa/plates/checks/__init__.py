"""Checks of curves, wells and cultures: one module for each check, listed in the registry."""

from coculture.elisa.plates.checks.registry import (
    CONTROL_CHECKS,
    CULTURE_CHECKS,
    CURVE_CHECKS,
    FIT_CHECKS,
    WELL_CHECKS,
    acceptance_results,
    control_results,
    culture_flags,
    curve_results,
    fit_results,
    well_flags,
)

__all__ = [
    "CONTROL_CHECKS",
    "CULTURE_CHECKS",
    "CURVE_CHECKS",
    "FIT_CHECKS",
    "WELL_CHECKS",
    "acceptance_results",
    "control_results",
    "culture_flags",
    "curve_results",
    "fit_results",
    "well_flags",
]
