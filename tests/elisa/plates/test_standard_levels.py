"""Which standards pass (ICH M10, 2022)."""

import numpy as np
import pandas as pd
import pytest

from coculture.elisa import AcceptanceLimits, StandardCurve, fit_standard_curve
from coculture.elisa.plates.standard_levels import standard_levels

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
