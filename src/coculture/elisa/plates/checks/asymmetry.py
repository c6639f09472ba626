"""Whether the standards determine the asymmetry of a five-parameter curve."""

from collections.abc import Iterator

from coculture.curves.fitted_curve import FittedCurve
from coculture.elisa.plates.checks.check_result import CheckResult, finite

LIMIT = 1.0
"""Largest relative standard error. Above it the 4PL (asymmetry 1) fits as well."""


def results(curve: FittedCurve) -> Iterator[CheckResult]:
    """A warning where its standard error is larger than itself; only for 5PL models."""
    if "g" not in curve.parameters:
        return
    asymmetry, error = curve.parameters["g"], curve.standard_errors["g"]
    is_identified = error <= LIMIT * asymmetry
    yield CheckResult(
        "asymmetry_not_identified",
        "asymmetry",
        finite(error / asymmetry),
        LIMIT,
        "of its value",
        "pass" if is_identified else "warning",
        "Standard error of the asymmetry, as a share of its value.",
        ""
        if is_identified
        else f"The standards do not determine the asymmetry: its standard error is "
        f"{error / asymmetry:.2g} times its value (limit {LIMIT:g}). A 4PL curve may fit as well.",
    )
