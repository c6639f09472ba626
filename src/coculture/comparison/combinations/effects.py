"""The effects of crossed drugs in each experiment, as fractions above untreated."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from coculture.comparison.combinations.crossed import CrossedDrugs
from coculture.comparison.design.arms import Arm, Design
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.doses.dose_curve import DoseCurve, dose_curves
from coculture.comparison.quantities.endpoint import LOGARITHMIC, Scale
from coculture.comparison.settings import Factor
from coculture.comparison.statistics.group_means import GroupMeans

Floats = NDArray[np.float64]
EffectIs = Literal["raised", "lowered"]
_WHOLE = (0.0, 1.0)
"""No effect and the whole effect."""


@dataclass(frozen=True)
class DrugAlone:
    """All doses of one drug alone in a setting: effects of experiments x doses.

    Infinite where a mean is only a bound, NaN where an experiment lacks a dose; `untreated` is the
    effect of no dose, 0 or likewise.
    """

    doses: Floats
    effects: Floats
    untreated: Floats

    @cached_property
    def curves(self) -> tuple[DoseCurve, ...]:
        """The curve of each experiment."""
        return tuple(dose_curves(self.doses, self.effects, self.untreated, 1, _WHOLE))


@dataclass(frozen=True)
class CrossedEffects:
    """The effects of one pair of drugs, experiments x dose pairs, as fractions.

    NaN where an experiment lacks an arm or its mean is only a bound.

    Attributes
    ----------
    together, first, second
        Of both drugs, and of each alone at the dose of the pair.
    first_alone, second_alone
        Each drug alone at all of its doses in the setting, for the curves.
    """

    crossed: CrossedDrugs
    experiments: tuple[str, ...]
    together: Floats
    first: Floats
    second: Floats
    first_alone: DrugAlone
    second_alone: DrugAlone


def crossed_effects(
    crossed: CrossedDrugs,
    means: GroupMeans,
    endpoint: Endpoint,
    design: Design,
    effect_is: EffectIs = "raised",
) -> CrossedEffects:
    """The effects of two drugs in every experiment of a study.

    Parameters
    ----------
    means
        The group means of `endpoint`, on the scale of points or of a logarithm.
    effect_is
        Whether the drugs raise a percent, (x - u) / (100 - u), or lower a quantity, 1 - x / u.
    """
    values = means.mean.where(means.relation == "", np.inf)
    untreated = values[design.label(crossed.control)].to_numpy(float)

    def effects(arms: list[Arm]) -> Floats:
        table = values[[design.label(arm) for arm in arms]].to_numpy(float)
        return effect(table, untreated[:, None], endpoint.scale, effect_is)

    pairs = crossed.pairs
    together, first, second = (
        _finite(effects(arms))
        for arms in (
            [one.both for one in pairs],
            [one.first for one in pairs],
            [one.second for one in pairs],
        )
    )

    def of_drug(drug: Factor) -> DrugAlone:
        arms = _alone(crossed, drug, design)
        no_dose = np.where(np.isfinite(untreated), 0.0, untreated)
        return DrugAlone(np.array(list(arms)), effects(list(arms.values())), no_dose)

    return CrossedEffects(
        crossed,
        tuple(map(str, values.index)),
        together,
        first,
        second,
        of_drug(crossed.first),
        of_drug(crossed.second),
    )


def effect(values: Floats, untreated: Floats, scale: Scale, effect_is: EffectIs) -> Floats:
    """The part of what could change that has changed; infinite where a mean is only a bound.

    >>> float(effect(np.array(60.0), np.array(20.0), "points", "raised"))
    0.5
    >>> round(float(effect(np.log(25.0), np.log(100.0), "log", "lowered")), 9)
    0.75
    """
    x, u = _as_measured(values, scale), _as_measured(untreated, scale)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (x - u) / (100 - u) if effect_is == "raised" else 1 - x / u
    is_bound = np.isinf(values) | np.isinf(untreated)
    return np.where(is_bound, np.inf, found)


def _as_measured(means: Floats, scale: Scale) -> Floats:
    """Means on an analysis scale in the unit of the endpoint."""
    if scale == "logit":
        return 100 / (1 + np.exp(-means))
    return np.exp(means) if scale in LOGARITHMIC else means


def _alone(crossed: CrossedDrugs, drug: Factor, design: Design) -> dict[float, Arm]:
    """The arms with one of the drugs alone, by their dose, ascending."""
    arms = {
        float(design.level(arm, drug)): arm
        for arm in design.arms
        if arm != crossed.control
        and design.with_level(arm, drug, drug.untreated) == crossed.control
    }
    return dict(sorted(arms.items()))


def _finite(table: Floats) -> Floats:
    return np.where(np.isfinite(table), table, np.nan)
