"""Each standard read back from its curve, and whether it passes (ICH M10, 2022, section 4.2)."""

import numpy as np
import pandas as pd

from coculture.curves.fitted_curve import FittedCurve
from coculture.elisa.plates.roles import ANCHOR
from coculture.elisa.settings import AcceptanceLimits


def standard_levels(
    curve: FittedCurve, standards: pd.DataFrame, limits: AcceptanceLimits
) -> pd.DataFrame:
    """One row for each concentration of the standard, zero first.

    Parameters
    ----------
    standards
        The wells: `concentration_pg_ml` (0 for blanks), `response`, and `role` if some are anchors;
        without those that a robust fit left out.

    Returns
    -------
    nominal_pg_ml, wells, mean_response, sd_response, mean_pg_ml (read back), recovery_percent,
    cv_percent (of the concentrations read back), verdict (pass, fail; not judged for zero
    and anchors) and reason.
    """
    read_back = curve.inverse(standards["response"])
    wells = pd.DataFrame(
        {
            "nominal_pg_ml": standards["concentration_pg_ml"].to_numpy(float),
            "response": standards["response"].to_numpy(float),
            "read_back": read_back,
            "is_anchor": standards["role"].eq(ANCHOR).to_numpy() if "role" in standards else False,
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
    anchors = wells.loc[wells["is_anchor"], "nominal_pg_ml"]
    judged = (levels["nominal_pg_ml"] > 0) & ~levels["nominal_pg_ml"].isin(anchors)
    inside = _passes(levels, limits.recovery_percent, limits.cv_percent)
    at_limit = _passes(levels, limits.recovery_at_limits_percent, limits.cv_at_limits_percent)
    candidates = np.flatnonzero(judged & at_limit)
    if curve.undecided_level is not None:
        undecided = levels["nominal_pg_ml"] == curve.undecided_level
        inside, at_limit = inside & ~undecided, at_limit & ~undecided
        candidates = np.flatnonzero(judged & at_limit)
    passes = inside.copy()
    if len(candidates):
        passes.iloc[[candidates[0], candidates[-1]]] = True
    levels["verdict"] = np.where(judged, np.where(passes, "pass", "fail"), "not judged")
    levels["reason"] = [
        _reason(row, limits, curve.undecided_level) if row["verdict"] == "fail" else ""
        for _, row in levels.iterrows()
    ]
    return levels


def _passes(levels: pd.DataFrame, recovery: float, cv: float) -> pd.Series:
    near = (levels["recovery_percent"] - 100).abs() <= recovery
    return near & ~(levels["cv_percent"] > cv)


def _reason(row: pd.Series, limits: AcceptanceLimits, undecided: float | None) -> str:
    if row["nominal_pg_ml"] == undecided:
        return "its wells disagree, and it is not known which is right"
    if not np.isfinite(row["recovery_percent"]):
        return "beyond the curve"
    reasons = []
    if abs(row["recovery_percent"] - 100) > limits.recovery_percent:
        reasons.append(f"recovery {row['recovery_percent']:.0f} %")
    if row["cv_percent"] > limits.cv_percent:
        reasons.append(f"CV {row['cv_percent']:.0f} %")
    return ", ".join(reasons)


def fitted_wells(standards: pd.DataFrame, curve: FittedCurve) -> pd.DataFrame:
    """The standards without those that the robust fit left out."""
    return standards.drop(index=offered_wells(standards, curve).index[list(curve.left_out)])


def offered_wells(standards: pd.DataFrame, curve: FittedCurve) -> pd.DataFrame:
    """The standards in the order of the curve's wells: a log-log line has none at or below zero."""
    if curve.model != "log_log":
        return standards
    return standards[(standards["concentration_pg_ml"] > 0) & (standards["response"] > 0)]
