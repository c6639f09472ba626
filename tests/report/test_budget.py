"""What a very large study keeps on its page: all of it, or what the page says instead."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coculture.exchange.figure_text import FigureText
from coculture.report import Results, budget, read_figures, render
from coculture.report.budget import with_data, within_figures, within_tables
from coculture.report.page_tables import ROWS_AT_ONCE, Table, table
from coculture.report.shown_figures import ShownFigure, shown_figures
from coculture.report.table_data import size
from tests.report.conftest import cultures_table, draw, make_flag

Make = Callable[..., Any]


def _table(rows: int) -> Table:
    frame = pd.DataFrame({"name": [f"name {i}" for i in range(rows)], "value": range(rows)})
    return table("cultures.csv", frame, pd.DataFrame())


def _figures(folder: Path) -> list[ShownFigure]:
    for name, marks in {"many": 400, "few": 2}.items():
        draw(
            folder / f"comparison/{name}.svg",
            tuple(f"C{i}" for i in range(marks)),
            FigureText(name),
        )
    return shown_figures(read_figures(folder, sorted(folder.rglob("*.*"))))


def test_tables_that_fit_are_whole_and_later_ones_are_shortened_first() -> None:
    tables = {"first": _table(200), "second": _table(200)}
    assert within_tables(tables, 2 * size(tables["first"])) == tables
    found = within_tables(tables, size(tables["first"]))
    assert found["first"] == tables["first"]
    assert len(found["second"].rows) == ROWS_AT_ONCE
    assert found["second"].left_out == 200 - ROWS_AT_ONCE
    assert found["second"].total == found["second"].count == 200


def test_the_figures_with_most_marks_become_images_only_if_they_must(tmp_path: Path) -> None:
    figures = _figures(tmp_path)
    whole = sum(len(one.drawing.content.encode()) for one in figures)
    assert within_figures(figures, whole) == figures
    few, many = within_figures(figures, whole - 1)
    assert few == figures[0]
    assert many.drawing.content.startswith('<image href="data:image/png;base64,')
    assert len(many.drawing.content) < len(figures[1].drawing.content)
    assert many.drawing.cultures == frozenset()
    assert (many.anchor, many.text) == (figures[1].anchor, figures[1].text)


def test_only_the_data_of_figures_is_left_out_that_does_not_fit(tmp_path: Path) -> None:
    figures = _figures(tmp_path)
    few, many = with_data(figures, len(figures[0].data.encode()))
    assert few == figures[0]
    assert many == replace(figures[1], data="")


def test_a_page_whose_tables_do_not_fit_says_where_the_rows_are(
    results: Callable[..., Results], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flags come first: they stay whole while there is room."""
    rows = 400
    cultures = pd.concat([cultures_table().head(1)] * rows, ignore_index=True)
    cultures["culture"] = [f"E1-culture-{i}" for i in range(rows)]
    flags = [make_flag(experiment="E1", fcs=f"{i}.fcs", sentence=f"odd {i}") for i in range(rows)]
    study = replace(results(tables={"cultures.csv": cultures}), flags=flags)
    assert "All are in" not in render(study).replace("allowed to run. All are in", "")
    monkeypatch.setattr(budget, "TABLES", 40_000)
    page = render(study)
    assert 'The first 50 of 400 rows. All are in <a href="cultures.csv">' in page
    assert 'The first 50 of 400 rows. All are in <a href="flags.csv">' not in page
    assert "odd 399" in page
