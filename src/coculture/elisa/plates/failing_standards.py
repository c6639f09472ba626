"""Standards that fail, left out of the fit by the rule of ICH M10 (2022, section 4.2).

Once, not repeatedly: what fails after the second fit stays, and counts as failing. At least
`levels_passing` standards above zero and `levels_passing_percent` of them have to remain (ICH M10:
six, and 75 %); otherwise none is left out. Anchors are never judged, and do not count.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coculture.curves.fitting import CurveError
from coculture.elisa.plates.standard_curve import StandardCurve
from coculture.elisa.plates.standard_levels import fitted_wells, standard_levels
from coculture.elisa.settings import AcceptanceLimits

KEEP, LEAVE_OUT = "keep", "leave_out"


@dataclass(frozen=True, eq=False)
class FittedStandards:
    """A curve with the standards through which it was fitted.

    Attributes
    ----------
    standards
        The wells that were fitted.
    levels
        From `standard_levels`, with those that were left out: their recovery and CV are those of
        the first fit, their verdict is fail.
    left_out
        The wells of the levels that were left out.
    kept_because
        Why failing standards were not left out, if they were to be.
    """

    curve: StandardCurve
    standards: pd.DataFrame
    levels: pd.DataFrame
    left_out: pd.DataFrame
    kept_because: str = ""

    @property
    def fitted_levels(self) -> pd.DataFrame:
        """The levels through which the curve was fitted."""
        out = self.left_out["concentration_pg_ml"]
        return self.levels[~self.levels["nominal_pg_ml"].isin(out)]


def fit_judged(
    standards: pd.DataFrame,
    fit: Callable[[pd.DataFrame], StandardCurve],
    limits: AcceptanceLimits,
    rule: str,
) -> FittedStandards:
    """Fit the standards, and with `rule` leave_out once more without those that fail.

    Parameters
    ----------
    standards
        The wells: concentration_pg_ml, response, and role.
    fit
        The curve through such wells.

    Raises
    ------
    CurveError
        If the standards do not determine a curve.
    """
    none = standards.iloc[:0]
    curve = fit(standards)
    levels = standard_levels(curve, fitted_wells(standards, curve), limits)
    fails = levels["verdict"] == "fail"
    if rule != LEAVE_OUT or not fails.any():
        return FittedStandards(curve, standards, levels, none)
    judged = int((levels["verdict"] != "not judged").sum())
    remaining = judged - int(fails.sum())
    fewest = max(limits.levels_passing, int(np.ceil(limits.levels_passing_percent * judged / 100)))
    if remaining < fewest:
        reason = f"{remaining} of {judged} would remain, and at least {fewest} have to"
        return FittedStandards(curve, standards, levels, none, reason)
    is_out = standards["concentration_pg_ml"].isin(levels.loc[fails, "nominal_pg_ml"])
    kept = standards[~is_out]
    try:
        again = fit(kept)
    except CurveError as error:
        reason = f"the others give no curve, because {error}"
        return FittedStandards(curve, standards, levels, none, reason)
    out = levels[fails]
    out = out.assign(reason=[f"left out: {reason}" for reason in out["reason"]])
    both = pd.concat([standard_levels(again, fitted_wells(kept, again), limits), out])
    both = both.sort_values("nominal_pg_ml", ignore_index=True)
    return FittedStandards(again, kept, both, standards[is_out])
