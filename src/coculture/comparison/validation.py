"""Checks of the comparison's config against the study, before anything runs."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

import pandas as pd

from coculture.comparison.combinations.tables import SYNERGY, effect_is_of
from coculture.comparison.design.arms import Design, has_own_baseline, net_weights
from coculture.comparison.findings import kind_of
from coculture.comparison.findings.evaluation import pairs_of
from coculture.comparison.findings.protocol import opposites
from coculture.comparison.quantities.quantity import Margin, Quantity
from coculture.comparison.settings import (
    ArmPattern,
    ComparisonError,
    ComparisonSettings,
)
from coculture.exchange.problems import CONFIG, KeyPath, Problem
from coculture.exchange.vocabulary import listed


def check_arms(
    cultures: pd.DataFrame,
    settings: ComparisonSettings,
    measured: Sequence[str] | None = None,
) -> list[Problem]:
    """Everything that the config names and the study does not have: cells, arms, endpoints.

    Also names that are used twice, and comparisons of an arm with itself.

    Parameters
    ----------
    cultures
        The study's cultures.csv. Rows without cells, hours or the level of a factor are ignored,
        because they are reported elsewhere. Without any other row nothing is reported.
    settings
        The config's section, factors and cells.
    measured
        The endpoints that the study's tables measure ("apoptosis", "IL-6"). With None they are not
        checked.
    """
    columns = ["cells", "hours", *(factor.column for factor in settings.factors)]
    if cultures.empty or not {*columns, "stroma"} <= set(cultures.columns):
        return []
    complete = cultures.dropna(subset=columns).fillna({"stroma": "", "medium": ""})
    if complete.empty:
        return []
    design = Design.of(complete, settings)
    present = sorted({str(cells) for cells in cultures["cells"].dropna()} - {""})
    problems = [*_cells(present, settings), *_labels(present, settings), *_arm_names(design)]
    for position, factor in enumerate(settings.factors):
        for disturbed, _ in factor.interferes_with:
            key: KeyPath = ("factors", position, "interferes_with", disturbed)
            problems += _endpoint("factors", key, disturbed, settings, None)
    for place, key, endpoint, patterns in _named(settings):
        problems += _endpoint(place, key, endpoint, settings, measured)
        for pattern in patterns:
            try:
                arm = design.resolve(pattern)
            except ComparisonError as error:
                problems.append(
                    Problem(CONFIG, f"{error}.", column=place, value=_text(pattern), key=key)
                )
                continue
            if design.added(arm, endpoint):
                problems.append(
                    Problem(
                        CONFIG,
                        f"{endpoint} was added to this arm, so its {endpoint} is not made by the "
                        "cells; name an arm without it.",
                        column=place,
                        value=_text(pattern),
                        key=key,
                    )
                )
    return [
        *problems,
        *_without_margin(settings),
        *_margins_on_other_scales(settings),
        *_margins_beyond_the_scale(settings),
        *_synergies_without_a_whole(settings),
        *_compared_with_themselves(design, settings),
        *_opposites(settings, design),
        *_families(settings),
    ]


def _without_margin(settings: ComparisonSettings) -> list[Problem]:
    """Findings that are tested against a margin and have none on the scale of their endpoint."""
    problems = []
    for position, finding in enumerate(settings.findings):
        quantity = settings.quantity(finding.endpoint)
        if quantity is None or finding.has_margin or not kind_of(finding.kind).needs_margin:
            continue
        if finding.own_margin != Margin() or quantity.margin != Margin():
            continue  # `_margins_on_other_scales` says it.
        key, example = _margin_key(quantity)
        compared = _compared(quantity)
        message = (
            f"needs a margin, the smallest change of {finding.endpoint} that matters, which is "
            f"compared {compared}; give the finding or its endpoint {key}, for example {example}."
        )
        place = ("comparison", "findings", position)
        name = f"comparison, findings, {finding.id}"
        problems.append(Problem(CONFIG, message, column=name, value=finding.kind, key=place))
    return problems


def _synergies_without_a_whole(settings: ComparisonSettings) -> list[Problem]:
    """Synergies of what is raised without an end: only of a percent the whole effect is known."""
    problems = []
    for position, finding in enumerate(settings.findings):
        quantity = settings.quantity(finding.endpoint)
        if quantity is None or finding.kind != SYNERGY or effect_is_of(finding) == "lowered":
            continue
        if not quantity.is_percent:
            message = (
                f"says that {finding.endpoint} is raised, and a synergy needs a percent, of which "
                f"the whole effect is known; write endpoint_is: lowered if the drugs lower it."
            )
            place = ("comparison", "findings", position)
            name = f"comparison, findings, {finding.id}"
            problems.append(Problem(CONFIG, message, column=name, value=finding.kind, key=place))
    return problems


def _margins_beyond_the_scale(settings: ComparisonSettings) -> list[Problem]:
    """Margins that no change can reach, so that a finding against them cannot fail."""
    problems = []
    for position, finding in enumerate(settings.findings):
        quantity, points = settings.quantity(finding.endpoint), finding.margin.points
        if quantity is None or points is None or not kind_of(finding.kind).needs_margin:
            continue
        if quantity.primary.bounds is None:
            continue
        lowest, highest = quantity.primary.bounds
        if points >= highest - lowest:
            message = (
                f"is a margin that {finding.endpoint} cannot exceed, because it lies between "
                f"{lowest:g} and {highest:g}; give the smallest change that matters."
            )
            key: KeyPath = ("comparison", "findings", position)
            place = f"comparison, findings, {finding.id}"
            problems.append(Problem(CONFIG, message, column=place, value=f"{points:g}", key=key))
    return problems


def _opposites(settings: ComparisonSettings, design: Design) -> list[Problem]:
    """Findings that claim the opposite of the same arms."""
    positions = {finding.id: number for number, finding in enumerate(settings.findings)}
    return [
        Problem(
            CONFIG,
            f"claims the opposite of finding {one.id} for the same arms, so one of them is false; "
            "state the one that you expect (contrasts.csv has the two-sided p).",
            column=f"comparison, findings, {other.id}",
            value=other.statement,
            key=("comparison", "findings", positions[other.id]),
        )
        for one, other in opposites(settings, design)
    ]


def _families(settings: ComparisonSettings) -> list[Problem]:
    """Families that are described and have no finding, or are described twice."""
    named = {finding.family for finding in settings.findings}
    names = [family.name for family in settings.families]
    problems = []
    for position, name in enumerate(names):
        if name in names[:position]:
            message = "is described twice; describe each family once."
        elif name not in named:
            known = listed(sorted(named - {""})) if named - {""} else "none"
            message = (
                f"is the family of no finding (families of findings: {known}); write its name in "
                "the key family of its findings, or remove it."
            )
        else:
            continue
        key: KeyPath = ("comparison", "families", position)
        place = "comparison, families"
        problems.append(Problem(CONFIG, message, column=place, value=name, key=key))
    return problems


def _margins_on_other_scales(settings: ComparisonSettings) -> list[Problem]:
    """Margins in points of what is compared as ratios, and the reverse: they would not be used."""
    given: list[tuple[str, KeyPath, Quantity, Margin]] = [
        (f"endpoints, {one.name}", ("comparison", "endpoints", position), one, one.margin)
        for position, one in enumerate(settings.quantities)
    ]
    for position, finding in enumerate(settings.findings):
        quantity = settings.quantity(finding.endpoint)
        if quantity is not None:
            key: KeyPath = ("comparison", "findings", position)
            given.append((f"findings, {finding.id}", key, quantity, finding.own_margin))
    problems = []
    for place, entry, quantity, margin in given:
        used, example = _margin_key(quantity)
        unused, value = (
            ("margin_points", margin.points)
            if quantity.primary.is_ratio
            else ("margin_ratio", margin.ratio)
        )
        if value is None:
            continue
        message = (
            f"is not used: {quantity.name} is compared {_compared(quantity)}; write {used}, for "
            f"example {used}: {example}, in place of it."
        )
        column = f"comparison, {place}, {unused}"
        problems.append(
            Problem(CONFIG, message, column=column, value=f"{value:g}", key=(*entry, unused))
        )
    return problems


def _margin_key(quantity: Quantity) -> tuple[str, str]:
    """The key of a margin on the scale of a quantity, and an example of its value."""
    return ("margin_ratio", "1.5") if quantity.primary.is_ratio else ("margin_points", "5")


def _compared(quantity: Quantity) -> str:
    """How values of a quantity are compared: after "is compared"."""
    if quantity.primary.is_ratio:
        return "as ratios"
    if quantity.is_percent:
        return "in percentage points"
    return f"in {quantity.unit or 'its own unit'}"


def _labels(present: Sequence[str], settings: ComparisonSettings) -> list[Problem]:
    """Labels that two kinds of cells share; a kind of cells without label has its own name."""
    shown = {cells: settings.cell_labels.get(cells, cells) for cells in present}
    problems = []
    for label in sorted(set(shown.values())):
        same = [cells for cells in present if shown[cells] == label]
        if len(same) > 1:
            labelled = next(cells for cells in reversed(same) if cells in settings.cell_labels)
            message = (
                f"would be the label of {listed(same)} cells in figures and sentences; give each "
                "kind of cells its own label."
            )
            key = ("cells", "labels", labelled)
            problems.append(Problem(CONFIG, message, column=".".join(key), value=label, key=key))
    return problems


def _arm_names(design: Design) -> list[Problem]:
    """Names that two arms share because of the names of cells, stroma and factors."""
    names = [design.label(arm) for arm in design.arms]
    message = (
        "is the name of two different arms; change the names of the factors, or of cells or stroma "
        "in cultures.csv, so that the arms have different names."
    )
    doubled = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    return [
        Problem(CONFIG, message, column="factors", value=name, key=("factors",)) for name in doubled
    ]


def _compared_with_themselves(design: Design, settings: ComparisonSettings) -> list[Problem]:
    """Findings and contrasts that compare nothing, apart from arms that do not exist."""
    problems = []
    for position, finding in enumerate(settings.findings):
        place, key = f"comparison, findings, {finding.id}", ("comparison", "findings", position)
        try:
            pairs = pairs_of(finding, design)
        except ComparisonError:
            continue
        found = [
            (
                _text(written.arm),
                "compares an arm with itself; name another arm to compare it with.",
            )
            for written, pair in zip(finding.differences, pairs, strict=True)
            if pair.arm == pair.compared_with
        ]
        found += [
            (
                _text(written.arm),
                "a baseline (0 h) is compared only with the same cells, stroma and medium.",
            )
            for written, pair in zip(finding.differences, pairs, strict=True)
            if 0 in (pair.arm.hours, pair.compared_with.hours)
            and not has_own_baseline(pair.arm, pair.compared_with)
        ]
        found += kind_of(finding.kind).problems(finding, pairs, design)
        problems += [
            Problem(CONFIG, message, column=place, value=value, key=key) for value, message in found
        ]
    for position, contrast in enumerate(settings.contrasts):
        try:
            weights = net_weights(contrast, design)
        except ComparisonError:
            continue
        if not any(weights.values()):
            place = f"comparison, contrasts, {contrast.name}"
            message = (
                "compares an arm with itself, or nothing: the weights of every arm add up to 0; "
                "give two different arms weights other than 0."
            )
            key = ("comparison", "contrasts", position)
            problems.append(
                Problem(CONFIG, message, column=place, value=", ".join(weights), key=key)
            )
    return problems


def _cells(present: Sequence[str], settings: ComparisonSettings) -> list[Problem]:
    """Cells that the config names and no culture has."""
    named: dict[tuple[str, ...], str] = {("cells", "reference"): settings.reference_cells}
    named |= {("cells", "labels", cells): cells for cells in settings.cell_labels}
    problems = []
    for key, cells in named.items():
        if cells not in present:
            nearest = get_close_matches(cells, present, n=1)
            message = f"is not among the cells of cultures.csv, which are {', '.join(present)}"
            meant = f'; did you mean "{nearest[0]}"?' if nearest else "."
            problems.append(
                Problem(CONFIG, message + meant, column=".".join(key), value=cells, key=key)
            )
    return problems


def _endpoint(
    place: str,
    key: KeyPath,
    endpoint: str,
    settings: ComparisonSettings,
    measured: Sequence[str] | None,
) -> list[Problem]:
    """A problem if an endpoint is unknown, or if no table of the study measures it."""
    quantity = settings.quantity(endpoint)
    if quantity is None:
        known = ", ".join(settings.subjects) or "none"
        message = f"is not an endpoint of this study; the endpoints are {known}."
        return [Problem(CONFIG, message, column=place, value=endpoint, key=key)]
    if measured is None or endpoint in measured:
        return []
    table = quantity.source
    message = (
        f"{endpoint} is not measured in this study (measured: {', '.join(measured) or 'nothing'}); "
        f"add it to {table}, or remove this from the config."
    )
    return [Problem(CONFIG, message, column=place, value=endpoint, key=key)]


def _named(settings: ComparisonSettings) -> Iterator[tuple[str, KeyPath, str, list[ArmPattern]]]:
    """Everything in the config that names arms: (place, key, endpoint, arms)."""
    for position, finding in enumerate(settings.findings):
        patterns: list[ArmPattern] = []
        for difference in finding.differences:
            patterns += [difference.arm, difference.compared_with]
        unique = [p for i, p in enumerate(patterns) if p not in patterns[:i]]
        place = f"comparison, findings, {finding.id}"
        yield place, ("comparison", "findings", position), finding.endpoint, unique
    for position, contrast in enumerate(settings.contrasts):
        arms = [pattern for pattern, _ in contrast.weights]
        place = f"comparison, contrasts, {contrast.name}"
        yield place, ("comparison", "contrasts", position), contrast.endpoint, arms


def _text(pattern: ArmPattern) -> str:
    return ", ".join(f"{key}: {value}" for key, value in pattern.items()) or "{}"
