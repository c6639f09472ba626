"""All figures of the comparison: their files, their texts, and studies that show nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from coculture import drawing, simulate
from coculture.comparison import Comparison, ComparisonSettings, compare, figures, planning
from coculture.comparison.design.arms import Design
from coculture.comparison.figures.arms import arms, arms_by_pooled_error
from coculture.comparison.figures.axes import grid
from coculture.comparison.figures.combination import combination
from coculture.comparison.figures.findings import findings
from coculture.comparison.figures.inputs import FigureInputs
from coculture.comparison.figures.interaction import interaction
from coculture.drawing.figure import Drawing
from coculture.drawing.marks import experiment_marks
from coculture.exchange import figure_text, result_tables

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


def test_what_a_figure_shows_is_written_and_read_back(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings, tmp_path: Path
) -> None:
    drawn = {
        "arms": arms(_inputs(cultures, tables, settings), "IL-6"),
        "interaction": interaction(_inputs(cultures, tables, settings), "IL-6"),
        "combination": combination(_inputs(cultures, tables, settings)),
        "findings": findings(_inputs(cultures, tables, settings)),
    }
    for name, figure in drawn.items():
        assert figure.table == f"figures/comparison/{name}.csv"
        path = tmp_path / f"{name}.csv"
        drawing.save(figure, [path])
        pd.testing.assert_series_equal(
            result_tables.read(path)["value"], figure.shown["value"], check_dtype=False
        )


def test_a_study_without_findings_or_combinations_says_so(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    bare = replace(settings, findings=())
    single = cultures[~cultures["arm"].str.contains(r"\+", regex=True)]
    tables = compare(single, bare)
    overview = findings(_inputs(single, tables, bare))
    assert _texts(overview) == "No findings to show: the config states none."
    assert overview.text.result == ""
    assert _texts(combination(_inputs(single, tables, bare))) == (
        "No combination to show: no two drugs were given alone and together in one experiment."
    )
    assert _texts(interaction(_inputs(single, tables, bare), "IL-6")) == (
        "No interaction to show: no two factors were given alone and together."
    )


def test_what_was_not_measured_is_said_in_one_sentence(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    nothing = {"percent_apoptotic": np.nan, "n_events": np.nan, "n_apoptotic": np.nan}
    unmeasured = cultures.assign(**nothing, apoptosis_state="missing")
    tables = compare(unmeasured, settings)
    assert _texts(arms(_inputs(unmeasured, tables, settings), "apoptosis")) == (
        "No arms to show: apoptosis was not measured."
    )
    assert _texts(interaction(_inputs(unmeasured, tables, settings), "apoptosis")) == (
        "No interaction to show: apoptosis was not measured."
    )
    assert _texts(combination(_inputs(unmeasured, tables, settings))) == (
        "No combination to show: apoptosis was not measured."
    )
    lost = unmeasured.assign(apoptosis_state="excluded")
    assert _texts(combination(_inputs(lost, compare(lost, settings), settings))) == (
        "No combination to show: no culture has a usable value of apoptosis."
    )


def test_an_experiment_keeps_its_colour_where_it_shows_nothing(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    """E1 has one arm only, so no difference and no combination is of it."""
    cultures = joined_study()
    cultures = cultures[
        (cultures["experiment"] != "E1") | (cultures["arm"] == "control untreated")
    ].reset_index(drop=True)
    tables = compare(cultures, settings)
    marks = experiment_marks(["E1", "E2", "E3", "E4"])
    superplot = arms(_inputs(cultures, tables, settings), "apoptosis").figure
    combined = combination(_inputs(cultures, tables, settings)).figure
    # The margin's edge and zero are no marks.
    for panel in (superplot.subfigs[1].axes[0], combined.axes[1]):
        used = {(line.get_color(), line.get_marker()) for line in panel.lines}
        assert {(marks[name].colour, marks[name].marker) for name in ("E2", "E3", "E4")} <= used
        assert (marks["E1"].colour, marks["E1"].marker) not in used


def test_no_text_is_cut_off_at_the_edge(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings
) -> None:
    plain = tables.combination["combination"] == "il1b DEX + IL-1Ra"
    one_combination = replace(tables, combination=tables.combination[plain])
    for drawn in (
        arms(_inputs(cultures, tables, settings), "IL-6"),
        arms_by_pooled_error(_inputs(cultures, tables, settings), "IL-6"),
        interaction(_inputs(cultures, tables, settings), "apoptosis"),
        interaction(_inputs(cultures, tables, settings), "IL-6"),
        combination(_inputs(cultures, tables, settings)),
        combination(_inputs(cultures, one_combination, settings)),
        findings(_inputs(cultures, tables, settings)),
    ):
        drawn.figure.draw_without_rendering()
        width, height = drawn.figure.get_size_inches()
        taken = drawn.figure.get_tightbbox()
        assert min(taken.x0, taken.y0) >= 0
        assert taken.x1 <= width
        assert taken.y1 <= height


@pytest.mark.parametrize(("panels", "shape"), [(1, (1, 1)), (3, (1, 3)), (4, (2, 2)), (6, (2, 3))])
def test_panels_fill_their_grid(panels: int, shape: tuple[int, int]) -> None:
    assert grid(panels) == shape


def test_figures_are_the_same_byte_for_byte(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings, tmp_path: Path
) -> None:
    design = Design.of(cultures, settings)
    assumed = planning.assumptions_of(cultures, settings)

    def draw() -> dict[str, Drawing]:
        table = planning.power(assumed, design, settings, (3, 4), (1,), 50, 1, lambda _: None)
        return {
            "superplot": arms(_inputs(cultures, tables, settings), "IL-6"),
            "interaction": interaction(_inputs(cultures, tables, settings), "apoptosis"),
            "combination": combination(_inputs(cultures, tables, settings)),
            "power": figures.power(table, planning.needs(cultures, design, settings, assumed)),
        }

    for folder in ("once", "again"):
        for name, figure in draw().items():
            drawing.save(figure, [tmp_path / folder / f"{name}.svg"])
    for name in ("superplot", "interaction", "combination", "power"):
        once, again = (tmp_path / folder / f"{name}.svg" for folder in ("once", "again"))
        assert once.read_bytes() == again.read_bytes(), name


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "change",
    [
        {"il6_pg_ml": np.nan, "il6_state": "below_lloq", "il6_bound_pg_ml": 100.0},
        {"il6_pg_ml": np.nan, "il6_state": "overflow", "il6_bound_pg_ml": 100.0},
        {"il6_pg_ml": np.nan, "il6_state": "missing"},
        {"percent_apoptotic": np.nan, "n_events": np.nan, "n_apoptotic": np.nan},
        {"percent_apoptotic": 0.0, "n_apoptotic": 0.0},
    ],
    ids=["all below", "all overflowing", "no IL-6", "no flow", "no apoptosis"],
)
def test_a_study_that_shows_nothing_is_compared_and_drawn_without_a_warning(
    joined_study: JoinedStudy,
    settings: ComparisonSettings,
    change: dict[str, float | str],
    tmp_path: Path,
) -> None:
    cultures = joined_study().assign(**change)
    tables = compare(cultures, settings)
    figure = findings(_inputs(cultures, tables, settings))
    drawing.save(figure, [tmp_path / "findings.png", tmp_path / "findings.csv"])
    drawing.save(combination(_inputs(cultures, tables, settings)), [tmp_path / "combination.png"])
    for endpoint in ("apoptosis", "IL-6"):
        for draw in (arms, arms_by_pooled_error):
            plot = draw(_inputs(cultures, tables, settings), endpoint)
            drawing.save(plot, [tmp_path / "super.png", tmp_path / "super.csv"])
        crossed = interaction(_inputs(cultures, tables, settings), endpoint)
        drawing.save(crossed, [tmp_path / "inter.png", tmp_path / "inter.csv"])
    subject = "IL-6" if any(name.startswith("il6") for name in change) else "apoptosis"
    about = tables.findings[tables.findings["endpoint"] == subject]
    assert set(about["verdict"]) == {"not testable"}
    assert about["p"].isna().all()


def test_every_figure_has_a_function_and_a_text_of_its_own(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings, tmp_path: Path
) -> None:
    assert tuple(figures.functions()) == figures.NAMES
    endpoints = {"apoptosis": "apoptosis", "IL-6": "il6"}
    drawn = dict(figures.drawings(_inputs(cultures, tables, settings), figures.every(endpoints)))
    assert list(drawn) == [one.name for one in figures.every(endpoints)]
    titles = {name.removesuffix("_pooled_error"): one.text.title for name, one in drawn.items()}
    assert len(set(titles.values())) == len(titles)
    assert all(one.text.caption for one in drawn.values())
    # Bounds leave no estimate of the interactions of IL-6; no positions and no doses are given.
    without_result = [name for name, one in drawn.items() if not one.text.result]
    assert without_result == [
        *("dose_response_apoptosis", "dose_response_il6"),
        *("interaction_il6", "dose_pairs", "plates"),
    ]
    drawing.save(drawn["findings"], [tmp_path / "findings.json"])
    written = figure_text.read(tmp_path / "findings.json")
    assert written == replace(drawn["findings"].text, table="figures/comparison/findings.csv")


@pytest.fixture
def dex_apart(joined_study: JoinedStudy) -> pd.DataFrame:
    """DEX in E5 to E9, all other arms in E1 to E4."""
    design = replace(simulate.EXAMPLE.design, experiments=9, wells=3, mishaps=simulate.Mishaps())
    cultures = joined_study(parameters=replace(simulate.EXAMPLE, design=design))
    early = cultures["experiment"].isin(["E1", "E2", "E3", "E4"])
    return cultures[early != cultures["arm"].isin(["control DEX", "il1b DEX"])]


def test_arms_that_share_no_experiment_are_drawn_without_pairs(
    dex_apart: pd.DataFrame, settings: ComparisonSettings
) -> None:
    tables = compare(dex_apart, settings)
    drawn = arms(_inputs(dex_apart, tables, settings), "apoptosis")
    shown = drawn.shown[drawn.shown["contrast"] == "control: DEX against untreated"]
    marks = shown[shown["mark"] == "difference from the mean of the other arm"]
    (difference,) = shown[shown["mark"] == "difference"].to_dict("records")
    assert len(marks) == 9
    # Each group of experiments is centred on the difference.
    late = marks["experiment"].isin(["E5", "E6", "E7", "E8", "E9"])
    for group in (marks[late], marks[~late]):
        assert group["value"].mean() == pytest.approx(difference["value"])
    of_arms = tables.arms[tables.arms["endpoint"] == "percent_apoptotic"].set_index("arm")["mean"]
    spread = marks.loc[late, "value"].to_numpy() - of_arms["control DEX"].to_numpy()
    assert np.ptp(spread) == pytest.approx(0, abs=1e-9)
    assert difference["n_each"] == "5 and 4"
    assert "n = 5 and 4, df = " in _texts(drawn)
    assert "compared between experiments (Welch)" in " ".join(_texts(drawn).split())
    # No line of an experiment leads to an arm that it lacks.
    for line in drawn.figure.axes[0].get_lines():
        y = np.asarray(line.get_ydata(), dtype=float)
        if len(y) > 2 and not np.isnan(y[1]):
            assert np.isnan(y[[0, 2]]).all()


def test_arms_inside_experiments_are_drawn_as_before(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings
) -> None:
    drawn = arms(_inputs(cultures, tables, settings), "apoptosis")
    assert "Welch" not in _texts(drawn)
    assert set(drawn.shown["n_each"].fillna("")) == {""}
    assert "Welch" not in _texts(findings(_inputs(cultures, tables, settings)))
    assert "Welch" not in _texts(interaction(_inputs(cultures, tables, settings), "apoptosis"))


def test_the_findings_figure_gives_n_of_each_group(
    dex_apart: pd.DataFrame, settings: ComparisonSettings
) -> None:
    tables = compare(dex_apart, settings)
    drawn = findings(_inputs(dex_apart, tables, settings))
    between = tables.findings[tables.findings["compared"] != ""]
    assert len(between)
    assert ", n = 5 and 4" in _texts(drawn) or ", n = 4 and 5" in _texts(drawn)
    caption = " ".join(_texts(drawn).split())
    assert "compared between experiments (Welch), with the experiments of each group" in caption


def test_an_interaction_between_experiments_has_no_lines_of_experiments(
    dex_apart: pd.DataFrame, settings: ComparisonSettings
) -> None:
    tables = compare(dex_apart, settings)
    drawn = interaction(_inputs(dex_apart, tables, settings), "apoptosis")
    axis = drawn.figure.axes[0]
    texts = " ".join(_texts(drawn).split())
    assert "n = 4 and 5, df = " in texts
    assert "(points: experiments; dashed: between means of different experiments)" in texts
    dashed = [line for line in axis.get_lines() if line.get_linestyle() == "--"]
    assert [line.get_label() for line in dashed] == ["without IL-1Ra (n = 4 and 5)"]
    of_line = drawn.shown[
        (drawn.shown["panel"] == drawn.shown["panel"].iloc[0])
        & (drawn.shown["line"] == "without IL-1Ra")
    ]
    assert of_line["value"].notna().all()
    assert of_line.groupby("arm")["experiment"].nunique().to_dict() == {
        "control untreated": 5, "control DEX": 6,
    }  # fmt: skip
