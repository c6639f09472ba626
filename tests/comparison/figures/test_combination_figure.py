"""The figure of the combinations."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from coculture.comparison import Comparison, ComparisonSettings, compare
from coculture.comparison.design.arms import Design, arms_of
from coculture.comparison.figures.combination import combination
from coculture.comparison.figures.inputs import FigureInputs
from coculture.comparison.settings import Factor
from coculture.drawing.figure import Drawing
from coculture.drawing.marks import experiment_marks

JoinedStudy = Callable[..., pd.DataFrame]


@pytest.fixture
def cultures(joined_study: JoinedStudy) -> pd.DataFrame:
    """The example's design, with IL-6 below 200 pg/mL out of range."""
    return joined_study(seed=3, lloq_pg_ml=200.0)


def _inputs(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings
) -> FigureInputs:
    return FigureInputs(cultures, tables, settings, pd.DataFrame())


def _texts(drawn: Drawing) -> str:
    found = drawn.figure.findobj(match=Text)
    return "\n".join(a.get_text() for a in found if isinstance(a, Text) and a.get_visible())


def test_three_drugs_together_are_three_pairs_of_their_own_name(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    three = replace(settings, factors=(*settings.factors, Factor("Lena", "lena_uM", "µM", 0.0)))
    cultures = joined_study()
    given = cultures.assign(lena_uM=10.0, culture=cultures["culture"] + "-Lena")
    cultures = pd.concat([cultures.assign(lena_uM=0.0), given], ignore_index=True)
    design = Design.of(cultures, three)
    cultures["arm"] = [design.label(arm) for arm in arms_of(cultures, three.factors)]
    tables = compare(cultures, three)
    assert not tables.combination.duplicated(["combination", "measure", "experiment"]).any()
    pairs = {
        f"il1b DEX + IL-1Ra + Lena ({pair})"
        for pair in ("DEX × IL-1Ra", "DEX × Lena", "IL-1Ra × Lena")
    }
    assert pairs < set(tables.combination["combination"])
    assert pairs < set(combination(_inputs(cultures, tables, three)).shown["combination"])


def test_the_combination_compares_the_same_experiments(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    lacks = (cultures["experiment"] == "E1") & (cultures["arm"] == "il1b DEX")
    tables = compare(cultures[~lacks], settings)
    figure = combination(_inputs(cultures, tables, settings))
    panel = next(a for a in figure.figure.axes if a.get_title(loc="left").startswith("IL-1β"))
    experiments = [line for line in panel.lines if line.get_marker() != "None"]
    assert len(experiments) == 3
    assert all(np.isfinite(np.asarray(line.get_ydata(), dtype=float)).all() for line in experiments)
    (observed,) = [
        line for line in panel.lines if list(np.asarray(line.get_xdata())) == [2.75, 3.25]
    ]
    mean = np.mean([np.asarray(line.get_ydata())[3] for line in experiments])
    assert np.asarray(observed.get_ydata())[0] == pytest.approx(mean)
    assert ", n = 3, df = 2, 35 wells" in _texts(figure)
    # E2 keeps its colour although E1 is not in the panel.
    marks = experiment_marks(["E1", "E2", "E3", "E4"])
    assert experiments[0].get_color() == marks["E2"].colour


def test_the_result_has_the_ratio_of_every_combination(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    tables = compare(cultures, settings)
    ratios = tables.combination[
        (tables.combination["unit"] == "ratio") & (tables.combination["experiment"] == "all")
    ]
    text = combination(_inputs(cultures, tables, settings)).text.result
    assert len(ratios) == 2
    for value in ratios["value"]:
        assert f"observed over expected viability {value:.3g} (95 % CI " in text
    assert "IL-1β DEX + IL-1Ra: " in text


def test_many_combinations_are_counted_and_not_listed(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    tables = compare(cultures, settings)
    rows = tables.combination[tables.combination["experiment"] == "all"]
    first = rows[rows["unit"] == "ratio"].head(1)
    many = [
        first.assign(combination=f"arm {i}", value=0.1 * i, lower=0.05 * i, upper=0.15 * i)
        for i in range(1, 11)
    ]
    all_of = replace(tables, combination=pd.concat([tables.combination, *many]))
    text = combination(_inputs(cultures, all_of, settings)).text.result
    assert "of 12 combinations: from 0.1 (95 % CI 0.05 to 0.15) in arm 1 to " in text
    below = 6 + int((rows.loc[rows["unit"] == "ratio", "upper"] < 1).sum())
    assert f"below 1 (more effect than expected) in {below} of them." in text
    assert len(text) < 300


def test_all_panels_have_one_scale(cultures: pd.DataFrame, settings: ComparisonSettings) -> None:
    apart = cultures.assign(
        percent_apoptotic=cultures["percent_apoptotic"].where(cultures["cells"] == "il1b", 3.0)
    )
    drawn = combination(_inputs(apart, compare(apart, settings), settings))
    panels = [axes for axes in drawn.figure.axes if axes.get_visible()]
    assert len(panels) > 1
    assert len({axes.get_ylim() for axes in panels}) == 1
