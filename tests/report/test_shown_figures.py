"""Figures are shown with their own texts, in the order of the workflow, grouped by title."""

from collections.abc import Callable
from pathlib import Path

import pytest

from coculture.exchange.figure_text import FigureText
from coculture.report import read_figures
from coculture.report.shown_figures import StageFigures, figures_of_stage, shown_figures

Svg = Callable[[Path, FigureText], None]


def _stage(folder: Path, names: list[str], stage: str) -> StageFigures:
    paths = [folder / f"{name}.svg" for name in names]
    return figures_of_stage(shown_figures(read_figures(folder, paths)), stage)


def test_groups_are_in_the_order_of_the_workflow(svg: Svg, tmp_path: Path) -> None:
    """Neither by name nor by title; the second experiment joins the group of the first."""
    texts = {"flow/E1/z": "M", "flow/E1/a": "Z", "flow/E10/z": "M", "elisa/P1/b": "B"}
    for name, title in texts.items():
        svg(tmp_path / f"{name}.svg", FigureText(title, f"Caption of {title}"))
    stage = _stage(tmp_path, list(texts), "flow")
    assert [group.title for group in stage.groups] == ["M", "Z"]
    assert [group.caption for group in stage.groups] == ["Caption of M", "Caption of Z"]
    assert [one.subject for one in stage.groups[0].figures] == ["E1", "E10"]


def test_experiments_are_offered_in_the_order_of_their_numbers(svg: Svg, tmp_path: Path) -> None:
    names = [f"flow/{experiment}/contact_sheet" for experiment in ("E1", "E10", "E2")]
    for name in names:
        svg(tmp_path / f"{name}.svg", FigureText("Every well"))
    assert _stage(tmp_path, names, "flow").subjects == ["E1", "E2", "E10"]


@pytest.mark.parametrize(
    ("analyses", "switched", "primary_only", "titles"),
    [
        (
            ["per_experiment", "pooled_error"],
            ["per_experiment", "pooled_error"],
            [False, False],
            ["IL-6", "IL-6, pooled error"],
        ),
        (["per_experiment"], [""], [True], ["IL-6"]),
        ([""], [""], [False], ["IL-6"]),
    ],
)
def test_a_figure_is_switched_only_if_both_analyses_have_it(
    svg: Svg,
    tmp_path: Path,
    analyses: list[str],
    switched: list[str],
    primary_only: list[bool],
    titles: list[str],
) -> None:
    names = [f"comparison/arms{place}" for place, _ in enumerate(analyses)]
    for name, analysis in zip(names, analyses, strict=True):
        svg(tmp_path / f"{name}.svg", FigureText("IL-6", analysis=analysis))
    stage = _stage(tmp_path, names, "comparison")
    (group,) = stage.groups
    assert [one.analysis for one in group.figures] == switched
    assert [one.is_primary_only for one in group.figures] == primary_only
    assert [one.title for one in group.figures] == titles
    assert stage.has_two_analyses == (len(analyses) == 2)


def test_a_figure_whose_table_has_no_rows_is_not_shown(svg: Svg, tmp_path: Path) -> None:
    for name, rows in {"plates": "", "combination": "1\n"}.items():
        svg(tmp_path / f"comparison/{name}.svg", FigureText(name))
        (tmp_path / f"comparison/{name}.csv").write_text(f"value\n{rows}")
    figures = read_figures(tmp_path, sorted(tmp_path.rglob("*.*")))
    (shown,) = shown_figures(figures)
    assert shown.name == "combination"
    assert shown.data == "value\n1\n"
    assert [kind for kind, _ in shown.files] == ["CSV", "SVG"]
