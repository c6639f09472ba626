"""What combining the wells of a culture found: its value and the facts that the checks look at."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coculture.elisa.plates.dilution_groups import DilutionGroup
from coculture.elisa.plates.dilution_vote import Verdict
from coculture.exchange.flags import Concerns


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


def bounds_of(groups: Iterable[DilutionGroup]) -> Bounds:
    """The strictest bounds of the dilutions outside the range."""
    known = list(groups)
    below = [group.value for group in known if group.state == "below"]
    above = [group.value for group in known if group.state == "above"]
    return Bounds(at_least=max(above, default=np.nan), at_most=min(below, default=np.nan))


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
    groups
        The dilutions on each plate.
    verdicts
        Which of them are believed, one for each plate.
    dilution_trend_percent
        Change from the lowest to the highest dilution in range.
    failed_plates
        Plates whose wells are not used (nor are among `measured`), because they fail and others
        have the culture.
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
    groups: tuple[DilutionGroup, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    plate_spread: PlateSpread | None = None
    dilution_trend_percent: float = float("nan")
    failed_plates: tuple[str, ...] = ()
