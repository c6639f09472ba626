"""A dose over all experiments: EC50 or IC50, of which some experiments may give only a bound."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coculture.comparison.doses.dose_curve import Potency
from coculture.comparison.statistics.censored_interval import censored_interval
from coculture.comparison.statistics.contrasts import Contrast, per_experiment_contrast
from coculture.comparison.statistics.donors import Donors
from coculture.exchange.vocabulary import many

_SIDES = {"": 0, ">=": 1, "<=": -1}


@dataclass(frozen=True)
class MeanPotency:
    """The geometric mean of a dose over experiments, with its 95 % interval.

    Attributes
    ----------
    value, lower, upper
        NaN where there is none. Without bounds the t interval over experiments, or donors where
        they are tested; with bounds that of the censored likelihood.
    relation
        ">=" or "<=" if the value is only a bound: all experiments at their limit.
    n, bounds
        Experiments that entered, and those of them that give only a bound.
    note
        What the number is, or why there is none.
    """

    value: float
    lower: float
    upper: float
    relation: str
    n: int
    bounds: int
    note: str = ""


def mean_potency(every: Mapping[str, Potency], donors: Donors) -> MeanPotency:
    """The mean over experiments; those without a value or a bound (NaN) do not enter.

    With bounds and fewer than three values, or where donors are tested, the mean is itself a bound,
    if all bounds are on one side.
    """
    known = {name: one for name, one in every.items() if np.isfinite(one.value)}
    nothing = float("nan")
    if not known:
        return MeanPotency(nothing, nothing, nothing, "", 0, 0)
    values = np.log([one.value for one in known.values()])
    side = np.array([_SIDES[one.relation] for one in known.values()])
    n, bounds = len(known), int(np.count_nonzero(side))
    contrast = mean_over_experiments(dict(zip(known, values.tolist(), strict=True)), donors)
    if not bounds:
        ends = contrast.ci95 if contrast.has_enough else (nothing, nothing)
        value, lower, upper = np.exp([contrast.estimate, *ends]).tolist()
        return MeanPotency(value, lower, upper, "", n, 0)
    outside = f"{many(bounds, 'experiment')} beyond the doses where it can be read"
    if contrast.unit == "experiments":
        beyond = np.log([one.fitted_beyond for one in known.values()])
        mean, lower, upper = censored_interval(np.where(np.isfinite(beyond), beyond, values), side)
        if np.isfinite(mean):
            limits = [end if np.isfinite(end) else nothing for end in (lower, upper)]
            value, lower, upper = np.exp([mean, *limits]).tolist()
            return MeanPotency(value, lower, upper, "", n, bounds, f"censored estimate: {outside}")
    sides = {int(one) for one in side if one}
    if len(sides) > 1:
        note = f"bounds on both sides: {outside}"
        return MeanPotency(nothing, nothing, nothing, "", n, bounds, note)
    relation = ">=" if sides == {1} else "<="
    value = float(np.exp(values.mean()))
    return MeanPotency(
        value,
        nothing,
        nothing,
        relation,
        n,
        bounds,
        f"a bound of the mean of these experiments: {outside}",
    )


def mean_over_experiments(values: Mapping[str, float], donors: Donors) -> Contrast:
    """The mean of one number of each experiment, or of the donors' means where they are tested."""
    table = pd.DataFrame({"value": list(values.values())}, index=list(values))
    return per_experiment_contrast(table, {"value": 1.0}, donors)
