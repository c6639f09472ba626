"""The checks that fail a plate by its fit and by the number of its standards."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from coculture.elisa import AcceptanceLimits, fit_standard_curve
from coculture.elisa.plates.checks import curve_fit, number_of_standards
from coculture.elisa.plates.checks.curve_data import CurveData

LEVELS = np.array([0, 9.375, 18.75, 37.5, 75, 150, 300, 600])


@pytest.fixture
def data(acceptance: AcceptanceLimits) -> Callable[..., CurveData]:
    """A plate on which so many standards pass, with so much scatter around the curve."""

    def make(passing: int, scatter: float = 0.0) -> CurveData:
        y = 3.0 + (0.05 - 3.0) / (1 + (LEVELS / 200) ** 1.2)
        y = y + scatter * np.resize([1.0, -1.0], len(y))
        verdict = ["pass"] * passing + ["fail"] * (7 - passing)
        levels = pd.DataFrame({"nominal_pg_ml": LEVELS, "verdict": ["not judged", *verdict]})
        return CurveData(fit_standard_curve(LEVELS, y), levels, pd.DataFrame(), acceptance)

    return make


@pytest.mark.parametrize(("passing", "verdict"), [(6, "pass"), (5, "fail")])
def test_six_standards_must_pass(
    data: Callable[..., CurveData], passing: int, verdict: str
) -> None:
    (result,) = number_of_standards.results(data(passing))
    assert (result.verdict, result.number, result.limit) == (verdict, passing, 6)


@pytest.mark.parametrize(("scatter", "verdict"), [(0.0, "pass"), (0.5, "fail")])
def test_a_curve_must_explain_the_standards(
    data: Callable[..., CurveData], scatter: float, verdict: str
) -> None:
    (result,) = curve_fit.results(data(7, scatter))
    assert result.verdict == verdict
