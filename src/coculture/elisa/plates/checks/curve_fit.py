"""How well the curve fits the standards."""

from collections.abc import Iterator

from coculture.elisa.plates.checks.check_result import CheckResult, finite
from coculture.elisa.plates.checks.curve_data import CurveData


def results(data: CurveData) -> Iterator[CheckResult]:
    """A failure where the curve explains less than limits.r_squared."""
    r_squared = data.curve.r_squared
    limit = data.limits.r_squared
    yield CheckResult(
        "fit_of_the_curve",
        "fit of the curve",
        finite(r_squared),
        limit,
        "R²",
        "pass" if r_squared >= limit else "fail",
        "The share of the variation between the standards that the curve explains.",
    )
