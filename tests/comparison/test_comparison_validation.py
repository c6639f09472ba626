"""Problems of the config of the comparison that are found before anything runs."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coculture import simulate
from coculture.comparison import ComparisonSettings, check_arms, compare
from coculture.comparison.quantities.quantity import Margin
from coculture.comparison.settings import ArmPattern, Difference, WeightedArms

JoinedStudy = Callable[..., pd.DataFrame]
SURE = replace(
    simulate.EXAMPLE,
    design=replace(simulate.EXAMPLE.design, experiments=6, wells=3, mishaps=simulate.Mishaps()),
)
UNTREATED: ArmPattern = {"cells": "il1b"}
THE_SAME: ArmPattern = {"cells": "il1b", "dex_nM": 0.0}


def test_a_finding_whose_arm_is_not_there_is_told_before_and_after(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    without = cultures[cultures["arm"] != "control DEX + added IL-6"]
    (problem,) = check_arms(without, settings)
    assert problem.column == "comparison, findings, 2a"
    told = (
        'no culture belongs to the arm "control DEX + added IL-6" (cells "control", stroma "HS-5", '
        "hours 48, dex_nM 1000, il1ra_ng_ml 0, il6_ng_ml 10), although each of these "
        "values occurs"
    )
    assert problem.message == f"{told}."
    finding = compare(without, settings).findings.set_index("id").loc["2a"]
    assert finding["verdict"] == "not testable"
    assert finding["reason"] == told


def test_a_dose_that_no_culture_has_is_told_with_the_doses_there_are(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    (difference,) = settings.findings[0].differences
    typed = replace(difference, arm={**difference.arm, "il1ra_ng_ml": 50})
    changed = replace(settings, findings=(replace(settings.findings[0], differences=(typed,)),))
    (problem,) = check_arms(joined_study(parameters=SURE), changed)
    assert problem.message == ("no culture has 50 in column il1ra_ng_ml; its values are 0, 500.")


def test_misspelt_cells_are_told_with_the_nearest(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    changed = replace(settings, reference_cells="contrl", cell_labels={"IL1B-x": "IL-1β"})
    reference, label = check_arms(joined_study(parameters=SURE), changed)
    assert (reference.column, reference.value) == ("cells.reference", "contrl")
    assert reference.message == (
        'is not among the cells of cultures.csv, which are control, il1b; did you mean "control"?'
    )
    assert (label.column, label.value) == ("cells.labels.IL1B-x", "IL1B-x")


@pytest.mark.parametrize(("subject", "table"), [("IL-6", "elisa.csv"), ("apoptosis", "flow.csv")])
def test_findings_on_what_no_table_measures_are_told_before(
    joined_study: JoinedStudy, settings: ComparisonSettings, subject: str, table: str
) -> None:
    (other,) = {"IL-6", "apoptosis"} - {subject}
    cultures = joined_study(parameters=SURE)
    assert check_arms(cultures, settings, measured=["apoptosis", "IL-6"]) == []
    problems = check_arms(cultures, settings, measured=[other])
    about = [finding.id for finding in settings.findings if finding.endpoint == subject]
    assert [problem.column for problem in problems] == [f"comparison, findings, {i}" for i in about]
    assert {problem.value for problem in problems} == {subject}
    assert {problem.message for problem in problems} == {
        f"{subject} is not measured in this study (measured: {other}); add it to {table}, or "
        "remove this from the config."
    }


def test_cultures_that_could_not_be_read_are_not_blamed_on_the_findings(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    assert check_arms(pd.DataFrame(), settings) == []
    assert check_arms(cultures.head(0), settings) == []
    assert check_arms(cultures.assign(dex_nM=np.nan), settings) == []
    one_empty = cultures.assign(dex_nM=cultures["dex_nM"].where(cultures.index > 0))
    assert check_arms(one_empty, settings) == []


def test_arms_left_open_or_unknown_are_refused_with_the_cure(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(parameters=SURE)
    two_stromas = cultures.assign(
        stroma=np.where(cultures["experiment"] == "E1", "primary", cultures["stroma"])
    )
    messages = {problem.message for problem in check_arms(two_stromas, settings)}
    assert messages == {
        "the arm does not name its stroma, and the study has several (HS-5, primary); name one."
    }
    two_times = cultures.assign(hours=np.where(cultures["experiment"] == "E1", 72.0, 48.0))
    messages = {problem.message for problem in check_arms(two_times, settings)}
    assert messages == {
        "the arm does not name its hours, and the study has several (48, 72); name one."
    }


def test_il6_findings_in_arms_to_which_il6_was_added_are_refused(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    added = replace(
        settings.findings[0],
        differences=tuple(
            replace(d, arm={**d.arm, "il6_ng_ml": 10}) for d in settings.findings[0].differences
        ),
    )
    changed = replace(settings, findings=(added,))
    cultures = joined_study(parameters=SURE)
    (problem,) = check_arms(cultures, changed)
    assert problem.message.startswith("IL-6 was added to this arm")
    finding = compare(cultures, changed).findings.iloc[0]
    assert finding["verdict"] == "not testable"
    assert finding["reason"] == "IL-6 was added to IL-1β IL-1Ra + added IL-6"
    assert finding["advice"] == "Compare IL-6 only in arms to which none was added."


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
    assert problem.message.startswith("compares an arm with itself, or nothing: the weights")
    contrasts = compare(cultures, changed).contrasts
    rows = contrasts[contrasts["contrast"] == "nothing"]
    assert len(rows)
    assert rows["p"].isna().all()
    assert (rows["estimate"] == 0).all()


def test_cells_of_one_label_are_reported(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study()
    for labels in ({"il1b": "control"}, {"control": "MM.1S", "il1b": "MM.1S"}):
        (problem,) = check_arms(cultures, replace(settings, cell_labels=labels))
        assert (problem.column, problem.value) == ("cells.labels.il1b", labels["il1b"])
        assert problem.message.startswith("would be the label of control and il1b cells")
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


@pytest.mark.parametrize(
    ("finding", "own", "column", "value", "words"),
    [
        (
            "1b",
            Margin(ratio=1.5),
            "1b, margin_ratio",
            "1.5",
            "in percentage points; write margin_p",
        ),
        (
            "1a",
            Margin(points=5),
            "1a, margin_points",
            "5",
            "as ratios; write margin_ratio, for e",
        ),
    ],
)
def test_a_margin_on_another_scale_is_refused(
    joined_study: JoinedStudy,
    settings: ComparisonSettings,
    finding: str,
    own: Margin,
    column: str,
    value: str,
    words: str,
) -> None:
    changed = [
        replace(one, own_margin=own) if one.id == finding else one for one in settings.findings
    ]
    (problem,) = check_arms(
        joined_study(parameters=SURE), replace(settings, findings=tuple(changed))
    )
    assert problem.column == f"comparison, findings, {column}"
    assert problem.value == value
    assert words in problem.message


def test_a_margin_of_an_endpoint_on_another_scale_is_refused(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    changed = [
        replace(one, margin=Margin(points=5, ratio=1.2)) if one.name == "IL-6" else one
        for one in settings.quantities
    ]
    (problem,) = check_arms(
        joined_study(parameters=SURE), replace(settings, quantities=tuple(changed))
    )
    assert problem.column == "comparison, endpoints, IL-6, margin_points"
