"""Simulated group means, and the tests of a finding on many simulated studies at once.

They are analysed as the study is: group means in percent or logs, the contrast inside each
experiment, one-sample t; or Welch's t for arms that share no experiment.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.findings.claims import Claim
from coculture.comparison.planning.assumptions import Assumptions
from coculture.comparison.statistics.between_experiments import arm_groups
from coculture.comparison.statistics.contrasts import MIN_EXPERIMENTS, MIN_EXPERIMENTS_BETWEEN
from coculture.linear_algebra import weighted_sum

Values = NDArray[np.float64]


def draw_group_means(
    assumptions: Assumptions,
    endpoint: Endpoint,
    experiments: int,
    wells: int | NDArray[np.int_],
    runs: int,
    rng: np.random.Generator,
) -> Values:
    """Simulated group means on the analysis scale: runs x experiments x arms (as in `location`).

    `wells` may differ between experiments x arms (an array of that shape); 0 gives NaN.
    """
    arms = len(assumptions.location)
    number = np.broadcast_to(np.asarray(wells), (experiments, arms))
    varying = np.array([arm in assumptions.varying for arm in assumptions.location])
    of_group = (
        np.array(list(assumptions.location.values()))
        + rng.normal(0, assumptions.sd_experiment, (runs, experiments, 1))
        + rng.normal(0, assumptions.sd_effect, (runs, experiments, 1)) * varying
        + rng.normal(0, assumptions.sd_arm, (runs, experiments, arms))
    )
    total = np.zeros((runs, experiments, arms))
    for well in range(int(number.max())):
        value = of_group + rng.normal(0, assumptions.sd_well, of_group.shape)
        total += np.where(number > well, _on_analysis_scale(value, endpoint), 0.0)
    with np.errstate(invalid="ignore"):
        return total / np.where(number > 0, number, np.nan)


def holds(claim: Claim, means: Values, arms: Sequence[str]) -> NDArray[np.bool_]:
    """Whether the claim holds at its level in each run (`ratios`)."""
    return ratios(claim, means, arms) <= 1


def ratios(claim: Claim, means: Values, arms: Sequence[str]) -> Values:
    """p / level of the claim in each run, by the test that the study would have.

    That is a one-sample t over experiments, or Welch's t if the arms of the claim fall into groups
    that share no experiment; with too few experiments it is infinite.

    `means` is runs x experiments x arms, without bounds. An experiment that lacks an arm of the
    claim (NaN) must lack it in every run.
    """
    there = pd.DataFrame(~np.isnan(means[0]), columns=list(arms))
    groups = arm_groups(there, [arm for arm, weight in claim.weights.items() if weight])
    least = MIN_EXPERIMENTS_BETWEEN if len(groups) > 1 else MIN_EXPERIMENTS
    estimate, variances, dfs = -claim.margin, [], []
    for group in groups:
        used = [list(arms).index(arm) for arm in group.arms]
        weights = np.array([claim.weights[arm] for arm in group.arms])
        values = (means[:, :, used] * weights).sum(axis=2)
        values = values[:, ~np.isnan(values[0])]
        n = values.shape[1]
        if n < least:
            return np.full(len(means), np.inf)
        estimate = estimate + values.mean(axis=1)
        variances.append(values.var(axis=1, ddof=1) / n)
        dfs.append(n - 1)
    variance = np.sum(variances, axis=0)
    # Without variation there is no evidence.
    varies = variance > 0
    t = np.divide(estimate, np.sqrt(variance), out=np.zeros(len(variance)), where=varies)
    squares = np.sum([part**2 / df for part, df in zip(variances, dfs, strict=True)], axis=0)
    df = np.divide(variance**2, squares, out=np.ones(len(variance)), where=varies)
    p = scipy.special.stdtr(df, t if claim.side == "less" else -t)
    return np.asarray(p / claim.level)


def contrast_variances(
    weights: Mapping[str, float],
    assumptions: Assumptions,
    endpoint: Endpoint,
    wells: int,
    seed: int,
    draws: int = 20_000,
) -> tuple[float, ...]:
    """The variance between experiments of a weighted sum of arms, on the analysis scale.

    One for each group of arms that shares no experiment with the others; between donors, if these
    are the unit of `assumptions`. `wells` are those of an experiment. Estimated from `draws`
    simulated experiments, so to 2 %.
    """
    rng = np.random.default_rng(seed)
    each = wells * assumptions.experiments_of_unit
    means = draw_group_means(assumptions, endpoint, 1, each, draws, rng)[:, 0, :]
    arms = list(assumptions.location)
    used = [arm for arm, weight in weights.items() if weight]
    sums = [
        weighted_sum(
            (means[:, arms.index(arm)] for arm in group.arms), map(weights.__getitem__, group.arms)
        )
        for group in assumptions.groups(used)
    ]
    return tuple(float(np.var(each, ddof=1)) for each in sums)


def location_of_mean(percent: float, sd: float) -> float:
    """The logit location at which the mean percent of normal logits with `sd` is `percent`.

    >>> round(location_of_mean(8.0, 0.0), 4), round(location_of_mean(8.0, 0.5), 4)
    (-2.4423, -2.5454)
    """

    def excess(location: float) -> float:
        return mean_of_location(location, sd) - percent

    return float(scipy.optimize.brentq(excess, -30, 30, xtol=1e-12))


def mean_of_location(location: float, sd: float) -> float:
    """The mean percent of normal logits with this mean and SD.

    >>> round(mean_of_location(-2.5454, 0.5), 3)
    8.0
    """
    node, weight = np.polynomial.hermite_e.hermegauss(40)
    value = scipy.special.expit(location + sd * node)
    return float(100 * (weight * value).sum() / weight.sum())


def is_drawn_as_logit(endpoint: Endpoint) -> bool:
    """Whether a percent that is analysed in points is drawn on the logit scale."""
    return endpoint.scale == "points" and bool(endpoint.columns.count)


def _on_analysis_scale(values: Values, endpoint: Endpoint) -> Values:
    """Values as drawn (`simulated_on`) on the scale that is analysed."""
    if is_drawn_as_logit(endpoint):
        return np.asarray(100 * scipy.special.expit(values))
    return values
