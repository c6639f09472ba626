"""Which standards pass (ICH M10, 2022)."""

import pytest

from coculture.elisa import AcceptanceLimits
from tests.elisa.plates.square_root_curve import NOMINAL, failing, levels_read_back


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
    nominal: float, recovery: float, at_limits: bool, between: bool, acceptance: AcceptanceLimits
) -> None:
    passes = at_limits if nominal in (NOMINAL[0], NOMINAL[-1]) else between
    levels = levels_read_back({nominal: [recovery, recovery]}, acceptance)
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
    nominal: float, wells: list[float], at_limits: bool, between: bool, acceptance: AcceptanceLimits
) -> None:
    passes = at_limits if nominal in (NOMINAL[0], NOMINAL[-1]) else between
    assert failing(levels_read_back({nominal: wells}, acceptance)) == ([] if passes else [nominal])


def test_the_reason_names_recovery_and_scatter(acceptance: AcceptanceLimits) -> None:
    # The mean is 130; the standard deviation 60 / sqrt(2) = 42.4, or 32.6 % of it.
    levels = levels_read_back({10.0: [100.0, 160.0]}, acceptance)
    level = levels.set_index("nominal_pg_ml").loc[10.0]
    assert level["reason"] == "recovery 130 %, CV 33 %"
    assert level["cv_percent"] == pytest.approx(100 * 30 * 2**0.5 / 130)


def test_a_level_that_fails_by_its_scatter_alone_has_that_reason(
    acceptance: AcceptanceLimits,
) -> None:
    # The mean is nominal; the standard deviation 36 / sqrt(2) = 25.5.
    levels = levels_read_back({10.0: [82.0, 118.0]}, acceptance)
    assert levels.set_index("nominal_pg_ml").loc[10.0]["reason"] == "CV 25 %"
