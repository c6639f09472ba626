"""What combining the wells of a culture found: its value and the facts that the checks look at."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from coculture.exchange.flags import Concerns


@dataclass(frozen=True)
class SplitReplicates:
    """Replicates of one dilution and plate on both sides of a limit of quantification.

    Attributes
    ----------
    mean, limit
        Of the undiluted sample, in pg/mL. The mean is geometric; a replicate without a number
        counts as the limit.
    relation
        What is known of the mean: "" (itself), "above ", "below " or "near ".
    """

    limit_name: Literal["LLOQ", "ULOQ"]
    mean: float
    relation: str
    limit: float


@dataclass(frozen=True)
class DilutionChange:
    """A dilution in range against the lowest dilution in range.

    Attributes
    ----------
    ln_difference, error
        Difference of the means of ln concentration, and its standard error from the wells' scatter.
    """

    dilution: float
    ln_difference: float
    error: float


@dataclass(frozen=True)
class PlateSpread:
    """How far the plates of a culture differ.

    Attributes
    ----------
    ln_range
        Difference of ln concentration between the highest and the lowest plate.
    scatter
        Variance between the plates, as a multiple of that expected from their errors.
    """

    ln_range: float
    scatter: float


@dataclass(frozen=True)
class Bounds:
    """What the wells outside the range say about the concentration, in pg/mL; NaN for nothing."""

    at_least: float
    at_most: float

    @property
    def are_on_both_sides(self) -> bool:
        """Whether some wells are above the range and some below it."""
        return bool(np.isfinite(self.at_least) and np.isfinite(self.at_most))


@dataclass(frozen=True)
class Combination:
    """The wells of one culture and analyte, combined.

    Attributes
    ----------
    value, lower, upper, bound
        In pg/mL, as in elisa/cultures.csv.
    state
        ok, below_lloq, above_uloq, missing or excluded.
    used
        The wells that made the value or the bound.
    measured
        All wells with a reading that were not excluded.
    dilution_trend_percent
        Change from the lowest to the highest dilution in range.
    """

    concerns: Concerns
    value: float
    lower: float
    upper: float
    state: str
    bound: float
    used: pd.DataFrame
    measured: pd.DataFrame
    bounds: Bounds
    split_replicates: tuple[SplitReplicates, ...] = ()
    dilution_changes: tuple[DilutionChange, ...] = ()
    plate_spread: PlateSpread | None = None
    dilution_trend_percent: float = float("nan")
