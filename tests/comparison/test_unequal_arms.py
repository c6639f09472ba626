"""Arms compared with themselves, and arms whose names would be the same."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coculture.comparison import ComparisonSettings, check_arms, compare
from coculture.comparison.design.arms import Design, arms_of
from coculture.comparison.settings import ArmPattern, Difference, WeightedArms
from coculture.comparison.statistics.contrasts import per_experiment_contrast

JoinedStudy = Callable[..., pd.DataFrame]

UNTREATED: ArmPattern = {"cells": "il1b"}
THE_SAME: ArmPattern = {"cells": "il1b", "dex_nM": 0.0}


def test_a_finding_about_an_arm_and_itself_is_reported_and_not_testable(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    with_itself = replace(
        settings.findings[1], differences=(Difference(UNTREATED, compared_with=THE_SAME),)
    )
    changed = replace(settings, findings=(with_itself,))
    cultures = joined_study()
    (problem,) = check_arms(cultures, changed)
    assert (problem.column, problem.value) == ("comparison, findings, 1b", "cells: il1b")
    assert problem.message == "compares an arm with itself; name another arm to compare it with."
    finding = compare(cultures, changed).findings.iloc[0]
    assert finding["verdict"] == "not testable"
    assert finding["reason"] == "IL-1β untreated is compared with itself"


def test_an_effect_that_is_its_own_residual_is_reported_and_not_testable(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    eliminated = next(f for f in settings.findings if f.kind == "eliminated")
    effect = eliminated.differences[0]
    changed = replace(settings, findings=(replace(eliminated, differences=(effect, effect)),))
    cultures = joined_study()
    (problem,) = check_arms(cultures, changed)
    assert problem.message == "compares an effect with itself; name other arms in residual."
    finding = compare(cultures, changed).findings.iloc[0]
    assert finding["reason"] == "the effect and its residual are the same comparison"


@pytest.mark.parametrize(
    "weights", [((UNTREATED, 1.0), (THE_SAME, -1.0)), ((UNTREATED, 0.0), ({"cells": "control"}, 0))]
)
def test_a_contrast_of_nothing_is_reported_and_has_no_p(
    joined_study: JoinedStudy,
    settings: ComparisonSettings,
    weights: tuple[tuple[ArmPattern, float], ...],
) -> None:
    nothing = WeightedArms("nothing", "apoptosis", weights)
    changed = replace(settings, contrasts=(nothing,))
    cultures = joined_study()
    (problem,) = check_arms(cultures, changed)
    assert problem.column == "comparison, contrasts, nothing"
    assert problem.message.startswith("compares an arm with itself, or nothing: every arm's")
    contrasts = compare(cultures, changed).contrasts
    rows = contrasts[contrasts["contrast"] == "nothing"]
    assert len(rows)
    assert rows["p"].isna().all()
    assert (rows["estimate"] == 0).all()


def test_weights_of_zero_make_no_contrast() -> None:
    means = pd.DataFrame({"DEX": [1.0, 2.0, 3.0]}, index=["E1", "E2", "E3"])
    contrast = per_experiment_contrast(means, {"DEX": 0.0})
    assert (contrast.estimate, contrast.se) == (0.0, 0.0)
    assert np.isnan(contrast.p)


@pytest.mark.parametrize(
    ("column", "values", "words"),
    [
        ("hours", (48.0, 48.0000001), ("48 h", "48.0000001 h")),
        ("dex_nM", (1_000_000.1, 1_000_000.2), ("DEX 1000000.1 nM", "DEX 1000000.2 nM")),
        ("dex_nM", (0.1 + 0.2, 0.3), ("DEX 0.30000000000000004 nM", "DEX 0.3 nM")),
    ],
)
def test_levels_that_lie_close_have_names_of_their_own(
    joined_study: JoinedStudy,
    settings: ComparisonSettings,
    column: str,
    values: tuple[float, float],
    words: tuple[str, str],
) -> None:
    cultures = joined_study()
    treated = cultures[column] > 0
    second = treated & (cultures["replicate"] == 2)
    cultures[column] = (
        cultures[column].astype(float).mask(treated, values[0]).mask(second, values[1])
    )
    design = Design.of(cultures, settings)
    names = [design.label(arm) for arm in design.arms]
    assert len(set(names)) == len(names)
    for words_of_level in words:
        assert any(words_of_level in name for name in names)
    labelled = cultures.assign(
        arm=[design.label(arm) for arm in arms_of(cultures, settings.factors)]
    )
    assert set(compare(labelled, settings).arms["arm"]) == set(names)


def test_cells_of_one_label_are_reported(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    for labels in ({"il1b": "control"}, {"control": "MM.1S", "il1b": "MM.1S"}):
        (problem,) = check_arms(cultures, replace(settings, cell_labels=labels))
        assert (problem.column, problem.value) == ("cells.labels.il1b", labels["il1b"])
        assert problem.message.startswith("is what control and il1b cells would all be called")
    assert (
        check_arms(cultures, replace(settings, cell_labels={"control": "il1b", "il1b": "x"})) == []
    )


def test_arms_of_one_name_are_reported(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    same = tuple(replace(factor, name="drug", adds_analyte=None) for factor in settings.factors)
    problems = check_arms(joined_study(), replace(settings, factors=same, findings=()))
    assert [problem.value for problem in problems] == [
        "control drug", "control drug + drug", "il1b drug", "il1b drug + drug",
    ]  # fmt: skip
    assert {problem.column for problem in problems} == {"factors"}
