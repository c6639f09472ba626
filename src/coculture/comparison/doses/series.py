"""What is a dose, and the arms of one drug from untreated to its highest dose.

A numeric factor with three or more levels is a dose; names of levels never are. The doses are its
levels other than the untreated one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from coculture.comparison.design.arms import Arm, Design
from coculture.comparison.settings import Factor

LEVELS_OF_A_DOSE = 3
"""Untreated included: with two levels a drug was given or not."""


@dataclass(frozen=True)
class DoseSeries:
    """The arms that differ in the dose of one drug and in nothing else.

    Attributes
    ----------
    control
        The arm at the level that the others are compared with.
    doses
        Above zero, ascending; of a drug without untreated cultures also its lowest level.
    arms
        The arm of each dose.
    has_untreated
        Whether `control` is the untreated level of the drug, and not its lowest dose.
    """

    factor: Factor
    control: Arm
    doses: tuple[float, ...]
    arms: tuple[Arm, ...]
    has_untreated: bool

    @property
    def every_arm(self) -> tuple[Arm, ...]:
        """From the lowest level to the highest."""
        return (self.control, *self.arms) if self.has_untreated else self.arms

    def labels(self, design: Design) -> list[str]:
        """The names of `every_arm` in result tables."""
        return [design.label(arm) for arm in self.every_arm]

    def name(self, design: Design, *, displayed: bool = False) -> str:
        """What all its arms have in common, as in tables or as in figures and sentences."""
        return common_name(design, self.control, displayed=displayed)


def common_name(design: Design, control: Arm, *, displayed: bool = False) -> str:
    """The cells with their setting, and the other drugs: "INA-6 HS-5 with TCZ"."""
    setting = design.display_setting(control) if displayed else design.setting(control)
    return f"{setting} with {design.additions(control)}" if design.given(control) else setting


def dose_series(design: Design, cultured: pd.DataFrame | None = None) -> list[DoseSeries]:
    """Every series of doses of a study, in the order of its arms.

    Parameters
    ----------
    cultured
        Experiments x names of arms: whether an experiment has cultures of an arm
        (`GroupMeans.cultured`). With it only series of which one experiment has three levels.
    """
    return [
        series
        for factor in design.factors
        if not factor.is_category
        for series in _of_factor(design, factor)
        if cultured is None or _in_an_experiment(series.labels(design), cultured)
    ]


def series_of(design: Design, factor: Factor, arm: Arm) -> DoseSeries | None:
    """The series of a drug that an arm belongs to; None if it is no dose there."""
    control = design.with_level(arm, factor, factor.untreated)
    return next((one for one in _of_factor(design, factor) if one.control == control), None)


def dose_factors(design: Design) -> list[Factor]:
    """The factors that are doses, in the order of the config."""
    return [factor for factor in design.factors if any(True for _ in _of_factor(design, factor))]


def _of_factor(design: Design, factor: Factor) -> Iterator[DoseSeries]:
    if factor.is_category:
        return
    members: dict[Arm, dict[float, Arm]] = {}
    for arm in design.arms:
        control = design.with_level(arm, factor, factor.untreated)
        members.setdefault(control, {})[float(design.level(arm, factor))] = arm
    has_untreated = factor.absent is None
    for control, by_level in members.items():
        if control not in design.arms or len(by_level) < LEVELS_OF_A_DOSE:
            continue
        levels = sorted(by_level)
        if has_untreated:
            levels = [level for level in levels if level != float(factor.untreated)]
        if levels[0] > 0:
            arms = tuple(by_level[level] for level in levels)
            yield DoseSeries(factor, control, tuple(levels), arms, has_untreated)


def _in_an_experiment(labels: list[str], cultured: pd.DataFrame) -> bool:
    there = cultured.reindex(columns=labels, fill_value=False)
    return bool((there.sum(axis=1) >= LEVELS_OF_A_DOSE).any())
