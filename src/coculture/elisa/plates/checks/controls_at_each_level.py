"""Which share of the control samples of one concentration is read near its target."""

from collections.abc import Iterator

from coculture.elisa.plates.checks.check_result import CheckResult
from coculture.elisa.plates.checks.curve_data import ControlData

LIMIT_PERCENT = 50
"""Half of the controls of each concentration (ICH M10, 2022, section 4.3)."""


def results(data: ControlData) -> Iterator[CheckResult]:
    """A failure where it is less than half for any concentration; nothing without controls."""
    good = data.good_controls
    if good.empty:
        return
    percent = 100 * float(good.groupby(level=0).mean().min())
    yield CheckResult(
        "controls_at_each_level",
        "controls at each level",
        percent,
        LIMIT_PERCENT,
        "%",
        "pass" if percent >= LIMIT_PERCENT else "fail",
        f"Controls within {data.limits.control_recovery_percent:g} % of their target, at the level "
        "with the smallest share.",
    )
