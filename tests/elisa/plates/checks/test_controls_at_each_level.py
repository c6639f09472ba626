"""Control samples near their targets, of all and at each level."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coculture.elisa.plates.checks.check_result import CheckResult

ControlsOf = Callable[..., dict[str, CheckResult]]


@pytest.fixture
def controls_of(
    checks_of: Callable[..., dict[str, CheckResult]], rising: list[float]
) -> ControlsOf:
    """The checks of a plate whose controls have these recoveries."""

    def results(**recoveries: list[float]) -> dict[str, CheckResult]:
        targets = {"low": 40.0, "middle": 100.0, "high": 250.0}
        rows: list[dict[str, Any]] = [
            {"nominal_pg_ml": targets[name], "recovery_percent": value}
            for name, values in recoveries.items()
            for value in values
        ]
        return checks_of(rising, pd.DataFrame(rows) if rows else None)

    return results


@pytest.mark.parametrize("worst", ["low", "middle", "high"])
def test_the_worst_level_of_controls_decides(controls_of: ControlsOf, worst: str) -> None:
    """Four of six are good, which is enough, but none of the two at one level."""
    recoveries = {name: [100.0, 100.0] for name in ("low", "middle", "high")}
    found = controls_of(**(recoveries | {worst: [60.0, 140.0]}))
    assert found["controls"].verdict == "pass"
    assert found["controls"].number == pytest.approx(200 / 3)
    level = found["controls_at_each_level"]
    assert (level.number, level.limit, level.verdict) == (0, 50, "fail")


def test_half_of_the_controls_at_a_level_are_enough(controls_of: ControlsOf) -> None:
    found = controls_of(low=[100.0, 60.0], high=[100.0, 100.0])
    assert found["controls"].number == pytest.approx(75)
    level = found["controls_at_each_level"]
    assert (level.number, level.verdict) == (50, "pass")


def test_less_than_half_at_a_level_fail(controls_of: ControlsOf) -> None:
    found = controls_of(low=[100.0, 60.0, 60.0], high=[100.0, 100.0, 100.0])
    assert found["controls"].verdict == "pass"
    level = found["controls_at_each_level"]
    assert level.number == pytest.approx(100 / 3)
    assert level.verdict == "fail"


def test_a_control_without_a_value_is_not_good(controls_of: ControlsOf) -> None:
    found = controls_of(low=[np.nan, np.nan], high=[100.0, 100.0, 100.0, 100.0])
    assert found["controls"].number == pytest.approx(200 / 3)
    assert found["controls_at_each_level"].number == 0


def test_controls_without_a_target_are_not_judged(controls_of: ControlsOf) -> None:
    found = controls_of()
    assert found["controls"].verdict == "not judged"
    assert "controls_at_each_level" not in found
