"""Which share of the control samples is read near its target."""

from collections.abc import Iterator

from coculture.elisa.plates.checks.check_result import CheckResult
from coculture.elisa.plates.checks.curve_data import ControlData

LIMIT_PERCENT = 200 / 3
"""Two thirds of all controls of a plate (ICH M10, 2022, section 4.3)."""
_ROUNDING = 1e-9


def results(data: ControlData) -> Iterator[CheckResult]:
    """A failure where less than two thirds are within limits.control_recovery_percent."""
    good = data.good_controls
    if good.empty:
        yield CheckResult(
            "controls", "controls", None, None, "%", "not judged", "No control with a target."
        )
        return
    percent = 100 * float(good.mean())
    yield CheckResult(
        "controls",
        "controls",
        percent,
        LIMIT_PERCENT,
        "%",
        "pass" if percent >= LIMIT_PERCENT - _ROUNDING else "fail",
        f"Controls within {data.limits.control_recovery_percent:g} % of their target.",
    )
