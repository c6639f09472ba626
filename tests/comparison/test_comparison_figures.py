"""What the figures show, and that they come out the same each time."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from coculture.comparison.figures.elements import experiment_marks, grid
from matplotlib.artist import Artist
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from coculture import drawing, simulate
from coculture.comparison import Comparison, ComparisonSettings, compare, figures, planning
from coculture.comparison.design.arms import Design, arms_of, sentence_of
from coculture.comparison.settings import Factor
from coculture.drawing.figure import Drawing
from coculture.exchange import result_tables

JoinedStudy = Callable[..., pd.DataFrame]


@pytest.fixture
def cultures(joined_study: JoinedStudy) -> pd.DataFrame:
    """The example's design, with IL-6 below 200 pg/mL out of range."""
    return joined_study(seed=3, lloq_pg_ml=200.0)


@pytest.fixture
def tables(cultures: pd.DataFrame, settings: ComparisonSettings) -> Comparison:
    """Its comparison."""
    return compare(cultures, settings)


def _texts(drawn: Drawing) -> str:
    found = drawn.figure.findobj(match=Text)
    return "\n".join(a.get_text() for a in found if isinstance(a, Text) and a.get_visible())


def test_the_superplot_says_its_numbers(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings
) -> None:
    drawn = _texts(figures.superplot(cultures, tables, "apoptosis", settings))
    wells = int(cultures["percent_apoptotic"].notna().sum())
    assert f"n = 4 experiments, {wells} wells" in drawn.replace("\n", " ")
    assert "margin 5 points" in drawn
    assert sum(drawn.splitlines().count(f"n = {n}, df = {n - 1}") for n in (3, 4)) == 12
    assert "DEX 1,000 nM, IL-1Ra 500 ng/mL, added IL-6 10 ng/mL; 48 h on HS-5." in drawn


def test_the_il6_superplot_says_what_it_leaves_out(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings
) -> None:
    figure = figures.superplot(cultures, tables, "IL-6", settings)
    drawn = _texts(figure).replace("\n", " ")
    assert "LLOQ × dilution: 200 pg/mL" in drawn
    assert "Open marks: outside the quantifiable range" in drawn
    assert "Not shown: 48 cultures to which IL-6 was added" in drawn
    assert "n = 4, bound only" in drawn


def test_limits_stand_in_full_in_the_legend(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    cultures = joined_study(lloq_pg_ml=1_234.5)
    figure = figures.superplot(cultures, compare(cultures, settings), "IL-6", settings)
    words = "limit of the open marks, LLOQ × dilution: 1,230 pg/mL"
    assert words in _texts(figure).replace("\n", " ")


def test_every_well_is_drawn(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings
) -> None:
    drawn = figures.superplot(cultures, tables, "apoptosis", settings)
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
    drawn = figures.superplot(cultures, tables, "apoptosis", settings)
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
    drawn = figures.superplot(cultures, tables, "apoptosis", settings)
    upper = drawn.figure.subfigs[0].axes[0]
    in_e3 = experiment_marks(cultures["experiment"].unique())["E3"].colour
    lines = [np.asarray(x.get_ydata(), float) for x in upper.lines if x.get_color() == in_e3]
    (in_control, _) = [line for line in lines if len(line) > 1]
    assert np.isnan(in_control).tolist() == [False, False, True, False, False, False]
    assert "a line breaks at an arm without a value" in _texts(drawn).replace("\n", " ")


def test_a_pooled_difference_is_printed_with_the_experiments_that_have_its_arms(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings
) -> None:
    drawn = figures.superplot(cultures, tables, "apoptosis", settings, "pooled_error")
    differences = drawn.shown[drawn.shown["mark"] == "difference"].set_index("contrast")["n"]
    fewer = ["control: IL-1Ra against untreated", "control: DEX + IL-1Ra against IL-1Ra"]
    wanted = differences.index.isin(fewer)
    assert differences.to_list() == [3 if one else 4 for one in wanted]
    assert _texts(drawn).count("n = 3, df") == wanted.sum() == 2


def test_every_well_of_a_superplot_stands_for_its_culture(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings
) -> None:
    figure = figures.superplot(cultures, tables, "IL-6", settings).figure
    artists = figure.findobj(match=Artist)
    names = [str(a.get_gid()) for a in artists if a.get_gid() is not None]
    shown = cultures[~cultures["arm"].str.contains("added")]
    of_il6 = shown[shown["il6_state"].isin(["ok", "below_lloq"])]
    assert sorted(names) == sorted(f"culture:{culture}" for culture in of_il6["culture"])


def test_the_pooled_error_superplot_shows_the_same_differences_with_its_own_numbers(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings
) -> None:
    plots = {
        analysis: figures.superplot(cultures, tables, "apoptosis", settings, analysis)
        for analysis in ("per_experiment", "pooled_error")
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
    plot = figures.superplot(cultures, tables, "IL-6", settings, "pooled_error")
    lines = plot.shown[plot.shown["mark"] == "difference"].set_index("contrast")["value"]
    assert len(lines) == 10
    estimated = lines.dropna().index
    assert list(estimated) == ["il1b: DEX against untreated"]
    assert _texts(plot).splitlines().count("no estimate") == 9


def test_what_a_figure_shows_is_written_and_read_back(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings, tmp_path: Path
) -> None:
    drawn = {
        "arms": figures.superplot(cultures, tables, "IL-6", settings),
        "interaction": figures.interaction(cultures, tables, "IL-6", settings),
        "combination": figures.combination(tables, settings),
        "findings": figures.findings_overview(tables.findings, tables.finding_tests, settings),
    }
    for name, figure in drawn.items():
        assert figure.table == f"figures/comparison/{name}.csv"
        path = tmp_path / f"{name}.csv"
        drawing.save(figure, [path])
        pd.testing.assert_series_equal(
            result_tables.read(path)["value"], figure.shown["value"], check_dtype=False
        )


def test_the_overview_holds_every_verdict(tables: Comparison, settings: ComparisonSettings) -> None:
    drawn = _texts(figures.findings_overview(tables.findings, tables.finding_tests, settings))
    for finding in settings.findings:
        assert f"{finding.id}  " in drawn
    assert drawn.count("shown\np ") == (tables.findings["verdict"] != "not testable").sum()


def test_findings_that_cannot_be_tested_are_listed_all_the_same(
    joined_study: JoinedStudy, settings: ComparisonSettings
) -> None:
    design = replace(simulate.EXAMPLE.design, experiments=2, mishaps=simulate.Mishaps())
    cultures = joined_study(parameters=replace(simulate.EXAMPLE, design=design))
    tables = compare(cultures, settings)
    drawn = _texts(figures.findings_overview(tables.findings, tables.finding_tests, settings))
    assert drawn.count("not testable") == 7 + 1  # the caption says it once
    words = drawn.replace("\n", " ")
    assert "Without an estimate: not testable." in words
    assert "grey ticks: each of them that has an estimate, also where the finding itself" in words


def test_a_study_without_findings_or_combinations_says_so(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    bare = replace(settings, findings=())
    single = cultures[~cultures["arm"].str.contains(r"\+", regex=True)]
    tables = compare(single, bare)
    overview = figures.findings_overview(tables.findings, tables.finding_tests, bare)
    assert _texts(overview) == "No findings to show: none are stated in the config."
    assert _texts(figures.combination(tables, bare)) == (
        "No combination to show: no two drugs were given alone and together in one experiment."
    )
    assert _texts(figures.interaction(single, tables, "IL-6", bare)) == (
        "No interaction to show: no two factors were given alone and together."
    )


def test_what_was_not_measured_is_said_in_one_sentence(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    nothing = {"percent_apoptotic": np.nan, "n_events": np.nan, "n_apoptotic": np.nan}
    unmeasured = cultures.assign(**nothing, excluded="not measured by flow cytometry")
    tables = compare(unmeasured, settings)
    assert _texts(figures.superplot(unmeasured, tables, "apoptosis", settings)) == (
        "No arms to show: apoptosis was not measured."
    )
    assert _texts(figures.interaction(unmeasured, tables, "apoptosis", settings)) == (
        "No interaction to show: apoptosis was not measured."
    )
    assert _texts(figures.combination(tables, settings)) == (
        "No combination to show: apoptosis was not measured."
    )
    lost = unmeasured.assign(excluded="flow: too few events")
    assert _texts(figures.combination(compare(lost, settings), settings)) == (
        "No combination to show: no culture has a usable value of apoptosis."
    )


def test_the_overview_says_what_it_draws(tables: Comparison, settings: ComparisonSettings) -> None:
    figure = figures.findings_overview(tables.findings, tables.finding_tests, settings)
    drawn = _texts(figure)
    assert "closest" not in drawn
    assert "weakest evidence (largest p)" in drawn
    assert "percentage points from the arm it is compared with (orange: margin)" in drawn
    only_highest = replace(settings, findings=settings.findings[-1:])
    rows = tables.findings[tables.findings["id"] == "3b"]
    tests = tables.finding_tests[tables.finding_tests["id"] == "3b"]
    alone = figures.findings_overview(rows, tests, only_highest)
    assert "orange" not in _texts(alone)
    assert rows["estimate"].item() == tests.sort_values("p")["estimate"].iloc[-1]


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
    figure = figures.superplot(both, compare(both, settings), "apoptosis", settings)
    figure.figure.draw_without_rendering()
    names = [
        label.get_window_extent() for label in figure.figure.subfigs[0].axes[0].get_xticklabels()
    ]
    assert len(names) >= 16
    assert all(left.x1 < right.x0 for left, right in pairwise(names))
    assert "DEX 1,000 and 10,000 nM" in _texts(figure)


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
    superplot = figures.superplot(cultures, tables, "apoptosis", settings).figure
    combination = figures.combination(tables, settings).figure
    # The margin's edge and zero are no marks.
    for panel in (superplot.subfigs[1].axes[0], combination.axes[1]):
        used = {(line.get_color(), line.get_marker()) for line in panel.lines}
        assert {(marks[name].colour, marks[name].marker) for name in ("E2", "E3", "E4")} <= used
        assert (marks["E1"].colour, marks["E1"].marker) not in used


def test_no_text_is_cut_off_at_the_edge(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings
) -> None:
    plain = tables.combination["combination"] == "il1b DEX + IL-1Ra"
    for drawn in (
        figures.superplot(cultures, tables, "IL-6", settings),
        figures.superplot(cultures, tables, "IL-6", settings, "pooled_error"),
        figures.interaction(cultures, tables, "apoptosis", settings),
        figures.interaction(cultures, tables, "IL-6", settings),
        figures.combination(tables, settings),
        figures.combination(replace(tables, combination=tables.combination[plain]), settings),
        figures.findings_overview(tables.findings, tables.finding_tests, settings),
    ):
        drawn.figure.draw_without_rendering()
        width, height = drawn.figure.get_size_inches()
        taken = drawn.figure.get_tightbbox()
        assert min(taken.x0, taken.y0) >= 0
        assert taken.x1 <= width
        assert taken.y1 <= height


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
    assert pairs < set(figures.combination(tables, three).shown["combination"])


def test_the_combination_compares_the_same_experiments(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    lacks = (cultures["experiment"] == "E1") & (cultures["arm"] == "il1b DEX")
    tables = compare(cultures[~lacks], settings)
    figure = figures.combination(tables, settings)
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


@pytest.mark.parametrize(("panels", "shape"), [(1, (1, 1)), (3, (1, 3)), (4, (2, 2)), (6, (2, 3))])
def test_panels_fill_their_grid(panels: int, shape: tuple[int, int]) -> None:
    assert grid(panels) == shape


def test_the_design_in_one_sentence(cultures: pd.DataFrame, settings: ComparisonSettings) -> None:
    first, last = cultures.head(1), cultures.tail(1)
    varied = pd.concat(
        [
            cultures,
            first.assign(dex_nM=0.5, hours=24.0),
            last.assign(dex_nM=1e6, hours=72.0, stroma=""),
        ]
    )
    assert sentence_of(Design.of(varied, settings)) == (
        "DEX 0.5, 1,000 and 1,000,000 nM, IL-1Ra 500 ng/mL, added IL-6 10 ng/mL; "
        "24, 48 and 72 h without stroma and on HS-5."
    )
    bare = cultures[cultures["arm"] == "control untreated"]
    assert sentence_of(Design.of(bare, settings)) == "48 h on HS-5."


def test_plates_show_cultures_where_they_stood(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    wells = pd.DataFrame(
        {
            "culture": cultures["culture"].head(2),
            "role": "sample",
            "plate": "P1",
            "well": ["A1", "H12"],
        }
    )
    assert len(set(cultures["arm"].head(2))) == 1
    figure = figures.plate_maps(cultures, wells, settings)
    percent = figure.shown[figure.shown["measure"] == "Apoptotic cells"].set_index("well")["value"]
    assert percent.to_dict() == dict(
        zip(["A1", "H12"], cultures["percent_apoptotic"].head(2), strict=True)
    )
    empty, *cells = figure.figure.axes[0].patches
    assert [(cell.get_x(), cell.get_y()) for cell in cells] == [(0, 0), (11, 7)]  # type: ignore[attr-defined]
    assert cells[0].get_facecolor() != cells[1].get_facecolor() != empty.get_facecolor()
    low, high = cells if percent["A1"] < percent["H12"] else cells[::-1]
    (red, _, blue), (red_high, _, blue_high) = (to_rgb(one.get_facecolor()) for one in (low, high))
    assert red < blue
    assert red_high > blue_high
    assert [cell.get_gid() for cell in cells] == [
        f"culture:{culture}" for culture in cultures["culture"].head(2)
    ]


def test_a_well_on_a_plate_is_compared_with_its_own_arm(
    cultures: pd.DataFrame, settings: ComparisonSettings
) -> None:
    """A drift of the plate shows, the treatments do not; a well alone in its arm shows nothing."""
    few = cultures[cultures["arm"].isin(["il1b untreated", "il1b DEX + IL-1Ra"])]
    few = few[few["experiment"].isin(["E1", "E2"])].reset_index(drop=True)
    few = few[
        (few["arm"] == "il1b untreated") | (few["replicate"] == 1) | (few["experiment"] == "E1")
    ]
    few = few.assign(percent_apoptotic=8.0, il6_pg_ml=9_000.0, il6_state="ok")
    combined = few["arm"] == "il1b DEX + IL-1Ra"
    few.loc[combined, ["percent_apoptotic", "il6_pg_ml"]] = [45.0, 200.0]
    few["percent_apoptotic"] += 2.0 * (few["replicate"] - 2)
    few["il6_pg_ml"] *= 2.0 ** (few["replicate"] - 2)
    wells = pd.DataFrame(
        {
            "culture": few["culture"],
            "role": "sample",
            "plate": "P1",
            "well": [f"{'ABCDEFGH'[i % 8]}{i // 8 + 1}" for i in range(len(few))],
        }
    )
    shown = figures.plate_maps(few, wells, settings).shown.set_index("culture")
    replicate = few.set_index("culture")["replicate"]
    alone = few.loc[combined & (few["experiment"] == "E2"), "culture"]
    assert len(alone) == 1
    for measure, unit, expected in (
        ("Apoptotic cells", "percentage points", 2.0 * (replicate - 2)),
        ("IL-6", "ratio", 2.0 ** (replicate - 2)),
    ):
        of_measure = shown[shown["measure"] == measure]
        assert set(of_measure["difference_unit"]) == {unit}
        expected = expected.astype(float).where(~expected.index.isin(alone))
        pd.testing.assert_series_equal(
            of_measure["difference"].sort_index(), expected.sort_index(), check_names=False
        )
        assert of_measure["value"].notna().all()


def test_figures_are_the_same_byte_for_byte(
    cultures: pd.DataFrame, tables: Comparison, settings: ComparisonSettings, tmp_path: Path
) -> None:
    design = Design.of(cultures, settings)
    assumed = planning.assumptions_of(cultures, settings)

    def draw() -> dict[str, Drawing]:
        table = planning.power(assumed, design, settings, (3, 4), (1,), 50, 1, lambda _: None)
        return {
            "superplot": figures.superplot(cultures, tables, "IL-6", settings),
            "interaction": figures.interaction(cultures, tables, "apoptosis", settings),
            "combination": figures.combination(tables, settings),
            "power": figures.power(table),
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
    figure = figures.findings_overview(tables.findings, tables.finding_tests, settings)
    drawing.save(figure, [tmp_path / "findings.png", tmp_path / "findings.csv"])
    drawing.save(figures.combination(tables, settings), [tmp_path / "combination.png"])
    for endpoint in ("apoptosis", "IL-6"):
        for analysis in ("per_experiment", "pooled_error"):
            plot = figures.superplot(cultures, tables, endpoint, settings, analysis)
            drawing.save(plot, [tmp_path / "super.png", tmp_path / "super.csv"])
        crossed = figures.interaction(cultures, tables, endpoint, settings)
        drawing.save(crossed, [tmp_path / "inter.png", tmp_path / "inter.csv"])
    subject = "IL-6" if any(name.startswith("il6") for name in change) else "apoptosis"
    about = tables.findings[tables.findings["endpoint"] == subject]
    assert set(about["verdict"]) == {"not testable"}
    assert about["p"].isna().all()
