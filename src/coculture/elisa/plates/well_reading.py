"""What a plate's curve says of each of its wells: concentration, limits, state and flags."""

from typing import Any

import numpy as np
import pandas as pd

from coculture.elisa.plates.quality import QuantificationRange
from coculture.elisa.plates.standard_curve import StandardCurve
from coculture.elisa.plates.well_states import STANDARD_ROLES
from coculture.elisa.settings import ElisaSettings
from coculture.exchange.vocabulary import ABOVE_RANGE, BELOW_RANGE

FROM_CURVE = (
    "in_well_pg_ml",
    "concentration_pg_ml",
    "lower_pg_ml",
    "upper_pg_ml",
    "recovery_percent",
    "lloq_pg_ml",
    "uloq_pg_ml",
    "ln_se_curve",
    "ln_se_well",
)
"""The numbers of elisa/wells.csv that only a curve can give."""

PLATE_FAILED = "plate failed"
"""How the flag of every well of a failed plate begins."""

_LEAST_WEIGHT_PERCENT = 10
"""A standard well that the fit gives less of the usual weight than this is called an outlier."""


def read_from_curve(
    wells: pd.DataFrame, curve: StandardCurve, span: QuantificationRange
) -> pd.DataFrame:
    """The columns of elisa/wells.csv for the wells of one analyte that has a curve, flags apart."""
    response = wells["response"].to_numpy(float).copy()
    response[(wells["state"] == "overflow").to_numpy()] = np.inf
    read = curve.concentration(response)
    within = read["concentration"].to_numpy(float)
    dilution = wells["dilution"].to_numpy(float)
    role = wells["role"]
    is_standard = role.isin(STANDARD_ROLES).to_numpy()
    state = read["state"].to_numpy(dtype=object).copy()
    judged = (state == "ok") & ~is_standard
    state[judged & (within < span.lloq)] = "below_lloq"
    state[judged & (within > span.uloq)] = "above_uloq"
    state[(wells["excluded"] != "").to_numpy()] = "excluded"
    zero = is_standard & ~(wells["concentration_pg_ml"] > 0).to_numpy()
    ok = (state == "ok") & ~zero
    below = np.isin(state, BELOW_RANGE) & ~is_standard
    above = np.isin(state, ABOVE_RANGE) & ~is_standard
    ln_se_curve = read["se_curve"].to_numpy(float) / within
    ln_se = read["se"].to_numpy(float) / within
    nominal = wells["concentration_pg_ml"].to_numpy(float)
    target = np.where(nominal > 0, nominal, np.nan)
    concentration = np.where(ok, within * dilution, np.nan)
    lower = np.where(ok, read["lower"] * dilution, np.where(above, span.uloq * dilution, np.nan))
    upper = np.where(ok, read["upper"] * dilution, np.where(below, span.lloq * dilution, np.nan))
    return wells.assign(
        nominal_pg_ml=nominal,
        in_well_pg_ml=within,
        concentration_pg_ml=concentration,
        lower_pg_ml=lower,
        upper_pg_ml=upper,
        recovery_percent=100 * concentration / target,
        lloq_pg_ml=span.lloq * dilution,
        uloq_pg_ml=span.uloq * dilution,
        ln_se_curve=ln_se_curve,
        ln_se_well=np.sqrt(np.maximum(ln_se**2 - ln_se_curve**2, 0)),
        state=state.astype(str),
        flags="",
    )


def well_flags(
    read: pd.DataFrame,
    curve: StandardCurve,
    standards: pd.DataFrame,
    settings: ElisaSettings,
    reasons: list[str],
) -> list[str]:
    """What is doubtful about each well, each flag with its number and limit, joined by "; "."""
    keys = ["role", "nominal_pg_ml", "culture", "dilution"]
    ok = read[read["state"] == "ok"]
    groups = ok.groupby(keys, dropna=False)["concentration_pg_ml"]
    cv = 100 * groups.transform("std") / groups.transform("mean")
    limit = settings.limits.cv_percent
    differing = {
        row: f"replicates differ (CV {value:.0f} %, limit {limit:g} %)"
        for row, value in cv[cv > limit].items()
    }
    outliers = _outliers(curve, standards) if settings.outlier_wells == "bisquare" else {}
    failed = plate_failed(reasons) if reasons else ""
    return [
        "; ".join(filter(None, [failed, differing.get(row, ""), outliers.get(row, "")]))
        for row in read.index
    ]


def plate_failed(reasons: list[str]) -> str:
    """The flag of every well of a plate that failed for these reasons."""
    return f"{PLATE_FAILED} ({', and '.join(reasons)})"


def _outliers(curve: StandardCurve, standards: pd.DataFrame) -> dict[Any, str]:
    """The flag of each standard well that the biweight all but left out."""
    full = 1 / curve.well_variance(curve.response(curve.concentrations))
    ratio = curve.weights / full
    percent = pd.Series(100 * ratio / np.median(ratio), index=standards.index)
    return {
        row: f"outlier ({value:.0f} % of the usual weight, limit {_LEAST_WEIGHT_PERCENT} %)"
        for row, value in percent[percent < _LEAST_WEIGHT_PERCENT].items()
    }


def without_curve(wells: pd.DataFrame) -> pd.DataFrame:
    """The same columns for wells that no curve reads."""
    filled = wells.assign(nominal_pg_ml=wells["concentration_pg_ml"], flags="")
    filled[list(FROM_CURVE)] = np.nan
    filled["state"] = np.where(wells["excluded"] != "", "excluded", "missing")
    return filled
