"""The curves of a series in every experiment that has it, and its EC50s as means of experiments."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import scipy

from coculture.comparison.design.arms import Design
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.doses.dose_curve import (
    UNKNOWN,
    DoseCurve,
    Potency,
    direction_of,
    dose_curves,
)
from coculture.comparison.doses.series import DoseSeries
from coculture.comparison.doses.trend import trend_contrast
from coculture.comparison.statistics.group_means import GroupMeans

HALF = 0.5
EFFECT_LEVEL = 0.05
"""Two-sided, of the trend without which a series has no EC50."""


@dataclass(frozen=True)
class ExperimentCurves:
    """The curve of each experiment that has a dose of a series, by its name.

    `has_effect` is whether the experiments show a trend with the dose. Curves without one are fits
    of noise, and have no EC50. With too few experiments for a test it is true.
    """

    series: DoseSeries
    endpoint: Endpoint
    direction: int
    curves: Mapping[str, DoseCurve]
    has_effect: bool = True

    @property
    def ec50(self) -> dict[str, Potency]:
        """The EC50 of each experiment, or its bound."""
        if not self.has_effect:
            return dict.fromkeys(self.curves, UNKNOWN)
        return {name: curve.ec50 for name, curve in self.curves.items()}

    @property
    def ic50(self) -> dict[str, Potency]:
        """The dose at half of each experiment's untreated mean; nothing of a rising endpoint."""
        if self.direction > 0 or not self.has_effect:
            return {}
        levels = {
            name: half_of(self.endpoint, curve.untreated) for name, curve in self.curves.items()
        }
        return {
            name: curve.dose_of_level(levels[name]) if np.isfinite(levels[name]) else UNKNOWN
            for name, curve in self.curves.items()
        }


def experiment_curves(
    series: DoseSeries, means: GroupMeans, endpoint: Endpoint, design: Design
) -> ExperimentCurves | None:
    """The curves of a series; None if no experiment has two of its levels."""
    labels = [design.label(arm) for arm in series.arms]
    control = design.label(series.control)
    values = means.mean.where(means.relation == "", np.inf).where(means.mean.notna())
    there = values[labels].notna().any(axis=1)
    there &= values[[*labels, control]].notna().sum(axis=1) >= 2
    used = values[there]
    if used.empty:
        return None
    responses = used[labels].to_numpy(dtype=float)
    untreated = (
        used[control].to_numpy(dtype=float) if series.has_untreated else np.full(len(used), np.nan)
    )
    direction = direction_of(responses, untreated)
    curves = dose_curves(np.array(series.doses), responses, untreated, direction, endpoint.bounds)
    names = [str(one) for one in used.index]
    trend = trend_contrast(means, series.labels(design))
    is_tested = trend is not None and trend.has_enough and trend.varies
    return ExperimentCurves(
        series,
        endpoint,
        direction,
        dict(zip(names, curves, strict=True)),
        has_effect=trend is None or not is_tested or trend.p <= EFFECT_LEVEL,
    )


def half_of(endpoint: Endpoint, untreated: float) -> float:
    """Half of an untreated level, on the scale of the endpoint; NaN where there is no such level.

    Of a specific effect untreated is 0, and a median signal or a percent of 0 has no half.
    """
    if endpoint.scale in ("log", "log_rest"):
        return untreated + float(np.log(HALF))
    if endpoint.scale == "logit":
        return float(scipy.special.logit(HALF * scipy.special.expit(untreated)))
    if endpoint.scale == "points" and untreated > 0:
        return HALF * untreated
    return float("nan")


def ec50_means(
    every: Mapping[str, ExperimentCurves],
    means: GroupMeans,
    potency: Callable[[ExperimentCurves], Mapping[str, Potency]] = lambda one: one.ec50,
) -> GroupMeans:
    """ln EC50 of each experiment, in the place of the means of arms.

    So that a contrast of EC50s is tested as any other, and a bound as a mean outside the range is.

    Parameters
    ----------
    every
        The curves by the name under which their series is a column.
    means
        Those of the arms, for the experiments that were cultured and their donors.
    """
    names = list(every)
    rows = means.mean.index

    def table(of: Callable[[Potency], object], missing: object) -> pd.DataFrame:
        columns = {}
        for name, curves in every.items():
            found = potency(curves)
            columns[name] = [of(found[str(one)]) if str(one) in found else missing for one in rows]
        return pd.DataFrame(columns, index=rows, columns=names)

    nothing = float("nan")
    mean = table(lambda one: float(np.log(one.value)), nothing).astype(float)
    relation = table(lambda one: one.relation, "")
    low = mean.where(relation != "<=", -np.inf).where(mean.notna())
    high = mean.where(relation != ">=", np.inf).where(mean.notna())
    return replace(
        means,
        mean=mean,
        relation=relation,
        low=low,
        high=high,
        at_limit=mean,
        cultured=table(lambda _: True, False).astype(bool),
    )
