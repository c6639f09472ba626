"""The figure of the findings."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest
from matplotlib.text import Text

from coculture import simulate
from coculture.comparison import Comparison, ComparisonSettings, compare
from coculture.comparison.figures.findings import findings
from coculture.comparison.figures.inputs import FigureInputs
from coculture.drawing.figure import Drawing

JoinedStudy = Callable[..., pd.DataFrame]


@pytest.fixture
def cultures(joined_study: JoinedStudy) -> pd.DataFrame:
    """The example's design, with IL-6 below 200 pg/mL out of range."""
    return joined_study(seed=3, lloq_pg_ml=200.0)


@pytest.fixture
def tables(cultures: pd.DataFrame, settings: ComparisonSettings) -> Comparison:
    """Its comparison."""
    return compare(cultures, settings)


def _inputs(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings
) -> FigureInputs:
    return FigureInputs(cultures, tables, settings, pd.DataFrame())


def _texts(drawn: Drawing) -> str:
    found = drawn.figure.findobj(match=Text)
    return "\n".join(a.get_text() for a in found if isinstance(a, Text) and a.get_visible())


def test_the_overview_holds_every_verdict(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings
) -> None:
    drawn = _texts(findings(_inputs(cultures, tables, settings)))
    for finding in settings.findings:
        assert f"{finding.id}  " in drawn
    assert drawn.count("shown\np ") == (tables.findings["verdict"] != "not testable").sum()


def test_findings_that_cannot_be_tested_are_listed_all_the_same(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    design = replace(simulate.EXAMPLE.design, experiments=2, wells=3, mishaps=simulate.Mishaps())
    cultures = joined_study(parameters=replace(simulate.EXAMPLE, design=design))
    tables = compare(cultures, settings)
    drawn = _texts(findings(_inputs(cultures, tables, settings)))
    assert drawn.count("not testable") == 7 + 1  # the caption says it once
    words = drawn.replace("\n", " ")
    assert "Without an estimate: not testable." in words
    assert "grey ticks: each comparison that has an estimate, even if the finding has none" in words


def test_the_overview_says_what_it_draws(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings
) -> None:
    figure = findings(_inputs(cultures, tables, settings))
    drawn = _texts(figure)
    assert "closest" not in drawn
    assert "weakest evidence (largest p)" in drawn
    assert "percentage points from the arm it is compared with (orange: margin)" in drawn
    only_highest = replace(settings, findings=settings.findings[-1:])
    rows = tables.findings[tables.findings["id"] == "3b"]
    tests = tables.finding_tests[tables.finding_tests["id"] == "3b"]
    only = replace(tables, findings=rows, finding_tests=tests)
    alone = findings(_inputs(cultures, only, only_highest))
    assert "orange" not in _texts(alone)
    assert rows["estimate"].item() == tests.sort_values("p")["estimate"].iloc[-1]


def test_the_result_lists_the_findings_by_verdict(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings
) -> None:
    verdicts = ["shown", "not testable", "shown", "shown", "not shown", "shown", "shown"]
    changed = replace(tables, findings=tables.findings.assign(verdict=verdicts))
    text = findings(_inputs(cultures, changed, settings)).text
    assert text.result == "Shown: 1a, 2a, 2b, 3a and 3b; not shown: 2c; not testable: 1b."
    assert text.analysis == "per_experiment"


def test_an_effect_that_is_not_shown_has_no_mark(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings
) -> None:
    nothing = {"estimate": float("nan"), "lower": float("nan"), "upper": float("nan")}
    is_2a = tables.findings["id"] == "2a"
    changed = tables.findings.assign(
        **{name: tables.findings[name].mask(is_2a, number) for name, number in nothing.items()},
        verdict=tables.findings["verdict"].mask(is_2a, "shown by its own test"),
    )
    drawn = findings(_inputs(cultures, replace(tables, findings=changed), settings))
    assert "no number" in _texts(drawn)
    assert "unbounded" not in _texts(drawn)
    assert "shown by its own test\np " in _texts(drawn)
    assert "Shown by its own test: 2a" in (drawn.text.result or "").replace("; s", "; S")
