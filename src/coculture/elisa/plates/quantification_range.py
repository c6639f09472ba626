"""The range in which concentrations can be read from a curve: LOD, LLOQ and ULOQ."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from coculture.curves.fitted_curve import FittedCurve
from coculture.curves.variance_function import VarianceFunction
from coculture.elisa.settings import AcceptanceLimits

_PROFILE_POINTS = 400
"""Concentrations, evenly spaced on the log scale: steps of about 1 % over two decades."""


@dataclass(frozen=True)
class QuantificationRange:
    """Limits of detection and quantification in the unit of the standards, with their rules."""

    lod: float
    lloq: float
    uloq: float
    lod_rule: str
    lloq_rule: str
    uloq_rule: str
    precision_profile_lower: float
    precision_profile_upper: float
    precision_profile_rule: str

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def quantification_range(
    curve: FittedCurve,
    levels: pd.DataFrame,
    limits: AcceptanceLimits,
    scatter: VarianceFunction,
) -> QuantificationRange:
    """The LOD, and as LLOQ and ULOQ the lowest and the highest standard that pass.

    `scatter` is that of the samples' wells.
    """
    judged = levels[levels["verdict"] != "not judged"]
    passing = judged.loc[judged["verdict"] == "pass", "nominal_pg_ml"]
    if passing.empty:
        passing = judged["nominal_pg_ml"]
        rules = ("lowest standard; none passes", "highest standard; none passes")
    else:
        rules = (
            f"lowest standard within {limits.recovery_at_limits_percent:g} % and with a CV of at "
            f"most {limits.cv_at_limits_percent:g} %",
            f"highest standard within {limits.recovery_at_limits_percent:g} % and with a CV of at "
            f"most {limits.cv_at_limits_percent:g} %",
        )
    low, high = precision_profile(curve, judged["nominal_pg_ml"], limits, scatter)
    return QuantificationRange(
        lod=limit_of_detection(curve, scatter),
        lloq=float(passing.min()),
        uloq=float(passing.max()),
        lod_rule="response at zero plus three standard deviations of a blank well",
        lloq_rule=rules[0],
        uloq_rule=rules[1],
        precision_profile_lower=low,
        precision_profile_upper=high,
        precision_profile_rule=(
            f"concentrations at which a single well has an expected CV of at most "
            f"{limits.precision_profile_cv_percent:g} %"
        ),
    )


def limit_of_detection(curve: FittedCurve, scatter: VarianceFunction) -> float:
    """The concentration whose response differs from A by three standard deviations of a blank.

    NaN for a log-log line, and if that response is beyond the curve.
    """
    if curve.model == "log_log":
        return float("nan")
    zero, infinity = curve.parameters["A"], curve.parameters["D"]
    away = 3 * float(np.sqrt(scatter.variance(zero))) * np.sign(infinity - zero)
    return float(curve.inverse([zero + away])[0])


def precision_profile(
    curve: FittedCurve, standards: pd.Series, limits: AcceptanceLimits, scatter: VarianceFunction
) -> tuple[float, float]:
    """Lowest and highest concentration at which a single well is precise enough; NaN if none is.

    It is searched from half the lowest to the highest standard (Ekins, Recent Results Cancer Res,
    1973).
    """
    grid = np.geomspace(standards.min() / 2, standards.max(), _PROFILE_POINTS)
    read = curve.concentration(curve.response(grid), scatter)
    precise = 100 * read["se"].to_numpy(float) / grid <= limits.precision_profile_cv_percent
    if not precise.any():
        return float("nan"), float("nan")
    inside = grid[precise]
    return float(inside[0]), float(inside[-1])
