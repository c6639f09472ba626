"""The wells of a plate read from its curve: concentration, limits and state."""

import numpy as np
import pandas as pd

from coculture.curves.fitted_curve import FittedCurve
from coculture.elisa.plates.quantification_range import QuantificationRange
from coculture.elisa.plates.roles import STANDARD_ROLES
from coculture.elisa.plates.scatter import Scatter
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
"""The columns of elisa/wells.csv that need a curve."""


def read_from_curve(
    wells: pd.DataFrame, curve: FittedCurve, span: QuantificationRange, scatter: Scatter
) -> pd.DataFrame:
    """The columns of elisa/wells.csv for the wells of one analyte, with `flags` still empty.

    A well outside the range has no concentration; its limit on that side is the bound, LLOQ or ULOQ
    times the dilution.
    """
    response = wells["response"].to_numpy(float).copy()
    response[(wells["state"] == "overflow").to_numpy()] = np.inf
    read = curve.concentration(response, scatter.wells)
    within = curve.inverse(response)
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


def without_curve(wells: pd.DataFrame) -> pd.DataFrame:
    """The same columns for wells without a curve: their concentrations are missing."""
    filled = wells.assign(nominal_pg_ml=wells["concentration_pg_ml"], flags="")
    filled[list(FROM_CURVE)] = np.nan
    filled["state"] = np.where(wells["excluded"] != "", "excluded", "missing")
    return filled
