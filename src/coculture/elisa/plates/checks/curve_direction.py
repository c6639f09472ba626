"""Whether the response rises with the concentration, as in a sandwich assay."""

from collections.abc import Iterator

from coculture.elisa.plates.checks.check_result import CheckResult
from coculture.elisa.plates.checks.curve_data import CurveData


def results(data: CurveData) -> Iterator[CheckResult]:
    """A warning where the curve falls; competitive assays do so."""
    rising = data.curve.rising
    yield CheckResult(
        "direction_of_the_curve",
        "direction of the curve",
        rising,
        1,
        "(1 rises, -1 falls)",
        "pass" if rising > 0 else "warning",
        "Whether the response rises or falls with the concentration.",
        ""
        if rising > 0
        else "The response falls with the concentration. This is right for a competitive assay; in "
        "a sandwich assay the standards in elisa.csv are in the wrong order.",
    )
