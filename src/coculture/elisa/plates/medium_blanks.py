"""Wells of medium that was not on cells: what they read, and its subtraction from the samples.

It is subtracted from concentrations, never from optical densities: the curve is not straight.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from coculture.exchange.vocabulary import ABOVE_RANGE, BELOW_RANGE

REPORT, SUBTRACT = "report", "subtract"


@dataclass(frozen=True)
class MediumBlank:
    """The wells of one medium.

    Attributes
    ----------
    medium
        Its name in elisa.csv; may be empty.
    state
        ok, below_lloq or above_uloq, by the mean of the wells.
    concentration_pg_ml, error_pg_ml
        Mean of the undiluted medium and its standard error; NaN above the range.
    lloq_pg_ml
        The lower limit of quantification of these wells; NaN if it is not known.
    """

    medium: str
    wells: tuple[str, ...]
    state: str
    concentration_pg_ml: float
    error_pg_ml: float
    lloq_pg_ml: float

    @property
    def subtracted_pg_ml(self) -> float:
        """What is subtracted from samples: nothing below the range, NaN (unknown) above it."""
        return 0.0 if self.state == "below_lloq" else self.concentration_pg_ml

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def medium_blanks(read: pd.DataFrame) -> tuple[MediumBlank, ...]:
    """The medium blanks of a plate, one entry for each medium.

    Parameters
    ----------
    read
        The wells of one analyte on one plate, as `read_from_curve` gives them, with `medium`.
    """
    is_blank = (read["role"] == "medium_blank") & ~read["state"].isin(["excluded", "missing"])
    groups = read[is_blank].groupby("medium", sort=True)
    return tuple(_blank(str(medium), wells) for medium, wells in groups)


def without_medium(read: pd.DataFrame, blanks: tuple[MediumBlank, ...]) -> pd.DataFrame:
    """The wells with the medium of the same name subtracted from each sample.

    What then lies below LLOQ times dilution is below it. A sample without a blank that can be
    subtracted has no number (state missing). `medium_pg_ml` is what was subtracted.
    """
    parts = [read[read["role"] != "sample"]]
    by_medium = {blank.medium: blank for blank in blanks}
    for medium, samples in read[read["role"] == "sample"].groupby("medium", sort=True):
        blank = by_medium.get(str(medium))
        if blank is None or np.isnan(blank.subtracted_pg_ml):
            parts.append(_unknown(samples))
        else:
            parts.append(_subtracted(samples, blank))
    return pd.concat(parts).loc[read.index]


def _blank(medium: str, wells: pd.DataFrame) -> MediumBlank:
    """A well below the curve counts as zero."""
    dilution = wells["dilution"].astype(float)
    each = wells["in_well_pg_ml"].astype(float) * dilution
    each = each.mask(each.isna() & wells["state"].isin(BELOW_RANGE), 0.0)
    mean = float(each.mean(skipna=False))
    lloq, uloq = (float(wells[name].mean()) for name in ("lloq_pg_ml", "uloq_pg_ml"))
    own = (each * wells["ln_se_well"].astype(float)).fillna(0.0)
    shared = (each * wells["ln_se_curve"].astype(float)).fillna(0.0)
    error = float(np.hypot(np.sqrt((own**2).sum()) / len(wells), shared.mean()))
    # Limits that a reader's software does not state are NaN.
    is_above = np.isnan(mean) or mean > uloq
    return MediumBlank(
        medium=medium,
        wells=tuple(wells["well"].astype(str)),
        state="above_uloq" if is_above else "below_lloq" if mean < lloq else "ok",
        concentration_pg_ml=float("nan") if is_above else mean,
        error_pg_ml=float("nan") if is_above else error,
        lloq_pg_ml=lloq,
    )


def _subtracted(samples: pd.DataFrame, blank: MediumBlank) -> pd.DataFrame:
    """Errors add up as those of a difference; that of the blank is shared by all samples."""
    medium = blank.subtracted_pg_ml
    before = samples["concentration_pg_ml"].astype(float)
    after = before - medium
    in_well = samples["in_well_pg_ml"] - medium / samples["dilution"]
    is_ok = samples["state"] == "ok"
    falls_below = is_ok & (after < samples["lloq_pg_ml"])
    # Without an LLOQ, what is left of a sample like its medium has no bound.
    is_nothing = is_ok & ~falls_below & (after <= 0)
    after = after.mask(falls_below | is_nothing)
    error = blank.error_pg_ml if medium else 0.0
    old_well, old_curve = samples["ln_se_well"], samples["ln_se_curve"]
    of_well = old_well * before / after
    of_curve = ((old_curve * before) ** 2 + error**2) ** 0.5 / after
    quantile = np.log(samples["upper_pg_ml"] / before) / (old_well**2 + old_curve**2) ** 0.5
    factor = np.exp(quantile * (of_well**2 + of_curve**2) ** 0.5)
    is_above = samples["state"].isin(ABOVE_RANGE)
    lower = (after / factor).where(~is_above, samples["lower_pg_ml"] - medium)
    lower = lower.mask(is_above & (lower <= 0))
    upper = (after * factor).where(is_ok, samples["upper_pg_ml"])
    return samples.assign(
        medium_pg_ml=medium,
        in_well_pg_ml=in_well.where(in_well > 0),
        concentration_pg_ml=after,
        lower_pg_ml=lower,
        upper_pg_ml=upper.mask(falls_below, samples["lloq_pg_ml"]),
        ln_se_well=of_well.where(is_ok, samples["ln_se_well"]),
        ln_se_curve=of_curve.where(is_ok, samples["ln_se_curve"]),
        state=samples["state"].mask(falls_below, "below_lloq").mask(is_nothing, "missing"),
    )


def _unknown(samples: pd.DataFrame) -> pd.DataFrame:
    numbers = ["concentration_pg_ml", "lower_pg_ml", "upper_pg_ml", "medium_pg_ml"]
    state = samples["state"].where(samples["state"] == "excluded", "missing")
    return samples.assign(**dict.fromkeys(numbers, np.nan), state=state)
