"""Is a plate fit to be used: standards, range, controls, shape of the curve.

Acceptance follows ICH M10 (2022): standards within 20 % (25 % at the limits of the range) in at
least 75 % and at least six levels; controls within 20 % in two thirds of all and in half of those
at each level.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from coculture.curves.models import Floats
from coculture.distributions import normal_quantile
from coculture.elisa.plates.standard_curve import (
    HOOK_DROP_LIMIT,
    HOOK_SHORTFALL_LIMIT,
    StandardCurve,
)
from coculture.elisa.settings import AcceptanceLimits

_REVERSAL_QUANTILE = normal_quantile(0.995)
_PROFILE_POINTS = 400


@dataclass(frozen=True)
class Check:
    """One question to a plate: the number found, the limit it is held against, the verdict.

    `verdict` is pass, fail (the plate failed), warning (the plate stands) or not judged.
    """

    check: str
    number: float | None
    limit: float | None
    unit: str
    verdict: str
    explanation: str

    def sentence(self) -> str:
        """The number beside its limit.

        >>> Check("controls", 50.0, 200 / 3, "%", "fail", "").sentence()
        'controls: 50 %, limit 66.7 %'
        """
        number, limit = (
            "none" if value is None else f"{value:.3g} {self.unit}"
            for value in (self.number, self.limit)
        )
        return f"{self.check}: {number}, limit {limit}"

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


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


def standard_levels(
    curve: StandardCurve, standards: pd.DataFrame, limits: AcceptanceLimits
) -> pd.DataFrame:
    """One row a concentration of standard, the zero first.

    Parameters
    ----------
    standards
        The wells: `concentration_pg_ml` (0 for blanks) and `response`.

    Returns
    -------
    nominal_pg_ml, wells, mean_response, sd_response, mean_pg_ml (read back), recovery_percent,
    cv_percent (of the concentrations read back), verdict (pass, fail; not judged for zero) and
    reason.
    """
    read_back = curve.concentration(standards["response"])["concentration"].to_numpy(float)
    wells = pd.DataFrame(
        {
            "nominal_pg_ml": standards["concentration_pg_ml"].to_numpy(float),
            "response": standards["response"].to_numpy(float),
            "read_back": read_back,
        }
    )
    rows = []
    for level, group in wells.groupby("nominal_pg_ml", sort=True):
        nominal = float(str(level))
        mean = group["read_back"].mean(skipna=False)
        several = len(group) > 1
        rows.append(
            {
                "nominal_pg_ml": nominal,
                "wells": len(group),
                "mean_response": group["response"].mean(),
                "sd_response": group["response"].std() if several else np.nan,
                "mean_pg_ml": mean if nominal else np.nan,
                "recovery_percent": 100 * mean / nominal if nominal else np.nan,
                "cv_percent": 100 * group["read_back"].std() / mean
                if several and nominal
                else np.nan,
            }
        )
    levels = pd.DataFrame(rows)
    judged = levels["nominal_pg_ml"] > 0
    inside = _passes(levels, limits.recovery_percent, limits.cv_percent)
    at_limit = _passes(levels, limits.recovery_at_limits_percent, limits.cv_at_limits_percent)
    candidates = np.flatnonzero(judged & at_limit)
    passes = inside.copy()
    if len(candidates):
        passes.iloc[[candidates[0], candidates[-1]]] = True
    levels["verdict"] = np.where(judged, np.where(passes, "pass", "fail"), "not judged")
    levels["reason"] = [
        _reason(row, limits) if row["verdict"] == "fail" else "" for _, row in levels.iterrows()
    ]
    return levels


def quantification_range(
    curve: StandardCurve, levels: pd.DataFrame, limits: AcceptanceLimits
) -> QuantificationRange:
    """LOD, and LLOQ and ULOQ as the lowest and highest standard that pass."""
    above_zero = levels[levels["nominal_pg_ml"] > 0]
    passing = above_zero.loc[above_zero["verdict"] == "pass", "nominal_pg_ml"]
    if passing.empty:
        passing = above_zero["nominal_pg_ml"]
        rules = ("lowest standard; none passes", "highest standard; none passes")
    else:
        rules = (
            f"lowest standard within {limits.recovery_at_limits_percent:g} % and with a CV of at "
            f"most {limits.cv_at_limits_percent:g} %",
            f"highest standard within {limits.recovery_at_limits_percent:g} % and with a CV of at "
            f"most {limits.cv_at_limits_percent:g} %",
        )
    low, high = precision_profile(curve, above_zero["nominal_pg_ml"], limits)
    return QuantificationRange(
        lod=limit_of_detection(curve),
        lloq=float(passing.min()),
        uloq=float(passing.max()),
        lod_rule="response at zero plus three standard deviations of a blank well",
        lloq_rule=rules[0],
        uloq_rule=rules[1],
        precision_profile_lower=low,
        precision_profile_upper=high,
        precision_profile_rule=(
            f"where a single well is expected within a CV of "
            f"{limits.precision_profile_cv_percent:g} %"
        ),
    )


def limit_of_detection(curve: StandardCurve) -> float:
    """Concentration whose response is three standard deviations of a blank away from A."""
    if curve.model == "log_log":
        return float("nan")
    zero, infinity = curve.parameters["A"], curve.parameters["D"]
    away = 3 * float(np.sqrt(curve.well_variance(zero))) * np.sign(infinity - zero)
    return float(curve.concentration([zero + away])["concentration"].iloc[0])


def precision_profile(
    curve: StandardCurve, standards: pd.Series, limits: AcceptanceLimits
) -> tuple[float, float]:
    """Lowest and highest concentration, from half the lowest to the highest standard, at which a
    single well is precise enough (Ekins, Recent Results Cancer Res 1973)."""
    grid = np.geomspace(standards.min() / 2, standards.max(), _PROFILE_POINTS)
    read = curve.concentration(curve.response(grid))
    precise = 100 * read["se"].to_numpy(float) / grid <= limits.precision_profile_cv_percent
    if not precise.any():
        return float("nan"), float("nan")
    inside = grid[precise]
    return float(inside[0]), float(inside[-1])


def plate_checks(
    curve: StandardCurve,
    levels: pd.DataFrame,
    controls: pd.DataFrame,
    limits: AcceptanceLimits,
) -> list[Check]:
    """Everything a plate is asked; it failed if any verdict is fail.

    `controls` has the columns nominal_pg_ml and recovery_percent (NaN: no value was read).
    """
    judged = levels[levels["nominal_pg_ml"] > 0]
    passing = int((judged["verdict"] == "pass").sum())
    percent = 100 * passing / len(judged) if len(judged) else 0.0
    r_squared = curve.r_squared
    checks = [
        Check(
            "standards passing",
            percent,
            limits.levels_passing_percent,
            "%",
            "pass" if percent >= limits.levels_passing_percent else "fail",
            f"{passing} of {len(judged)} standards are read back near what was pipetted",
        ),
        Check(
            "number of standards passing",
            passing,
            limits.levels_passing,
            "levels",
            "pass" if passing >= limits.levels_passing else "fail",
            "fewer do not carry a curve",
        ),
        Check(
            "fit of the curve",
            _finite(r_squared),
            limits.r_squared,
            "R²",
            "pass" if r_squared >= limits.r_squared else "fail",
            "the part of the standards' variation that the curve explains",
        ),
        _direction(curve),
        _monotonic(curve, levels),
        _hook(curve),
    ]
    return checks + _control_checks(controls, limits)


def _passes(levels: pd.DataFrame, recovery: float, cv: float) -> pd.Series:
    near = (levels["recovery_percent"] - 100).abs() <= recovery
    return near & ~(levels["cv_percent"] > cv)


def _reason(row: pd.Series, limits: AcceptanceLimits) -> str:
    if not np.isfinite(row["recovery_percent"]):
        return "beyond the curve"
    reasons = []
    if abs(row["recovery_percent"] - 100) > limits.recovery_percent:
        reasons.append(f"recovery {row['recovery_percent']:.0f} %")
    if row["cv_percent"] > limits.cv_percent:
        reasons.append(f"CV {row['cv_percent']:.0f} %")
    return ", ".join(reasons)


def _level_errors(curve: StandardCurve, levels: pd.DataFrame) -> Floats:
    """Standard error of each level's mean response."""
    error: Floats = np.sqrt(
        curve.well_variance(levels["mean_response"].to_numpy(float))
        / levels["wells"].to_numpy(float)
    )
    return error


def _direction(curve: StandardCurve) -> Check:
    """A sandwich assay's reading rises with the concentration, a competitive one's falls."""
    return Check(
        "direction of the curve",
        curve.rising,
        1,
        "(1 rises, -1 falls)",
        "pass" if curve.rising > 0 else "warning",
        "the reading falls as the concentration rises: right for a competitive assay; in a "
        "sandwich assay the standards stand in the wrong order in elisa.csv",
    )


def _monotonic(curve: StandardCurve, levels: pd.DataFrame) -> Check:
    """Neighbouring levels in the wrong order beyond their scatter; the top step is the hook's."""
    means = curve.rising * levels["mean_response"].to_numpy(float)
    error = _level_errors(curve, levels)
    fall = means[:-1] - means[1:]
    reversed_steps = fall > _REVERSAL_QUANTILE * np.hypot(error[:-1], error[1:])
    count = int(reversed_steps[:-1].sum())
    return Check(
        "order of standards",
        count,
        0,
        "steps",
        "pass" if count == 0 else "warning",
        "steps from one standard to the next that go the wrong way by more than the wells' scatter",
    )


def _hook(curve: StandardCurve) -> Check:
    """High-dose hook: the highest standard reads lower than one below it, or than they foretell."""
    drop, shortfall = curve.hook_drop, curve.hook_shortfall
    by_drop = not drop / HOOK_DROP_LIMIT < shortfall / HOOK_SHORTFALL_LIMIT
    number, limit = (drop, HOOK_DROP_LIMIT) if by_drop else (shortfall, HOOK_SHORTFALL_LIMIT)
    below = "a lower standard" if by_drop else "the curve through the others"
    return Check(
        "high-dose hook",
        _finite(number),
        limit,
        "SD",
        "warning" if number > limit else "pass",
        f"how far the highest standard reads below {below}",
    )


def _control_checks(controls: pd.DataFrame, limits: AcceptanceLimits) -> list[Check]:
    judged = controls[controls["nominal_pg_ml"] > 0]
    explanation = f"controls within {limits.control_recovery_percent:g} % of their target"
    if judged.empty:
        return [Check("controls", None, None, "%", "not judged", "no control with a target")]
    good = (judged["recovery_percent"] - 100).abs() <= limits.control_recovery_percent
    of_all = 100 * float(good.mean())
    of_worst = 100 * float(good.groupby(judged["nominal_pg_ml"]).mean().min())
    two_thirds = 200 / 3
    return [
        Check(
            "controls",
            of_all,
            two_thirds,
            "%",
            "pass" if of_all >= two_thirds - 1e-9 else "fail",
            explanation,
        ),
        Check(
            "controls at each level",
            of_worst,
            50,
            "%",
            "pass" if of_worst >= 50 else "fail",
            f"{explanation}, at the worst level",
        ),
    ]


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
