"""The figure of how fragile the findings are."""

from dataclasses import replace

import pandas as pd
import pytest
from matplotlib.text import Text

from coculture.comparison.figures.inputs import FigureInputs
from coculture.comparison.figures.robustness import robustness
from coculture.drawing import Drawing
from tests.comparison.small_studies import DEX, finding, study

FINDINGS = {"findings": [finding("higher", "apoptosis", {"dex_nM": 10}, [{"dex_nM": 0}])]}


@pytest.fixture(scope="module")
def made() -> FigureInputs:
    return study(
        [{"dex_nM": 0.0}, {"dex_nM": 10.0}],
        [DEX],
        FINDINGS,
        percent=lambda arm: 40.0 if arm["dex_nM"] else 20.0,
    )


def texts(drawn: Drawing) -> list[str]:
    return [one.get_text() for one in drawn.figure.findobj(match=Text) if isinstance(one, Text)]


def changed(made: FigureInputs, **columns: str | float) -> FigureInputs:
    """With a counted analysis whose columns have other values."""
    table = made.tables.robustness
    other = table[table["choice"] == "scale"].assign(alternative="another", **columns)
    rows = pd.concat([table, other], ignore_index=True)
    return replace(made, tables=replace(made.tables, robustness=rows))


def test_each_analysis_with_a_p_has_a_mark(made: FigureInputs) -> None:
    drawn = robustness(made)
    table = made.tables.robustness
    tested = table[table["p"].notna()]
    assert list(drawn.shown["alternative"]) == list(tested["alternative"])
    marks = dict(zip(tested["choice"], drawn.shown["mark"], strict=True))
    assert marks == {
        "as_configured": "as configured",
        "scale": "counted",
        "test": "not counted",
        "experiment_left_out": "one experiment left out",
    }
    ratio = tested["p"].to_numpy() / tested["level"].to_numpy()
    assert drawn.shown["ratio"].tolist() == pytest.approx(ratio)


def test_it_says_in_how_many_analyses_a_verdict_holds(made: FigureInputs) -> None:
    assert robustness(made).text.result == "Shown in every analysis: 1."
    assert "shown\nin 2 of 2" in texts(robustness(made))
    fragile = changed(made, verdict="not shown", p=0.5)
    assert robustness(fragile).text.result == "1: shown in 2 of 3."
    assert "shown\nin 2 of 3" in texts(robustness(fragile))


def test_without_findings_it_says_so(made: FigureInputs) -> None:
    nothing = replace(made.tables, robustness=made.tables.robustness.iloc[:0])
    drawn = robustness(replace(made, tables=nothing))
    assert drawn.shown.empty
    assert texts(drawn) == ["No analyses to show: no finding could be tested."]
