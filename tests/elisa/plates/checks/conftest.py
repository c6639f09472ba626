"""What the tests of checks share: plates of known standards, and the results of all checks."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from coculture.elisa import AcceptanceLimits, VarianceFunction, fit_standard_curve
from coculture.elisa.plates.checks import curve_results
from coculture.elisa.plates.checks.check_result import CheckResult
from coculture.elisa.plates.checks.curve_data import CurveData
from coculture.elisa.plates.standard_levels import standard_levels

RISING = (0.05, 0.2, 0.4, 0.7, 1.2, 1.8, 2.4, 2.9)


@pytest.fixture
def rising() -> list[float]:
    """Mean responses of sound standards."""
    return list(RISING)


@pytest.fixture
def checks_of(acceptance: AcceptanceLimits) -> Callable[..., dict[str, CheckResult]]:
    """The checks, by code, of a plate with pairs of standards at 10, 20, 40 ... of given means."""

    def results(means: list[float], controls: pd.DataFrame | None = None) -> dict[str, CheckResult]:
        nominal = 10 * 2.0 ** np.arange(len(means))
        standards = pd.DataFrame(
            {"concentration_pg_ml": np.repeat(nominal, 2), "response": np.repeat(means, 2)}
        )
        curve = fit_standard_curve(
            standards["concentration_pg_ml"],
            standards["response"],
            "log_log",
            weighting="variance_function",
            variance_function=VarianceFunction(0.005, 0.05, 4, 38, "stated"),
        )
        levels = standard_levels(curve, standards, acceptance)
        if controls is None:
            controls = pd.DataFrame({"nominal_pg_ml": [], "recovery_percent": []}, dtype=float)
        found = curve_results(CurveData(curve, levels, controls, acceptance))
        return {result.code: result for result in found}

    return results
