"""Which share of the standards is read back near what was pipetted."""

from collections.abc import Iterator

from coculture.elisa.plates.checks.check_result import CheckResult
from coculture.elisa.plates.checks.curve_data import CurveData


def results(data: CurveData) -> Iterator[CheckResult]:
    """A failure below limits.levels_passing_percent (ICH M10, 2022: 75 %)."""
    judged = data.judged_levels
    passing = int((judged["verdict"] == "pass").sum())
    percent = 100 * passing / len(judged) if len(judged) else 0.0
    limit = data.limits.levels_passing_percent
    yield CheckResult(
        "standards_passing",
        "standards passing",
        percent,
        limit,
        "%",
        "pass" if percent >= limit else "fail",
        f"{passing} of {len(judged)} standards are read back near the pipetted concentration.",
    )
