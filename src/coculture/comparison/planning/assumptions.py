"""What planning assumes of a study: the level of every arm, and the SDs between its wells.

Wells are simulated as location of the arm + experiment + experiment x arm + well, each normal, on
the logit scale for percent apoptotic and on the log scale for analytes. Where donors are tested,
donors take the place of experiments, each with as many experiments as in the study.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from coculture.comparison.design.arms import Design
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.design.joining import in_order
from coculture.comparison.quantities.quantity import Quantity
from coculture.comparison.settings import ComparisonError, ComparisonSettings
from coculture.comparison.statistics.between_experiments import ArmGroup, arm_groups
from coculture.comparison.statistics.contrasts import PooledError
from coculture.comparison.statistics.donors import MIN_DONORS, replication
from coculture.comparison.statistics.group_means import (
    GroupMeans,
    group_means,
    pooled_well_sd,
    well_values,
)
from coculture.linear_algebra import product

DECISIVE_SD = "arm"
"""The SD that is most of the scatter of a difference between arms. Only where it is stated, the
scatter counts as known."""
_PARTS = ("experiment", DECISIVE_SD, "well")
EXPERIMENTS, DONORS = "experiments", "donors"
"""What is tested, as in the result tables."""


@dataclass(frozen=True)
class Assumptions:
    """The distribution that the wells of one endpoint are simulated from.

    `location` is that of each arm on the scale of `simulated_on`; the SDs are on that scale.
    With `sd_effect` the common effect in the arms of `varying` differs between
    experiments, as the effect of a drug does. `cultured` is whether an experiment (row) of the
    study has cultures of an arm; with None every arm shares experiments with every other.

    `unit` is what is independent, "experiments" or "donors", whose mean is that of
    `experiments_of_unit` experiments; `sd_experiment` and `sd_arm` are between and inside units.
    """

    location: Mapping[str, float]
    sd_experiment: float
    sd_arm: float
    sd_well: float
    sd_effect: float = 0.0
    varying: tuple[str, ...] = ()
    cultured: pd.DataFrame | None = field(default=None, compare=False)
    unit: str = EXPERIMENTS
    experiments_of_unit: int = 1

    def groups(self, arms: Sequence[str]) -> tuple[ArmGroup, ...]:
        """These arms in groups that share no experiment."""
        if self.cultured is None:
            return (ArmGroup(tuple(arms), ()),)
        return arm_groups(self.cultured, arms)

    @cached_property
    def home(self) -> dict[str, int]:
        """The group of each arm among all arms of the study."""
        return {
            arm: number
            for number, group in enumerate(self.groups(list(self.location)))
            for arm in group.arms
        }


def assumptions_of(cultures: pd.DataFrame, settings: ComparisonSettings) -> dict[str, Assumptions]:
    """The arm means and variance components of a study, by the name of the endpoint.

    The SD between wells is pooled over all experiments x arms. The variance between experiment x
    arm is the residual variance of the block analysis minus that of wells; the variance between
    experiments is that of their means minus both.
    """
    design = Design.of(cultures, settings)
    cultures = in_order(cultures, design)
    chosen = {one.name: simulated_on(one) for one in settings.quantities}
    labels = [design.label(arm) for arm in design.arms]
    found = {}
    for subject, scale in chosen.items():
        wells = well_values(cultures, scale, settings).dropna(subset="value")
        table = group_means(cultures, scale, settings)
        every = GroupMeans.of(table, scale, labels)
        means = every.estimates.dropna(axis=1, how="all")
        if means.size:
            found[subject] = _components(wells, means, every)
    return found


def simulated_on(quantity: Quantity) -> Endpoint:
    """The scale on which wells are drawn: the logit of a percent, whose points have limits."""
    logit = (one for one in quantity.scales if one.scale == "logit")
    return quantity.primary if quantity.primary.is_ratio else next(logit, quantity.primary)


def with_stated(
    assumptions: Mapping[str, Assumptions], stated: Iterable[tuple[str, str, str]]
) -> dict[str, Assumptions]:
    """`assumptions` with some SDs replaced by those stated.

    Parameters
    ----------
    stated
        (subject, part, SD) as the user typed them: the name of an endpoint (the SD of a percent is
        on the logit scale, of a ratio of natural logarithms); part "experiment", "arm" (experiment
        x arm) or "well".

    Raises
    ------
    ComparisonError
        If a subject was not measured, if a part has another name, or if an SD is not a number of
        at least 0.

    Examples
    --------
    >>> own = {"IL-6": Assumptions({"untreated": 6.0}, 0.3, 0.15, 0.1)}
    >>> with_stated(own, [("IL-6", "well", "0.4")])["IL-6"].sd_well
    0.4
    """
    changed = dict(assumptions)
    for subject, part, sd in stated:
        if subject not in changed:
            known = ", ".join(changed) or "nothing"
            raise ComparisonError(f'"{subject}" was not measured in this study; it has {known}')
        if part not in _PARTS:
            raise ComparisonError(f'"{part}" is not a known SD; the SDs are {", ".join(_PARTS)}')
        try:
            value = float(sd)
        except ValueError:
            value = float("nan")
        if not 0 <= value < np.inf:
            raise ComparisonError(f'the SD "{sd}" of {subject} is not a number of at least 0')
        by_field = {f"sd_{part}": value}
        changed[subject] = replace(changed[subject], **by_field)  # type: ignore[arg-type]
    return changed


def _components(wells: pd.DataFrame, means: pd.DataFrame, every: GroupMeans) -> Assumptions:
    """Variance components of group means (experiments x arms), or of the means of donors.

    Arms and experiments are adjusted for each other, so that an arm that only some experiments have
    is not biased by the level of these experiments. Experiments that are not linked by arms have no
    common level: the variance between experiments is that inside each linked group.
    """
    measured = wells[wells["side"] == 0]
    well_sd = pooled_well_sd(measured)
    well = well_sd**2 if well_sd > 0 else 0.0
    of_units = every.by_unit(means)
    by_donor = replication(list(map(str, means.index)), every.donors, MIN_DONORS).are_units
    inverse_wells = 1 / measured.groupby(["experiment", "arm"]).size()
    experiments = 1
    if by_donor:
        donor = inverse_wells.index.get_level_values("experiment").map(dict(every.donors))
        of_donor = inverse_wells.groupby([donor, inverse_wells.index.get_level_values("arm")])
        inverse_wells = of_donor.sum() / of_donor.size() ** 2
        experiments = round(float(np.median(of_donor.size())))
    mean_inverse_wells = float(inverse_wells.mean()) if len(measured) else 1.0
    means = of_units
    fit = PooledError.fit(means)
    residual = fit.residual_variance if fit.df > 0 else 0.0
    between = _between_experiments(fit, means, residual)
    vectors = {arm: fit.vector({arm: 1.0}) for arm in fit.arms}
    return Assumptions(
        location={
            arm: float(means[arm].mean() if vector is None else product(vector, fit.coefficients))
            for arm, vector in vectors.items()
        },
        sd_experiment=float(np.sqrt(max(between, 0.0))),
        sd_arm=float(np.sqrt(max(residual - well * mean_inverse_wells, 0.0))),
        sd_well=float(np.sqrt(well)),
        cultured=every.cultured,
        unit=DONORS if by_donor else EXPERIMENTS,
        experiments_of_unit=max(experiments, 1),
    )


def _between_experiments(fit: PooledError, means: pd.DataFrame, residual: float) -> float:
    """The variance of the experiments' levels inside linked groups, without the residual's part."""
    levels = pd.Series([0.0, *fit.coefficients[len(fit.arms) :]], index=list(fit.experiments))
    of_groups = [
        (levels[list(group.experiments)], len(group.arms))
        for group in arm_groups(means.notna().loc[list(fit.experiments)], list(means.columns))
    ]
    df = sum(len(inside) - 1 for inside, _ in of_groups)
    excess = sum(
        (len(inside) - 1) * (float(inside.var(ddof=1)) - residual / arms)
        for inside, arms in of_groups
        if len(inside) > 1
    )
    return excess / df if df else -residual / means.shape[1]
