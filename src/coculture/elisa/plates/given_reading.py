"""The columns of elisa/wells.csv for wells whose concentrations the reader's software gives."""

import numpy as np
import pandas as pd

from coculture.curves.variance_function import UPPER_TAIL
from coculture.distributions import normal_quantile
from coculture.exchange.vocabulary import ABOVE_RANGE, BELOW_RANGE


def read_as_given(wells: pd.DataFrame, cv: float) -> pd.DataFrame:
    """The same columns as `read_from_curve`, without a curve.

    The file says nothing about the error of a well: its 95 % limits are those of the coefficient of
    variation `cv` (a share), which is assumed. A concentration of zero has no logarithm: it is
    below the lower limit of the file, or missing if no well shows that limit.

    Parameters
    ----------
    wells
        Rows of one analyte and plate with the columns of `given_readings`.
    """
    state = wells["state"].to_numpy(dtype=object).copy()
    dilution = wells["dilution"].to_numpy(float)
    given = wells["given_pg_ml"].to_numpy(float)
    lloq = wells["given_lloq_pg_ml"].to_numpy(float) * dilution
    uloq = wells["given_uloq_pg_ml"].to_numpy(float) * dilution
    bound = wells["given_bound_pg_ml"].to_numpy(float)
    is_zero = (state == "ok") & (given <= 0)
    state[is_zero] = np.where(np.isfinite(lloq[is_zero]), "below_lloq", "missing")
    bound = np.where(is_zero, lloq, bound)
    state[(wells["excluded"] != "").to_numpy()] = "excluded"
    is_ok, below, above = state == "ok", np.isin(state, BELOW_RANGE), np.isin(state, ABOVE_RANGE)
    concentration = np.where(is_ok, given, np.nan)
    factor = np.exp(normal_quantile(UPPER_TAIL) * cv)
    nominal = wells["concentration_pg_ml"].to_numpy(float)
    target = np.where(nominal > 0, nominal, np.nan)
    return wells.assign(
        nominal_pg_ml=nominal,
        in_well_pg_ml=np.where(is_zero, np.nan, given) / dilution,
        concentration_pg_ml=concentration,
        lower_pg_ml=np.where(is_ok, concentration / factor, np.where(above, bound, np.nan)),
        upper_pg_ml=np.where(is_ok, concentration * factor, np.where(below, bound, np.nan)),
        recovery_percent=100 * concentration / target,
        lloq_pg_ml=lloq,
        uloq_pg_ml=uloq,
        ln_se_curve=np.where(is_ok, 0.0, np.nan),
        ln_se_well=np.where(is_ok, cv, np.nan),
        state=state.astype(str),
        flags="",
    )
