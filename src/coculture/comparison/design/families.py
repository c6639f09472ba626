"""The contrasts that follow from the factor levels of a study, in families.

A background is what is the same in all arms of a comparison: cells, stroma, medium, hours and the
level of every factor that adds an analyte (added IL-6). Within each background every treatment is
compared with untreated, and every combination with its parts. Each arm to which an analyte was
added is compared with the same arm without it. Two factors that were given alone and together make
an interaction. Every arm is compared with the baseline (0 h) of its own cells, if there is one.
Untreated arms, comparisons with untreated and interactions that exist in two cell types are
compared between them.

Each dose is also compared with the next lower one, and the trend over all doses is a contrast. Each
arm on stroma is compared with the same arm without it, and so is each effect against untreated:
their difference is the protection by stroma, an interaction.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

from coculture.comparison.design.arms import Arm, Design
from coculture.comparison.doses.series import dose_series
from coculture.comparison.doses.trend import trend_weights
from coculture.comparison.settings import Factor
from coculture.exchange.arm_names import UNTREATED, ground

AGAINST_UNTREATED = "treatment against untreated"
AGAINST_PARTS = "combination against its parts"
ADDED = "added analyte against none"
INTERACTION = "interaction of two factors"
AGAINST_BASELINE = "against the baseline"
NEXT_DOSE = "dose against the next lower dose"
DOSE_TREND = "trend over the doses"
STROMA = "on stroma against without"
PROTECTION = "protection by stroma"
CELL_TYPES = "between cell types"
OWN = "your own"


@dataclass(frozen=True)
class NamedContrast:
    """A contrast of a family.

    Attributes
    ----------
    background
        The cells, and what all of its arms were given; Dunnett's correction is within it.
    comparison, given
        The parts of its name: what is compared, and what all arms were given.
    """

    family: str
    background: str
    name: str
    weights: dict[str, float]
    comparison: str = ""
    given: str = ""


def contrasts_of(design: Design, reference_cells: str) -> list[NamedContrast]:
    """Every contrast that the arms of the study allow, in display order, each once."""
    within = [
        *_against_untreated(design),
        *_against_parts(design),
        *_added(design),
        *_interactions(design),
        *_against_baseline(design),
        *_next_doses(design),
        *_trends(design),
        *_stroma(design),
        *_protection(design),
    ]
    return [*within, *_between_cells(design, reference_cells)]


def interactions(design: Design) -> list[tuple[Arm, Factor, Factor]]:
    """Every arm with two factors for which the arms with one and none of them exist too."""
    found = []
    for arm in design.arms:
        for one, other in combinations(design.given(arm), 2):
            simpler = _without(design, arm, one), _without(design, arm, other)
            neither = _without(design, simpler[0], other)
            if {*simpler, neither} <= set(design.arms):
                found.append((arm, one, other))
    return found


def interaction_weights(design: Design, arm: Arm, one: Factor, other: Factor) -> dict[str, float]:
    """The weights of both - one - other + neither."""
    neither = _without(design, _without(design, arm, one), other)
    return {
        design.label(arm): 1.0,
        design.label(_without(design, arm, other)): -1.0,
        design.label(_without(design, arm, one)): -1.0,
        design.label(neither): 1.0,
    }


def background(design: Design, arm: Arm) -> Arm:
    """The arm of the same cells, stroma, medium, hours and added analytes, without treatment."""
    levels = tuple(
        level if factor.adds_analyte else factor.untreated
        for factor, level in zip(design.factors, arm.levels, strict=True)
    )
    return replace(arm, levels=levels)


def baseline(design: Design, arm: Arm) -> Arm | None:
    """The arm at 0 h with the cells of `arm`: of the same clone or siRNA if there is one.

    None of an arm that is itself a baseline, and without one of the same cells, stroma and medium.
    """
    if arm.hours == 0:
        return None
    doses = (
        level if factor.is_category else factor.untreated
        for factor, level in zip(design.factors, arm.levels, strict=True)
    )
    start = replace(arm, hours=0.0)
    nearest = (replace(start, levels=tuple(doses)), design.untreated(start))
    return next((one for one in nearest if one in design.arms), None)


def treatments(design: Design, arm: Arm) -> list[Factor]:
    """The factors given in `arm` that are not the addition of an analyte."""
    return [factor for factor in design.given(arm) if not factor.adds_analyte]


def _against_untreated(design: Design) -> Iterator[NamedContrast]:
    for arm in design.arms:
        common = background(design, arm)
        if arm != common and common in design.arms:
            yield _difference(design, AGAINST_UNTREATED, arm, common, common)


def _against_parts(design: Design) -> Iterator[NamedContrast]:
    for arm in design.arms:
        given = treatments(design, arm)
        for factor in given if len(given) > 1 else []:
            part = _without(design, arm, factor)
            if part in design.arms:
                yield _difference(design, AGAINST_PARTS, arm, part, background(design, arm))


def _added(design: Design) -> Iterator[NamedContrast]:
    for arm in design.arms:
        for factor in design.given(arm):
            without = _without(design, arm, factor)
            if factor.adds_analyte and without in design.arms:
                weights = {design.label(arm): 1.0, design.label(without): -1.0}
                comparison = f"{_alone(design, arm, factor)} against none"
                yield _named(design, ADDED, without, comparison, weights)


def _interactions(design: Design) -> Iterator[NamedContrast]:
    for arm, one, other in interactions(design):
        rest = _without(design, _without(design, arm, one), other)
        comparison = f"{_alone(design, arm, one)} × {_alone(design, arm, other)}"
        weights = interaction_weights(design, arm, one, other)
        yield _named(design, INTERACTION, rest, comparison, weights)


def _against_baseline(design: Design) -> Iterator[NamedContrast]:
    for arm in design.arms:
        start = baseline(design, arm)
        if start is not None:
            comparison = f"{design.treatment(arm)} against {_baseline_name(design, start)}"
            weights = {design.label(arm): 1.0, design.label(start): -1.0}
            common = design.untreated(arm)
            yield _named(design, AGAINST_BASELINE, common, comparison, weights)


def _baseline_name(design: Design, start: Arm) -> str:
    """The baseline, with the level of a category that it has."""
    named = [design.treatment(start)] if design.treatment(start) != UNTREATED else []
    return " ".join([*named, "baseline"])


def _next_doses(design: Design) -> Iterator[NamedContrast]:
    for series in dose_series(design):
        for lower, arm in pairwise(series.arms):
            common = background(design, series.control)
            yield _difference(design, NEXT_DOSE, arm, lower, common)


def _trends(design: Design) -> Iterator[NamedContrast]:
    for series in dose_series(design):
        weights = trend_weights(series.labels(design))
        comparison = f"trend over {len(series.every_arm)} levels of {series.factor.name}"
        yield _named(design, DOSE_TREND, series.control, comparison, weights)


def without_stroma(design: Design, arm: Arm) -> Arm | None:
    """The arm that an arm on stroma is compared with: without stroma, or on the first stroma.

    None if there is none, of cultures of stroma alone, and of the first stroma itself.
    """
    first = design.stromas[0]
    other = replace(arm, stroma=first)
    return other if arm.cells and arm.stroma != first and other in design.arms else None


def _on_stroma(arm: Arm, other: Arm) -> str:
    return f"{ground(arm.stroma)} against {ground(other.stroma)}"


def _stroma(design: Design) -> Iterator[NamedContrast]:
    for arm in design.arms:
        other = without_stroma(design, arm)
        if other is None:
            continue
        place = _without_place(design, arm)
        name = f"{place} {design.treatment(arm)}: {_on_stroma(arm, other)}"
        weights = {design.label(arm): 1.0, design.label(other): -1.0}
        yield NamedContrast(STROMA, place, name, weights)


def _protection(design: Design) -> Iterator[NamedContrast]:
    """Each effect against untreated, on stroma minus without: above 0 is more effect on stroma."""
    for effect in _against_untreated(design):
        arm, untreated = (design.by_label[label] for label in effect.weights)
        other, control = without_stroma(design, arm), without_stroma(design, untreated)
        if other is None or control is None:
            continue
        place = _without_place(design, arm)
        name = f"{place}: {effect.comparison}{effect.given}, {_on_stroma(arm, other)}"
        weights = {**effect.weights, design.label(other): -1.0, design.label(control): 1.0}
        yield NamedContrast(PROTECTION, place, name, weights)


def _without_place(design: Design, arm: Arm) -> str:
    """The cells of an arm, with medium and hours if there are several, but not its stroma."""
    parts = [arm.cells]
    parts += [arm.medium] if len(design.media) > 1 else []
    parts += [design.duration(arm)] if len(design.hours) > 1 else []
    return " ".join(parts)


def _between_cells(design: Design, reference_cells: str) -> Iterator[NamedContrast]:
    plain = [
        (design.treatment(arm), {design.label(arm): 1.0}, arm)
        for arm in design.arms
        if arm == background(design, arm)
    ]
    effects = []
    for contrast in (*_against_untreated(design), *_interactions(design)):
        arm = design.by_label[next(iter(contrast.weights))]
        effects.append((f"{contrast.comparison}{contrast.given}", contrast.weights, arm))
    for name, weights, arm in (*plain, *effects):
        if arm.cells == reference_cells:
            continue
        counterpart: dict[str, float] = {}
        for label, weight in weights.items():
            other = replace(design.by_label[label], cells=reference_cells)
            if other in design.arms:
                counterpart[design.label(other)] = -weight
        if len(counterpart) == len(weights):
            same = replace(arm, cells=reference_cells)
            common = background(design, arm)
            yield NamedContrast(
                CELL_TYPES,
                f"{design.surroundings(common)}{_given(design, common)}".strip(),
                f"{name}: {design.setting(arm)} against {_counterpart(design, arm, same)}",
                {**weights, **counterpart},
            )


def _counterpart(design: Design, arm: Arm, other: Arm) -> str:
    """The other cells; with what they grow on where that is said of `arm`."""
    return design.setting(other) if design.place(arm).is_long else other.cells


def _difference(design: Design, family: str, arm: Arm, other: Arm, common: Arm) -> NamedContrast:
    comparison = f"{_treatment(design, arm)} against {_treatment(design, other)}"
    weights = {design.label(arm): 1.0, design.label(other): -1.0}
    return _named(design, family, common, comparison, weights)


def _named(
    design: Design, family: str, common: Arm, comparison: str, weights: dict[str, float]
) -> NamedContrast:
    """A contrast whose arms have `common` in common."""
    given = _given(design, common)
    background = f"{design.setting(common)}{given}"
    return NamedContrast(
        family, background, f"{background}: {comparison}", weights, comparison, given
    )


def _without(design: Design, arm: Arm, factor: Factor) -> Arm:
    return design.with_level(arm, factor, factor.untreated)


def _treatment(design: Design, arm: Arm) -> str:
    """What was given apart from added analytes."""
    bare = arm
    for factor in design.given(arm):
        if factor.adds_analyte:
            bare = _without(design, bare, factor)
    return design.treatment(bare)


def _alone(design: Design, arm: Arm, factor: Factor) -> str:
    return design.drug(arm, factor)


def _given(design: Design, common: Arm) -> str:
    return f" with {design.additions(common)}" if design.given(common) else ""
