"""The findings of a config read as a protocol: what is refused, what is doubted, what is honest."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest

from coculture.comparison import ComparisonSettings, check_arms, compare
from coculture.comparison.design.arms import Design
from coculture.comparison.findings.protocol import Doubt, doubts, opposites
from coculture.comparison.settings import ArmPattern
from coculture.study.schema import faults, schema, with_defaults
from tests.comparison.findings.test_attacks import (
    DEX,
    DRUGS,
    IL6,
    LEN,
    NONE,
    RESCUE,
    settings_of,
    stated,
)

BOTH = DEX | LEN
CELLS = ("MM", "HS")


def cultures_of(experiments: int = 3) -> pd.DataFrame:
    """Two kinds of cells with every combination of three drugs."""
    return pd.DataFrame(
        [
            {"cells": cells, "stroma": "", "hours": 48.0, "experiment": f"E{number}"}
            | dict.fromkeys(DRUGS, 0.0)
            | drugs
            for number in range(1, experiments + 1)
            for cells in CELLS
            for drugs in (NONE, DEX, LEN, BOTH, IL6, DEX | IL6, LEN | IL6)
        ]
    )


def said(arm: ArmPattern, cells: str = "MM") -> ArmPattern:
    return {"cells": cells, **arm}


def found(*findings: dict[str, Any]) -> list[Doubt]:
    settings = settings_of(findings)
    return doubts(settings, Design.of(cultures_of(), settings))


def about(kind: str, statement: str, arm: ArmPattern, other: Any, **more: Any) -> dict[str, Any]:
    others = [said(one) for one in other] if isinstance(other, list) else said(other)
    return stated(kind, said(arm), others, statement=statement, **more)


HONEST = (
    about("lower", "LEN inhibits IL-6 more than DEX does, in MM cells", LEN, DEX, endpoint="IL-6"),
    about("not_raised", "LEN does not raise apoptosis", LEN, NONE),
    about("not_raised", "LEN raises apoptosis by less than 5 points", LEN, NONE),
    about("not_raised", "Apoptosis with LEN is no higher than without it", LEN, NONE),
    about(
        *("lower", "DEX and LEN together give the lowest IL-6", BOTH, [NONE, DEX, LEN]),
        endpoint="IL-6",
    ),
    about("higher", "At the highest dose DEX raises apoptosis", DEX, NONE),
    about("higher", "Unlike LEN, DEX raises apoptosis", DEX, NONE),
    about("higher", "DEX not only lowers IL-6 but also raises apoptosis", DEX, NONE),
    about("lower", "DEX raises apoptosis, so untreated cells have less of it", NONE, DEX),
    about("lower", "Added IL-6 reduces apoptosis even without DEX", IL6, NONE),
    about("higher", "IL-6 protects the viability that DEX reduces", DEX | IL6, DEX,
          endpoint="viability"),
    about("not_lowered", "LEN spares viability", LEN, NONE, endpoint="viability"),
    about("higher", "DEX kills more MM cells than no treatment", DEX, NONE),
    about("lower", "LEN never increases IL-6: it halves it", LEN, NONE, endpoint="IL-6")
    | {"statement": "LEN halves IL-6"},
    about("higher", "The cells' own IL-6 does not prevent that DEX induces apoptosis", DEX, NONE),
)  # fmt: skip


@pytest.mark.parametrize("finding", HONEST, ids=lambda one: one["statement"])
def test_an_honest_statement_is_not_doubted(finding: dict[str, Any]) -> None:
    assert found(finding) == []


def test_the_example_is_not_doubted(settings: ComparisonSettings, joined_study: Any) -> None:
    cultures = joined_study()
    assert doubts(settings, Design.of(cultures, settings)) == []
    assert check_arms(cultures, settings) == []


@pytest.mark.parametrize(
    ("finding", "code", "words"),
    [
        (
            about("higher", "LEN does not raise apoptosis", LEN, NONE),
            "statement_contradicts_test",
            'says that apoptosis is not raised ("raise apoptosis"), but its kind, higher, tests '
            "that it is higher.",
        ),
        (
            about("not_raised", "LEN lowers apoptosis", LEN, NONE),
            "statement_contradicts_test",
            "tests that it is not raised by the margin.",
        ),
        (
            about("lower", "LEN raises IL-6", LEN, NONE, endpoint="IL-6"),
            "statement_contradicts_test",
            "but its kind, lower, tests that it is lower.",
        ),
        (
            about("lower", "LEN inhibits IL-6 more than DEX does", LEN, NONE, endpoint="IL-6"),
            "statement_names_others",
            "names DEX, which none of its arms has.",
        ),
        (
            about("higher", "DEX raises apoptosis in HS cells", DEX, NONE),
            "statement_names_others",
            "names HS cells, which none",
        ),
        (
            about("higher", "The combination has the highest apoptosis", BOTH, NONE),
            "superlative_of_two",
            'says "highest", but it is compared with one arm only, MM untreated; not with MM DEX',
        ),
        (
            about("lower", "LEN raises apoptosis", LEN, NONE, endpoint="IL-6"),
            "statement_of_another_endpoint",
            "is about apoptosis, but IL-6 is tested.",
        ),
        (
            stated("higher", said(DEX), said(NONE, "HS"), statement="DEX raises apoptosis"),
            "arms_differ_in_several_things",
            "compares MM DEX with HS untreated, which differ in DEX and in cells",
        ),
    ],
)
def test_a_statement_beyond_its_test_is_doubted(
    finding: dict[str, Any], code: str, words: str
) -> None:
    (doubt,) = found(finding)
    assert doubt.code == code
    assert words in doubt.sentence
    assert doubt.action


def test_one_of_a_rise_and_no_rise_is_always_shown() -> None:
    pair = (
        about("higher", "DEX raises apoptosis", DEX, NONE),
        about("not_raised", "DEX does not raise apoptosis", DEX, NONE, number="2"),
    )
    (doubt,) = found(*pair)
    assert (doubt.finding, doubt.code) == ("1", "rise_and_no_rise")
    assert "changes by less than 5 points" in doubt.sentence
    superior = about("lower", "DEX lowers apoptosis", DEX, NONE)
    assert found(superior, pair[1]) == []


@pytest.mark.parametrize(
    "other",
    [
        about("lower", "DEX lowers apoptosis", DEX, NONE, number="2"),
        about("higher", "Untreated cells have more apoptosis", NONE, DEX, number="2"),
        about("higher", "Untreated cells have more apoptosis", NONE, [LEN, DEX], number="2"),
    ],
)
def test_opposite_twins_are_refused(other: dict[str, Any]) -> None:
    settings = settings_of([about("higher", "DEX raises apoptosis", DEX, NONE), other])
    (problem,) = check_arms(cultures_of(), settings)
    assert problem.column == "comparison, findings, 2"
    assert problem.key == ("comparison", "findings", 1)
    assert problem.message.startswith("claims the opposite of finding 1 for the same arms")


def test_the_same_claim_of_other_arms_is_no_opposite() -> None:
    findings = [
        about("higher", "DEX raises apoptosis", DEX, NONE),
        about("lower", "LEN lowers apoptosis", LEN, NONE, number="2"),
        about("lower", "DEX lowers IL-6", DEX, NONE, number="3", endpoint="IL-6"),
        RESCUE | {"id": "4", "effect": {"arm": said(DEX), "compared_with": said(NONE)}}
        | {"residual": {"arm": said(DEX | IL6), "compared_with": said(IL6)}},
    ]  # fmt: skip
    settings = settings_of(findings)
    assert list(opposites(settings, Design.of(cultures_of(), settings))) == []
    assert check_arms(cultures_of(), settings) == []


def test_a_margin_that_cannot_be_exceeded_is_refused() -> None:
    def problems(points: float) -> Sequence[Any]:
        finding = about("not_raised", "DEX does not", DEX, NONE, margin_points=points)
        return check_arms(cultures_of(), settings_of([finding]))

    assert problems(40) == []
    (problem,) = problems(100)
    assert (problem.value, problem.column) == ("100", "comparison, findings, 1")
    assert "lies between 0 and 100" in problem.message


@pytest.mark.parametrize("key", ["alpha_difference", "alpha_margin"])
def test_levels_above_a_tenth_are_refused(key: str) -> None:
    for section in ({key: 0.2}, {"findings": [stated("lower", DEX, NONE) | {key: 0.2}]}):
        wording = [text for _, _, text in faults(section, schema("comparison"))]
        assert any("must not be above 0.1" in text for text in wording), wording


def test_a_family_without_findings_is_refused() -> None:
    finding = about("higher", "DEX raises apoptosis", DEX, NONE, family="main")
    described = [{"name": "main"}, {"name": "mian"}, {"name": "main"}]
    problems = check_arms(cultures_of(), settings_of([finding], families=described))
    assert [problem.value for problem in problems] == ["mian", "main"]
    assert "families of findings: main" in problems[0].message
    assert "described twice" in problems[1].message


def test_a_doubt_is_a_caution_on_the_page(
    joined_study: Any, example_config: dict[str, Any]
) -> None:
    finding = stated("higher", {"cells": "il1b"}, {"cells": "control"})
    named = with_defaults(
        {"findings": [finding | {"statement": "DEX kills"}]}, schema("comparison")
    )
    changed = ComparisonSettings.from_config(
        named, example_config["factors"], example_config["cells"]
    )
    flags = compare(joined_study(), changed).flags
    (flag,) = (one for one in flags if one.code == "statement_names_others")
    assert (flag.severity, flag.concerns.finding) == ("caution", "1")
    assert "names DEX, which none of its arms has. Name in the statement" in flag.sentence


def test_an_effect_that_is_mostly_left_is_not_called_eliminated() -> None:
    (doubt,) = found(RESCUE | {"residual_fraction": 0.99, "margin_points": 60})
    assert doubt.code == "eliminated_though_mostly_left"
    assert "of which up to 99 % is left" in doubt.sentence
    assert not found(RESCUE | {"residual_fraction": 0.5})
