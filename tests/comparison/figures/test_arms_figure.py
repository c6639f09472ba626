"""The figure of the arms: wells, experiments, differences."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.artist import Artist
from matplotlib.text import Text

from coculture.comparison import Comparison, ComparisonSettings, compare
from coculture.comparison.design.arms import Design
from coculture.comparison.design.endpoints import primary_endpoint
from coculture.comparison.figures.arms import arms, arms_by_pooled_error, result_of_arms
from coculture.comparison.figures.inputs import FigureInputs
from coculture.drawing.figure import Drawing
from coculture.drawing.marks import experiment_marks

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


def test_the_superplot_says_its_numbers(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings
) -> None:
    drawn = _texts(arms(_inputs(cultures, tables, settings), "apoptosis"))
    wells = int(cultures["percent_apoptotic"].notna().sum())
    assert f"n = 4 experiments, {wells} wells" in drawn.replace("\n", " ")
    assert "margin 5 points" in drawn
    assert sum(drawn.splitlines().count(f"n = {n}, df = {n - 1}") for n in (3, 4)) == 12
    assert "DEX 1000 nM, IL-1Ra 500 ng/mL, added IL-6 10 ng/mL; 48 h on HS-5." in drawn


def test_the_il6_superplot_says_what_it_leaves_out(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings
) -> None:
    figure = arms(_inputs(cultures, tables, settings), "IL-6")
    drawn = _texts(figure).replace("\n", " ")
    assert "LLOQ × dilution: 200 pg/mL" in drawn
    assert "Open marks: outside the quantifiable range" in drawn
    assert "Not shown: 48 cultures to which IL-6 was added" in drawn
    assert "n = 4, bound with upper limit" in drawn


def test_limits_stand_in_full_in_the_legend(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(lloq_pg_ml=1_234.5)
    figure = arms(_inputs(cultures, compare(cultures, settings), settings), "IL-6")
    words = "limit of the open marks, LLOQ × dilution: 1,230 pg/mL"
    assert words in _texts(figure).replace("\n", " ")


def test_every_well_is_drawn(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings
) -> None:
    drawn = arms(_inputs(cultures, tables, settings), "apoptosis")
    upper = drawn.figure.subfigs[0].axes[0]
    small = [line for line in upper.lines if line.get_markersize() == 3]
    heights = sorted(float(line.get_ydata()[0]) for line in small)  # type: ignore[index,arg-type]
    assert heights == pytest.approx(sorted(cultures["percent_apoptotic"].dropna()))
    marked = drawn.shown[drawn.shown["mark"] == "well"].set_index("culture")["value"]
    measured = cultures.set_index("culture")["percent_apoptotic"].dropna()
    pd.testing.assert_series_equal(
        marked.sort_index(), measured.sort_index(), check_names=False, check_dtype=False
    )


def test_no_well_lies_under_the_mean_of_an_experiment(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings
) -> None:
    drawn = arms(_inputs(cultures, tables, settings), "apoptosis")
    drawn.figure.draw_without_rendering()
    upper = drawn.figure.subfigs[0].axes[0]
    small = [line for line in upper.lines if line.get_markersize() == 3]
    joining = [line for line in upper.lines if len(line.get_xdata()) > 1]  # type: ignore[arg-type]
    large = [line for line in upper.lines if line not in small and line not in joining]
    assert min(line.zorder for line in small) > max(line.zorder for line in large)
    wells, means = (
        {
            (line.get_color(), round(upper.transData.transform((float(line.get_xdata()[0]), 0))[0]))  # type: ignore[arg-type,index]
            for line in lines
        }
        for lines in (small, large)
    )
    # In pixels across: a well is 3 points wide, a mean 6.
    clear = 0.5 * (3 + 6) * drawn.figure.dpi / 72
    between = [abs(x - place) for colour, x in wells for own, place in means if own == colour]
    assert len(means) == len({place for _, place in means}) == 47
    assert min(between) > clear - 2


def test_a_line_breaks_at_an_arm_that_the_experiment_lacks(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings
) -> None:
    drawn = arms(_inputs(cultures, tables, settings), "apoptosis")
    upper = drawn.figure.subfigs[0].axes[0]
    in_e3 = experiment_marks(cultures["experiment"].unique())["E3"].colour
    lines = [np.asarray(x.get_ydata(), float) for x in upper.lines if x.get_color() == in_e3]
    (in_control, _) = [line for line in lines if len(line) > 1]
    assert np.isnan(in_control).tolist() == [False, False, True, False, False, False]
    assert "break at an arm without a value" in _texts(drawn).replace("\n", " ")


def test_a_pooled_difference_is_printed_with_the_experiments_that_have_its_arms(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings
) -> None:
    drawn = arms_by_pooled_error(_inputs(cultures, tables, settings), "apoptosis")
    differences = drawn.shown[drawn.shown["mark"] == "difference"].set_index("contrast")["n"]
    fewer = ["control: IL-1Ra against untreated", "control: DEX + IL-1Ra against IL-1Ra"]
    wanted = differences.index.isin(fewer)
    assert differences.to_list() == [3 if one else 4 for one in wanted]
    assert _texts(drawn).count("n = 3, df") == wanted.sum() == 2


def test_every_well_of_a_superplot_stands_for_its_culture(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings
) -> None:
    figure = arms(_inputs(cultures, tables, settings), "IL-6").figure
    artists = figure.findobj(match=Artist)
    names = [str(a.get_gid()) for a in artists if a.get_gid() is not None]
    shown = cultures[~cultures["arm"].str.contains("added")]
    of_il6 = shown[shown["il6_state"].isin(["ok", "below_lloq"])]
    assert sorted(names) == sorted(f"culture:{culture}" for culture in of_il6["culture"])


def test_the_pooled_error_superplot_shows_the_same_differences_with_its_own_numbers(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings
) -> None:
    plots = {
        "per_experiment": arms(_inputs(cultures, tables, settings), "apoptosis"),
        "pooled_error": arms_by_pooled_error(_inputs(cultures, tables, settings), "apoptosis"),
    }
    rows = {
        analysis: plot.shown[plot.shown["mark"] == "difference"].set_index("contrast")
        for analysis, plot in plots.items()
    }
    assert list(rows["pooled_error"].index) == list(rows["per_experiment"].index)
    for analysis, of_analysis in rows.items():
        table = tables.contrasts[
            (tables.contrasts["analysis"] == analysis)
            & (tables.contrasts["endpoint"] == "percent_apoptotic")
        ].set_index("contrast")
        for column, name in (("value", "estimate"), ("lower", "lower"), ("df", "df")):
            expected = table[name][of_analysis.index]
            assert of_analysis[column].to_list() == expected.to_list()
    drawn = _texts(plots["pooled_error"])
    freedom = f"{rows['pooled_error']['df'].iloc[0]:.0f}"
    assert f"n = 4, df = {freedom}, p " in drawn
    assert "by the pooled-error analysis" in drawn.replace("\n", " ")


def test_a_difference_that_the_pooled_analysis_has_not_is_said(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    """Arms that are only bounds in every experiment are left out of the pooled analysis."""
    cultures = joined_study(seed=3, lloq_pg_ml=2_000.0)
    tables = compare(cultures, settings)
    plot = arms_by_pooled_error(_inputs(cultures, tables, settings), "IL-6")
    lines = plot.shown[plot.shown["mark"] == "difference"].set_index("contrast")["value"]
    assert len(lines) == 10
    estimated = lines.dropna().index
    assert list(estimated) == ["il1b: DEX against untreated"]
    assert _texts(plot).splitlines().count("no estimate") == 9


def test_names_of_sixteen_arms_with_doses_do_not_overlap(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    renamed = tuple(
        replace(factor, name="anakinra") if factor.name == "IL-1Ra" else factor
        for factor in settings.factors
    )
    settings = replace(settings, factors=renamed)
    cultures = joined_study()
    cultures["arm"] = cultures["arm"].str.replace("IL-1Ra", "anakinra")
    stronger = cultures[cultures["dex_nM"] > 0].copy()
    stronger["dex_nM"] = 10_000.0
    stronger["culture"] += "-10k"
    stronger["arm"] = stronger["arm"].str.replace("DEX", "DEX 10000 nM")
    weaker = cultures.assign(arm=cultures["arm"].str.replace("DEX", "DEX 1000 nM"))
    both = pd.concat([weaker, stronger], ignore_index=True)
    figure = arms(_inputs(both, compare(both, settings), settings), "apoptosis")
    figure.figure.draw_without_rendering()
    rows = [
        [label.get_window_extent() for label in panel.get_xticklabels() if label.get_text()]
        for panel in figure.figure.subfigs[0].axes
    ]
    assert sum(map(len, rows)) >= 16
    assert all(left.x1 < right.x0 for names in rows for left, right in pairwise(names))
    assert "DEX 1000 and 10000 nM" in _texts(figure)


def _group_means(*rows: tuple[str, str, float, float]) -> pd.DataFrame:
    """Rows of arms.csv of IL-6 from (arm, relation, low, high) in pg/mL; a bound is its mean."""
    return pd.DataFrame(
        [
            {
                "arm": arm,
                "relation": relation,
                "mean": np.log(low if relation == ">=" else high),
                "low": np.log(low) if low else -np.inf,
                "high": np.log(high),
            }
            for arm, relation, low, high in rows
        ]
    )


def test_the_result_is_the_geometric_mean_or_its_bound(settings: ComparisonSettings) -> None:
    """The root of 100 x 400 is 200, of 4,000 x 9,000 it is 6,000."""
    means = _group_means(
        *(("plain", "", 100, 400), ("plain", "", 400, 100)),
        *(("little", "<=", 0, 100), ("little", "", 400, 400)),
        *(("much", ">=", 4000, np.inf), ("much", "", 9000, 9000)),
    )
    il6, no_arms = primary_endpoint("IL-6", settings), Design((), (), {})
    assert result_of_arms(means, il6, no_arms) == (
        "Geometric mean over experiments: plain 200 pg/mL; little ≤ 200 pg/mL; much ≥ 6,000 pg/mL."
    )
    fourth = _group_means(("most", "", 9000, 9000))
    text = result_of_arms(pd.concat([means, fourth]), il6, no_arms)
    assert text.startswith("Geometric mean of 4 arms: lowest plain 200 pg/mL, highest most 9,000")
    assert text.endswith("only a bound in 2 arms.")
    assert result_of_arms(means.head(0), il6, no_arms) == ""


def test_both_analyses_have_the_same_title_and_their_own_name(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings
) -> None:
    drawn = [
        draw(_inputs(cultures, tables, settings), "IL-6") for draw in (arms, arms_by_pooled_error)
    ]
    assert [one.text.analysis for one in drawn] == ["per_experiment", "pooled_error"]
    assert {one.text.title for one in drawn} == {"IL-6, by arm"}
    assert all("IL-1β" in one.text.result for one in drawn)
