"""The arms of a study (cells x stroma x medium x every factor x hours), their order and names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from coculture.comparison.settings import (
    ArmPattern,
    ComparisonError,
    ComparisonSettings,
    Factor,
    Interference,
    WeightedArms,
    number_in,
)
from coculture.exchange import arm_names
from coculture.exchange.arm_names import UNTREATED
from coculture.exchange.design_sentence import Given, design_sentence
from coculture.exchange.factor_levels import Level
from coculture.exchange.names import natural_key, relabelled

NO_TREATMENT = "no treatment"
"""An arm to which nothing was given, after "with"."""


@dataclass(frozen=True)
class Arm:
    """One combination of cells, stroma, medium, hours and the level of every factor.

    `levels` are in the order of the factors. Hours 0 are the baseline, before any drug.
    """

    cells: str
    stroma: str
    hours: float
    levels: tuple[Level, ...]
    medium: str = ""


@dataclass(frozen=True)
class Design:
    """The arms that a study has, in display order, and their names.

    The untreated level of each factor is one that its cultures have (`Factor.in_study`).
    """

    arms: tuple[Arm, ...]
    factors: tuple[Factor, ...]
    cell_labels: dict[str, str]

    @classmethod
    def of(cls, cultures: pd.DataFrame, settings: ComparisonSettings) -> "Design":
        """The arms of a table of cultures, from its columns cells, stroma, hours and factors."""
        return cls.from_arms(
            arms_of(cultures, settings.factors),
            settings.factors,
            settings.reference_cells,
            settings.cell_labels,
        )

    @classmethod
    def from_arms(
        cls,
        present: Iterable[Arm],
        given: Sequence[Factor],
        reference_cells: str,
        cell_labels: Mapping[str, str],
    ) -> "Design":
        """The design with the arms `present`, of which each may occur several times."""
        found = set(present)
        by_factor = zip(*(arm.levels for arm in found), strict=True)
        factors = (
            tuple(factor.in_study(levels) for factor, levels in zip(given, by_factor, strict=True))
            if found
            else tuple(given)
        )
        places = [
            {level: i for i, level in enumerate(factor.in_order(arm.levels[k] for arm in found))}
            for k, factor in enumerate(factors)
        ]
        added = tuple(factor.adds_analyte is not None for factor in factors)

        def order(arm: Arm) -> tuple[object, ...]:
            is_given = [
                level != factor.untreated for level, factor in zip(arm.levels, factors, strict=True)
            ]
            return (
                not arm.cells,
                arm.cells != reference_cells,
                arm.cells,
                arm.stroma,
                arm.medium,
                arm.hours,
                sum(g for g, a in zip(is_given, added, strict=True) if a),
                sum(is_given),
                [not g for g in is_given],
                [place[level] for place, level in zip(places, arm.levels, strict=True)],
            )

        return cls(tuple(sorted(found, key=order)), factors, dict(cell_labels))

    @cached_property
    def stromas(self) -> list[str]:
        """Every stroma of the study."""
        return sorted({arm.stroma for arm in self.arms})

    @cached_property
    def media(self) -> list[str]:
        """Every medium of the study."""
        return sorted({arm.medium for arm in self.arms})

    @cached_property
    def hours(self) -> list[float]:
        """Every duration of culture, in hours."""
        return sorted({arm.hours for arm in self.arms})

    def untreated(self, arm: Arm) -> Arm:
        """The arm of the same cells, stroma, medium and hours without any factor."""
        return replace(arm, levels=tuple(factor.untreated for factor in self.factors))

    def with_level(self, arm: Arm, factor: Factor, level: Level) -> Arm:
        """`arm` with `factor` at another level."""
        index = self.factors.index(factor)
        return replace(arm, levels=(*arm.levels[:index], level, *arm.levels[index + 1 :]))

    def level(self, arm: Arm, factor: Factor) -> Level:
        """The level of `factor` in `arm`."""
        return arm.levels[self.factors.index(factor)]

    def difference(self, arm: Arm, other: Arm) -> Arm:
        """`arm` with only those factors whose level differs from that in `other`."""
        return replace(
            arm,
            levels=tuple(
                factor.untreated if level == same else level
                for factor, level, same in zip(self.factors, arm.levels, other.levels, strict=True)
            ),
        )

    def shared(self, arm: Arm, other: Arm) -> Arm:
        """`arm` with only those factors that have the same level in `other`."""
        return replace(
            arm,
            levels=tuple(
                level if level == same else factor.untreated
                for factor, level, same in zip(self.factors, arm.levels, other.levels, strict=True)
            ),
        )

    def named_controls(self, arm: Arm, other: Arm) -> str:
        """The control levels that `arm` has in place of what `other` was given: "scrambled".

        Empty if they say nothing, as those of drugs.
        """
        changed = [factor for factor in self.given(other) if factor not in self.given(arm)]
        return " + ".join(self.drug(arm, factor) for factor in changed if factor.named_control)

    def given(self, arm: Arm) -> list[Factor]:
        """The factors whose level in `arm` is not the untreated one."""
        return [
            factor
            for factor, level in zip(self.factors, arm.levels, strict=True)
            if level != factor.untreated
        ]

    def interfering(self, arm: Arm, endpoint: str) -> list[tuple[Factor, Interference]]:
        """The factors given in `arm` that interfere with the assay of `endpoint`, and how.

        A factor that all cultures have interferes in all of them.
        """
        return [
            (factor, one)
            for factor, level in zip(self.factors, arm.levels, strict=True)
            if factor.is_given(level)
            for one in factor.interferences
            if one.endpoint == endpoint
        ]

    def added(self, arm: Arm, analyte: str) -> list[Factor]:
        """The factors by which `analyte` itself was added to `arm`."""
        return [factor for factor, one in self.interfering(arm, analyte) if one.is_addition]

    def levels(self, factor: Factor) -> list[Level]:
        """Every level of `factor`, in order."""
        return factor.in_order(self.level(arm, factor) for arm in self.arms)

    def treatment(self, arm: Arm) -> str:
        """What was given, for example "DEX + IL-1Ra", with doses if a factor has several.

        Of a category also the level that the others are compared with: "scrambled + DEX".
        """
        return arm_names.treatment(
            self.drug(arm, factor)
            for factor in self.factors
            if factor.named_control or self.level(arm, factor) != factor.untreated
        )

    def additions(self, arm: Arm) -> str:
        """As `treatment`, without the levels that others are compared with."""
        return arm_names.treatment(self.drug(arm, factor) for factor in self.given(arm))

    def place(self, arm: Arm, cells: str | None = None) -> arm_names.Setting:
        """Where `arm` was, as far as the arms of the study differ; `cells` may be a label."""
        is_said = len(self.stromas) > 1 or not arm.cells
        return arm_names.Setting(
            arm.cells if cells is None else cells,
            arm.stroma if is_said else None,
            arm.medium if len(self.media) > 1 else "",
            self.duration(arm) if len(self.hours) > 1 else "",
        )

    def setting(self, arm: Arm) -> str:
        """The cells, and stroma, medium and hours if the study has more than one of them."""
        return self.place(arm).name

    def surroundings(self, arm: Arm) -> str:
        """As `setting`, without the cells; may be empty."""
        return self.place(arm).surroundings

    def duration(self, arm: Arm) -> str:
        """The hours of `arm`, with enough digits to distinguish the durations: "48 h"."""
        return arm_names.dose(arm.hours, "h", self.hours)

    def label(self, arm: Arm) -> str:
        """The name of the arm in every table, for example "il1b DEX + IL-1Ra"."""
        return self.place(arm).with_treatment(self.treatment(arm))

    def display_place(self, arm: Arm) -> arm_names.Setting:
        """As `place`, with the label of the cells from the config."""
        return self.place(arm, self.cell_labels.get(arm.cells, arm.cells))

    def display_setting(self, arm: Arm) -> str:
        """As `setting`, with the label of the cells from the config: for figures and sentences."""
        return self.display_place(arm).name

    def display_label(self, arm: Arm) -> str:
        """As `label`, with the label of the cells from the config: for figures and sentences."""
        return self.display_place(arm).with_treatment(self.treatment(arm))

    def cells_and_setting(self, arm: Arm) -> str:
        """The cells, and stroma, medium and hours if there are several: "il1b cells on HS-5"."""
        return self.display_place(arm).in_sentences

    def treatment_given(self, arm: Arm) -> str:
        """The treatment as it fits after "with": "DEX + IL-1Ra", or "no treatment"."""
        treatment = self.treatment(arm)
        return NO_TREATMENT if treatment == UNTREATED else treatment

    @cached_property
    def by_label(self) -> dict[str, Arm]:
        """Every arm by its name."""
        return {self.label(arm): arm for arm in self.arms}

    def resolve(self, pattern: ArmPattern) -> Arm:
        """The arm that a pattern of the config names.

        Factors that are not named are untreated. Cells, stroma, medium and hours need not be named
        if the study has only one of them; an empty pattern is the untreated arm of such a study.

        Raises
        ------
        ComparisonError
            If a name is not a column of an arm, if cells, stroma, medium or hours are missing and
            the study has several of them, or if no culture belongs to the arm.
        """
        columns = ["cells", "stroma", *self._medium, "hours"]
        columns += [factor.column for factor in self.factors]
        unknown = [key for key in pattern if key not in columns]
        if unknown:
            raise ComparisonError(
                f'"{unknown[0]}" is not a column of an arm; an arm has {", ".join(columns)}'
            )
        arm = Arm(
            cells=self._cells_in(pattern),
            stroma=arm_names.stroma_in(str(self._only(pattern, "stroma", self.stromas))),
            hours=number_in("hours", self._only(pattern, "hours", self.hours)),
            levels=tuple(
                factor.level_of(pattern.get(factor.column, factor.untreated))
                for factor in self.factors
            ),
            medium=str(self._only(pattern, "medium", self.media)),
        )
        if arm not in self.arms:
            raise ComparisonError(self._why_absent(arm))
        return arm

    def changes(self, arm: Arm, other: Arm) -> dict[str, tuple[Level, Level]]:
        """The columns in which two arms differ, each with its value in `other` and in `arm`."""
        after = self.row_of(arm)
        return {
            column: (before, after[column])
            for column, before in self.row_of(other).items()
            if before != after[column]
        }

    def with_display_labels(self, text: str) -> str:
        """`text` with the arms named as in sentences and figures instead of as in tables."""
        return relabelled(
            text, {label: self.display_label(arm) for label, arm in self.by_label.items()}
        )

    def _why_absent(self, arm: Arm) -> str:
        """The first column whose value no culture has, or that the values do not occur together."""
        for column, value in self.row_of(arm).items():
            there: list[Level] = sorted({self.row_of(each)[column] for each in self.arms})
            if value not in there:
                return (
                    f"no culture has {written(value)} in column {column}; its values are "
                    + ", ".join(written(each) for each in there)
                )
        values = ", ".join(f"{column} {written(v)}" for column, v in self.row_of(arm).items())
        return (
            f'no culture belongs to the arm "{self.display_label(arm)}" ({values}), although '
            "each of these values occurs"
        )

    @property
    def _medium(self) -> list[str]:
        """The column of the medium, if the study has one."""
        return ["medium"] if any(self.media) else []

    def row_of(self, arm: Arm) -> dict[str, Level]:
        """The arm as a row of cultures.csv."""
        columns = [factor.column for factor in self.factors]
        place: dict[str, Level] = {"cells": arm.cells, "stroma": arm.stroma}
        place |= dict.fromkeys(self._medium, arm.medium)
        place["hours"] = arm.hours
        return place | dict(zip(columns, arm.levels, strict=True))

    def drug(self, arm: Arm, factor: Factor) -> str:
        """One factor as it was given in `arm`: its name, and the dose if there are several."""
        kept = [
            each
            for each in self.levels(factor)
            if not isinstance(each, str) and (factor.named_control or each != factor.untreated)
        ]
        called = arm_names.Drug(factor.name, factor.unit, kept, bool(factor.adds_analyte))
        return called.at(self.level(arm, factor))

    def _cells_in(self, pattern: ArmPattern) -> str:
        """The cells of a pattern; stroma alone has to be asked for by `cells: ""`."""
        kinds = sorted({arm.cells for arm in self.arms if arm.cells}) or [""]
        return str(self._only(pattern, "cells", kinds))

    def _only(self, pattern: ArmPattern, column: str, present: Sequence[Level]) -> object:
        if column in pattern:
            return pattern[column]
        if len(present) == 1:
            return present[0]
        raise ComparisonError(
            f"the arm does not name its {column}, and the study has several "
            f"({', '.join(v if isinstance(v, str) else f'{v:g}' for v in present)}); name one"
        )


def setting_of(arm: Arm) -> Arm:
    """The cells, stroma, medium and hours of an arm, as an arm without levels."""
    return replace(arm, levels=())


def same_setting(arm: Arm, other: Arm) -> bool:
    """Whether two arms differ in nothing but treatments: not in cells, stroma, medium or hours."""
    return setting_of(arm) == setting_of(other)


def has_own_baseline(arm: Arm, other: Arm) -> bool:
    """Whether two arms that differ in hours have the same cells, stroma and medium.

    Of two baselines it is always so: they are compared as two kinds of cells.
    """
    return arm.hours == other.hours or replace(setting_of(arm), hours=other.hours) == setting_of(
        other
    )


def arms_of(cultures: pd.DataFrame, factors: Iterable[Factor]) -> list[Arm]:
    """The arm of every row of `cultures`."""
    columns = [cultures[factor.column].map(factor.level_of) for factor in factors]
    media = cultures["medium"].fillna("") if "medium" in cultures else [""] * len(cultures)
    rows = zip(
        cultures["cells"], cultures["stroma"], cultures["hours"], media, *columns, strict=True
    )
    made: dict[tuple[object, ...], Arm] = {}
    for row in (listed := [*rows]):
        if row not in made:
            cells, stroma, hours, medium, *levels = row
            made[row] = Arm(str(cells), str(stroma), float(hours), tuple(levels), str(medium))
    return [made[row] for row in listed]


def wells_by_arm(cultures: pd.DataFrame, settings: ComparisonSettings) -> pd.DataFrame:
    """The number of cultures of each arm in each experiment: arms (display order) x experiments.

    A mistyped dose or name shows as an additional arm.
    """
    design = Design.of(cultures, settings)
    labels = [design.display_label(arm) for arm in arms_of(cultures, settings.factors)]
    counts = pd.crosstab(pd.Series(labels, index=cultures.index), cultures["experiment"])
    return counts.reindex(
        index=[design.display_label(arm) for arm in design.arms],
        columns=sorted(counts.columns, key=natural_key),
    )


def net_weights(contrast: WeightedArms, design: Design) -> dict[str, float]:
    """The name of each arm and its weight in `contrast`, summed if it is named more than once.

    Raises
    ------
    ComparisonError
        If an arm cannot be resolved.
    """
    weights: dict[str, float] = {}
    for pattern, weight in contrast.weights:
        label = design.label(design.resolve(pattern))
        weights[label] = weights.get(label, 0.0) + weight
    return weights


def sentence_of(design: Design) -> str:
    """What was given, for how long and on which stroma, in one line for captions.

    For example "DEX 1000 nM, IL-1Ra 500 ng/mL, added IL-6 10 ng/mL; 48 h on HS-5."
    """
    given = [
        Given.of(
            factor.name,
            factor.unit,
            factor.untreated if factor.absent is None else factor.absent,
            design.levels(factor),
            factor.levels,
            is_added=bool(factor.adds_analyte),
        )
        for factor in design.factors
    ]
    cultured = [arm for arm in design.arms if arm.cells]
    return design_sentence(
        given,
        design.hours,
        sorted({arm.stroma for arm in cultured}),
        design.media,
        sorted({arm.stroma for arm in design.arms if not arm.cells}),
    )


def written(value: Level) -> str:
    """A value of cultures.csv in a message."""
    return f"{value:.10g}" if isinstance(value, float) else f'"{value}"'
