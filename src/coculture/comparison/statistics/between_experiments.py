"""Contrasts of arms that share no experiment, tested between experiments by Welch's t.

The arms of a contrast fall into groups of arms that are linked by experiments that have them. With
one group the contrast is computed inside experiments. With several, no experiment has arms of two
of them: the part of each group is computed inside its own experiments, and the means of the parts
are added, each with a variance of its own, over donors where a group has enough of them. The
degrees of freedom are those of B. L. Welch (Biometrika 34 (1947) 28) and F. E. Satterthwaite
(Biometrics Bull. 2 (1946) 110). Two groups of one arm each make Welch's t test of two samples.

Arms that share some experiments, but too few, are one group: they are not tested. Welch's test
would treat their experiments as independent, which they are not, and one more shared experiment
would change the test.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.comparison.statistics.contrasts import (
    MIN_EXPERIMENTS_BETWEEN,
    Contrast,
    Part,
    Weights,
    per_experiment_contrast,
)
from coculture.comparison.statistics.donors import Donors, replication


@dataclass(frozen=True)
class ArmGroup:
    """Arms that are linked by experiments, and the experiments that have or lack them.

    Those are the experiments with any of the arms, and those with none of the contrast's arms that
    share another arm with them. Any other experiment was made for something else.
    """

    arms: tuple[str, ...]
    experiments: tuple[str, ...]
    donors: Donors = field(default_factory=lambda: MappingProxyType({}))
    """The donor of each experiment of the study, where it is known."""


def arm_groups(
    cultured: pd.DataFrame, arms: Iterable[str], donors: Donors = MappingProxyType({})
) -> tuple[ArmGroup, ...]:
    """The arms of a contrast in groups that share no experiment, in the order of the arms.

    Parameters
    ----------
    cultured
        Experiments x arms of the study: whether the experiment has cultures of the arm, also if
        none of them has a value. A lost value does not make arms unpaired.
    donors
        The donor of each experiment, where it is known.

    Examples
    --------
    >>> cultured = pd.DataFrame({"a": [True, False], "b": [False, True]}, index=["E1", "E2"])
    >>> [group.arms for group in arm_groups(cultured, ["a", "b"])]
    [('a',), ('b',)]
    """
    left = list(dict.fromkeys(arms))
    if not left:
        return (ArmGroup((), tuple(cultured.index), donors),)
    # In plain arrays: a study asks for hundreds of contrasts, and pandas takes ten times as long.
    every = cultured.to_numpy(dtype=bool)
    place = {str(arm): column for column, arm in enumerate(cultured.columns)}
    of_contrast = [place[arm] for arm in left]
    groups: list[tuple[list[int], NDArray[np.bool_]]] = []
    waiting = of_contrast
    while waiting:
        found, grown = {waiting[0]}, True
        while grown:
            having: NDArray[np.bool_] = np.any(every[:, list(found)], axis=1)
            linked = {arm for arm in of_contrast if every[having, arm].any()} | found
            found, grown = linked, linked != found
        groups.append(([arm for arm in waiting if arm in found], having))
        waiting = [arm for arm in waiting if arm not in found]
    # An experiment beside several groups, through an arm of all, does not lack one in particular.
    beside = [every[:, every[having].any(axis=0)].any(axis=1) for _, having in groups]
    without = ~every[:, of_contrast].any(axis=1) & (np.sum(beside, axis=0) == 1)
    return tuple(
        ArmGroup(
            tuple(str(cultured.columns[arm]) for arm in of_group),
            tuple(cultured.index[having | (near & without)]),
            donors,
        )
        for (of_group, having), near in zip(groups, beside, strict=True)
    )


def entering(means: pd.DataFrame, groups: Sequence[ArmGroup]) -> "pd.Series[bool]":
    """The experiments (rows of `means`) that have every arm of one of the groups."""
    is_known = ~np.isnan(means.to_numpy(dtype=float))
    complete = [
        is_known[:, means.columns.get_indexer(pd.Index(group.arms))].all(axis=1) for group in groups
    ]
    return pd.Series(np.any(complete, axis=0), means.index, dtype=bool)


def contrast_of(means: pd.DataFrame, weights: Weights, groups: Sequence[ArmGroup]) -> Contrast:
    """The contrast inside experiments, or between them if its arms are in several groups.

    An experiment that was made for other arms is not left out.

    Parameters
    ----------
    means
        Group means, experiments x arms, on the analysis scale; NaN if an experiment lacks an arm.
    weights
        Arm to weight.
    groups
        The arms of the contrast (`arm_groups`).

    Raises
    ------
    ComparisonError
        If a weight names an arm that is not a column of `means`.
    """
    if len(groups) == 1:
        (group,) = groups
        is_whole = len(group.experiments) == len(means)
        of_group = means if is_whole else means.loc[list(group.experiments)]
        return per_experiment_contrast(of_group, weights, group.donors)
    parts = [_part(means, weights, group) for group in groups]
    variances = np.array([part.se**2 for part in parts])
    total = float(variances.sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        df = float(total**2 / (variances**2 / np.array([part.df for part in parts])).sum())
    return Contrast(
        estimate=sum(part.estimate for part in parts),
        se=float(np.sqrt(total)),
        df=df,
        values=pd.concat([part.values for part in parts]),  # noqa: PD011
        left_out={name: arms for part in parts for name, arms in part.left_out.items()},
        parts=tuple(
            _shown(part, {arm: weights[arm] for arm in group.arms})
            for part, group in zip(parts, groups, strict=True)
        ),
        donors=groups[0].donors,
    )


def _part(means: pd.DataFrame, weights: Weights, group: ArmGroup) -> Contrast:
    of_group = {arm: weights.get(arm, 0.0) for arm in group.arms}
    return per_experiment_contrast(
        means.loc[list(group.experiments)], of_group, group.donors, MIN_EXPERIMENTS_BETWEEN
    )


def _shown(part: Contrast, weights: Weights) -> Part:
    """The part with the sign that makes the weight of its first arm positive."""
    sign = -1 if next(iter(weights.values())) < 0 else 1
    values = part.values * sign  # noqa: PD011
    entered = replication(list(map(str, values.index)), part.donors, MIN_EXPERIMENTS_BETWEEN)
    return Part(sign, {arm: sign * weight for arm, weight in weights.items()}, values, entered)
