"""Standards on the curve y = sqrt(x), which reads a response of r back as r^2."""

import numpy as np
import pandas as pd

from coculture.elisa import AcceptanceLimits, StandardCurve, fit_standard_curve
from coculture.elisa.plates.standard_levels import standard_levels

NOMINAL = (1.0, 10.0, 100.0, 1000.0)


def square_root() -> StandardCurve:
    """The curve."""
    x = np.array([*NOMINAL, 10000.0])
    return fit_standard_curve(x, np.sqrt(x), "log_log")


def levels_read_back(
    percent: dict[float, list[float]], acceptance: AcceptanceLimits
) -> pd.DataFrame:
    """Levels whose wells are read back at these percentages of nominal; 100 where not given."""
    rows = [
        {"concentration_pg_ml": nominal, "response": (nominal * value / 100) ** 0.5}
        for nominal in NOMINAL
        for value in percent.get(nominal, [100.0, 100.0])
    ]
    return standard_levels(square_root(), pd.DataFrame(rows), acceptance)


def failing(levels: pd.DataFrame) -> list[float]:
    """The nominal concentrations of the levels that fail."""
    nominal: list[float] = levels.loc[levels["verdict"] == "fail", "nominal_pg_ml"].tolist()
    return nominal
