"""What a plate is asked: its standards, their order, its controls (ICH M10, 2022)."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from coculture.elisa import (
    AcceptanceLimits,
    StandardCurve,
    VarianceFunction,
    fit_standard_curve,
)
from coculture.elisa.plates.quality import (
    Check,
    plate_checks,
    quantification_range,
    standard_levels,
)

LIMITS = AcceptanceLimits(
    recovery_percent=20,
    recovery_at_limits_percent=25,
    cv_percent=20,
    cv_at_limits_percent=25,
    levels_passing_percent=75,
    levels_passing=6,
    control_recovery_percent=20,
    precision_profile_cv_percent=20,
    r_squared=0.9,
)
NOMINAL = (1.0, 10.0, 100.0, 1000.0)


def square_root() -> StandardCurve:
    """The curve y = sqrt(x): a response of r is read back as r^2."""
    x = np.array([*NOMINAL, 10000.0])
    return fit_standard_curve(x, np.sqrt(x), "log_log")


def levels_read_back(percent: dict[float, list[float]]) -> pd.DataFrame:
    """Levels whose wells are read back at these percentages of nominal; 100 where not given."""
    rows = [
        {"concentration_pg_ml": nominal, "response": (nominal * value / 100) ** 0.5}
        for nominal in NOMINAL
        for value in percent.get(nominal, [100.0, 100.0])
    ]
    return standard_levels(square_root(), pd.DataFrame(rows), LIMITS)


def failing(levels: pd.DataFrame) -> list[float]:
    nominal: list[float] = levels.loc[levels["verdict"] == "fail", "nominal_pg_ml"].tolist()
    return nominal


@pytest.mark.parametrize("nominal", NOMINAL)
@pytest.mark.parametrize(
    ("recovery", "at_limits", "between"),
    [
        (119.0, True, True),
        (121.0, True, False),
        (124.0, True, False),
        (126.0, False, False),
        (81.0, True, True),
        (79.0, True, False),
        (76.0, True, False),
        (74.0, False, False),
    ],
)
def test_recovery_within_25_percent_at_the_limits_and_20_between(
    nominal: float, recovery: float, at_limits: bool, between: bool
) -> None:
    passes = at_limits if nominal in (NOMINAL[0], NOMINAL[-1]) else between
    levels = levels_read_back({nominal: [recovery, recovery]})
    assert failing(levels) == ([] if passes else [nominal])


def test_the_lowest_and_the_highest_level_may_both_be_24_percent_off() -> None:
    levels = levels_read_back({1.0: [76.0], 1000.0: [124.0]})
    assert failing(levels) == []
    span = quantification_range(square_root(), levels, LIMITS)
    assert (span.lloq, span.uloq) == (1.0, 1000.0)


@pytest.mark.parametrize(
    ("outer", "inner", "lloq", "uloq"), [(1.0, 10.0, 10.0, 1000.0), (1000.0, 100.0, 1.0, 100.0)]
)
def test_the_level_beside_a_failing_outer_one_becomes_the_limit(
    outer: float, inner: float, lloq: float, uloq: float
) -> None:
    """It is then the lowest or highest of the range, and may be 25 % off."""
    levels = levels_read_back({outer: [130.0], inner: [124.0]})
    assert failing(levels) == [outer]
    span = quantification_range(square_root(), levels, LIMITS)
    assert (span.lloq, span.uloq) == (lloq, uloq)


# The CV of two wells m - d and m + d is sqrt(2) d / m, d / m = 0.14 makes 19.8 %.
@pytest.mark.parametrize("nominal", NOMINAL)
@pytest.mark.parametrize(
    ("wells", "at_limits", "between"),
    [
        ([86.0, 114.0], True, True),  # 19.8 %
        ([85.5, 114.5], True, False),  # 20.5 %
        ([82.5, 117.5], True, False),  # 24.7 %
        ([82.0, 118.0], False, False),  # 25.5 %
        ([95.0, 125.0], True, True),  # 19.3 % of the mean, 21.2 % of nominal
        ([77.0, 103.0], True, False),  # 20.4 % of the mean, 18.4 % of nominal
        ([100.0], True, True),  # none
    ],
)
def test_wells_scatter_at_most_25_percent_at_the_limits_and_20_between(
    nominal: float, wells: list[float], at_limits: bool, between: bool
) -> None:
    passes = at_limits if nominal in (NOMINAL[0], NOMINAL[-1]) else between
    assert failing(levels_read_back({nominal: wells})) == ([] if passes else [nominal])


def test_the_reason_names_recovery_and_scatter() -> None:
    # The mean is 130; the standard deviation 60 / sqrt(2) = 42.4, or 32.6 % of it.
    level = levels_read_back({10.0: [100.0, 160.0]}).set_index("nominal_pg_ml").loc[10.0]
    assert level["reason"] == "recovery 130 %, CV 33 %"
    assert level["cv_percent"] == pytest.approx(100 * 30 * 2**0.5 / 130)


# The order of the standards


def checks_of(means: list[float], controls: pd.DataFrame | None = None) -> dict[str, Check]:
    """The checks of a plate with pairs of standards at 10, 20, 40 ... that read `means`."""
    nominal = 10 * 2.0 ** np.arange(len(means))
    standards = pd.DataFrame(
        {"concentration_pg_ml": np.repeat(nominal, 2), "response": np.repeat(means, 2)}
    )
    curve = fit_standard_curve(
        standards["concentration_pg_ml"],
        standards["response"],
        "log_log",
        weighting="variance_function",
        variance_function=VarianceFunction(0.005, 0.05, 4, 40, "stated"),
    )
    levels = standard_levels(curve, standards, LIMITS)
    if controls is None:
        controls = pd.DataFrame({"nominal_pg_ml": [], "recovery_percent": []}, dtype=float)
    return {check.check: check for check in plate_checks(curve, levels, controls, LIMITS)}


RISING = [0.05, 0.2, 0.4, 0.7, 1.2, 1.8, 2.4, 2.9]


def test_a_fall_at_the_highest_standard_is_a_hook_and_no_wrong_order() -> None:
    found = checks_of([*RISING[:-1], 1.6])
    assert (found["order of standards"].number, found["order of standards"].verdict) == (0, "pass")
    assert found["high-dose hook"].verdict == "warning"


@pytest.mark.parametrize("step", range(len(RISING) - 2))
def test_a_fall_at_any_lower_step_is_a_wrong_order(step: int) -> None:
    means = RISING.copy()
    means[step], means[step + 1] = means[step + 1], means[step]
    order = checks_of(means)["order of standards"]
    assert (order.number, order.limit, order.verdict) == (1, 0, "warning")


def test_every_wrong_step_below_the_highest_is_counted() -> None:
    # Turned: 0.2 and 0.4, 1.2 and 1.8, 2.4 and 2.9; the last pair is the highest step.
    order = checks_of([0.05, 0.4, 0.2, 0.7, 1.8, 1.2, 2.9, 2.4])["order of standards"]
    assert order.number == 2


def test_a_fall_within_the_scatter_is_no_wrong_order() -> None:
    """Wells at 1.2 have an SD of 0.06, so means of two differ by 0.06; z of 0.995 is 2.58."""
    for fall, count in ((0.14, 0), (0.17, 1)):
        means = [*RISING[:4], 1.2 + fall / 2, 1.2 - fall / 2, *RISING[6:]]
        assert checks_of(means)["order of standards"].number == count


# Controls


def controls_of(**recoveries: list[float]) -> dict[str, Check]:
    targets = {"low": 40.0, "middle": 100.0, "high": 250.0}
    rows: list[dict[str, Any]] = [
        {"nominal_pg_ml": targets[name], "recovery_percent": value}
        for name, values in recoveries.items()
        for value in values
    ]
    return checks_of(RISING, pd.DataFrame(rows))


@pytest.mark.parametrize("worst", ["low", "middle", "high"])
def test_the_worst_level_of_controls_decides(worst: str) -> None:
    """Four of six are good, which is enough, but none of the two at one level."""
    recoveries = {name: [100.0, 100.0] for name in ("low", "middle", "high")}
    found = controls_of(**(recoveries | {worst: [60.0, 140.0]}))
    assert found["controls"].verdict == "pass"
    assert found["controls"].number == pytest.approx(200 / 3)
    level = found["controls at each level"]
    assert (level.number, level.limit, level.verdict) == (0, 50, "fail")


def test_half_of_the_controls_at_a_level_are_enough() -> None:
    found = controls_of(low=[100.0, 60.0], high=[100.0, 100.0])
    assert found["controls"].number == pytest.approx(75)
    level = found["controls at each level"]
    assert (level.number, level.verdict) == (50, "pass")


def test_less_than_half_at_a_level_fail() -> None:
    found = controls_of(low=[100.0, 60.0, 60.0], high=[100.0, 100.0, 100.0])
    assert found["controls"].verdict == "pass"
    level = found["controls at each level"]
    assert level.number == pytest.approx(100 / 3)
    assert level.verdict == "fail"


def test_a_control_without_a_value_is_not_good() -> None:
    found = controls_of(low=[np.nan, np.nan], high=[100.0, 100.0, 100.0, 100.0])
    assert found["controls"].number == pytest.approx(200 / 3)
    assert found["controls at each level"].number == 0
