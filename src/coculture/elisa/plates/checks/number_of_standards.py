"""How many standards are read back near what was pipetted."""

from collections.abc import Iterator

from coculture.elisa.plates.checks.check_result import CheckResult
from coculture.elisa.plates.checks.curve_data import CurveData


def results(data: CurveData) -> Iterator[CheckResult]:
    """A failure below limits.levels_passing (ICH M10, 2022: six)."""
    passing = int((data.judged_levels["verdict"] == "pass").sum())
    limit = data.limits.levels_passing
    yield CheckResult(
        "number_of_standards_passing",
        "number of standards passing",
        passing,
        limit,
        "levels",
        "pass" if passing >= limit else "fail",
        "Fewer standards are not enough for a curve.",
    )
