"""The limits of quantification: the lowest and the highest standard that pass."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from coculture.elisa import (
    AcceptanceLimits,
    ElisaSettings,
    StandardCurve,
    VarianceFunction,
    fit_standard_curve,
    quantify_plate,
)
from coculture.elisa.plates.quantification_range import quantification_range
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


KNOWN = VarianceFunction(0.005, 0.05, 4, 40, "stated")
Settings = Callable[..., ElisaSettings]
Readings = Callable[..., pd.DataFrame]


def multiply(wells: pd.DataFrame, rows: pd.Series, factor: float) -> None:
    """Multiply the responses of some rows."""
    wells["response"] = wells["response"].mask(rows, wells["response"] * factor)


def by_well(wells: pd.DataFrame, culture: str) -> pd.DataFrame:
    return wells[wells["culture"] == culture].set_index("dilution")


def test_a_failing_lowest_standard_raises_the_lloq(settings: Settings, readings: Readings) -> None:
    wells = readings({"c1": 120.0}, dilutions=(10,))
    multiply(wells, wells["concentration_pg_ml"] == 9.375, 1.4)
    plate = quantify_plate(wells, settings(), KNOWN)
    limits = plate.curve["IL-6"]["limits"]
    assert limits["lloq"] == 18.75
    assert limits["lloq_rule"].startswith("lowest standard within 25 %")
    assert by_well(plate.wells, "c1").loc[10, "state"] == "below_lloq"


def test_the_limit_of_detection_is_three_deviations_of_a_blank(
    settings: Settings, readings: Readings
) -> None:
    entry = quantify_plate(readings(), settings(), KNOWN).curve["IL-6"]
    curve = StandardCurve.from_dict(entry["fit"])
    at_zero = curve.parameters["A"]
    expected = at_zero + 3 * float(np.sqrt(KNOWN.variance(at_zero)))
    assert float(curve.response(entry["limits"]["lod"])) == pytest.approx(expected)
