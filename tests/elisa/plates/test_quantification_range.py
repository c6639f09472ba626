"""The limits of quantification: the lowest and the highest standard that pass."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from coculture.elisa import (
    AcceptanceLimits,
    ElisaSettings,
    StandardCurve,
    quantify_plate,
)
from coculture.elisa.plates.quantification_range import quantification_range
from tests.elisa.known_scatter import FUNCTION, KNOWN
from tests.elisa.plates.square_root_curve import failing, levels_read_back, square_root


def test_the_lowest_and_the_highest_level_may_both_be_24_percent_off(
    acceptance: AcceptanceLimits,
) -> None:
    levels = levels_read_back({1.0: [76.0], 1000.0: [124.0]}, acceptance)
    assert failing(levels) == []
    span = quantification_range(square_root(), levels, acceptance, FUNCTION)
    assert (span.lloq, span.uloq) == (1.0, 1000.0)


@pytest.mark.parametrize(
    ("outer", "inner", "lloq", "uloq"), [(1.0, 10.0, 10.0, 1000.0), (1000.0, 100.0, 1.0, 100.0)]
)
def test_the_level_beside_a_failing_outer_one_becomes_the_limit(
    outer: float, inner: float, lloq: float, uloq: float, acceptance: AcceptanceLimits
) -> None:
    """It is then the lowest or highest of the range, and may be 25 % off."""
    levels = levels_read_back({outer: [130.0], inner: [124.0]}, acceptance)
    assert failing(levels) == [outer]
    span = quantification_range(square_root(), levels, acceptance, FUNCTION)
    assert (span.lloq, span.uloq) == (lloq, uloq)


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
    expected = at_zero + 3 * float(np.sqrt(FUNCTION.variance(at_zero)))
    assert float(curve.response(entry["limits"]["lod"])) == pytest.approx(expected)
