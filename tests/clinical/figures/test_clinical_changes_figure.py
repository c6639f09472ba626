"""The figure of the clinical changes, and its text."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pandas as pd

from coculture import clinical
from coculture.clinical import figures
from coculture.clinical.figures.changes import changes

MakeTable = Callable[..., pd.DataFrame]


def test_thirty_patients_fit_and_no_change_is_noted() -> None:
    rng = np.random.default_rng(1)
    table = pd.DataFrame(
        {
            "patient": [f"P{number:02d}" for number in range(30)] * 2,
            "analyte": ["CRP"] * 30 + ["PCLI"] * 30,
            "on_study": [*rng.uniform(3, 4, 30).round(2), *([0.0] * 30)],
            "month_6": [*rng.uniform(1, 2, 30).round(2), *([0.0] * 30)],
        }
    )
    figure = changes(clinical.summarise(table)).figure
    figure.draw_without_rendering()
    below = figure.axes[2]
    names = [label.get_window_extent() for label in below.get_xticklabels()]
    assert len(names) == 30
    assert all(left.x1 <= right.x0 for left, right in pairwise(names))
    assert "signed-rank p < 0.0001" in below.get_xlabel()
    assert figure.axes[3].get_xlabel().startswith("patient\nno percent change, n = 30 patients")


def test_the_text_gives_direction_and_size_of_each_change(make_table: MakeTable) -> None:
    """CRP changes by -75, -33 and +50 %; one patient starts from zero."""
    text = changes(clinical.summarise(make_table())).text
    assert "six months" in text.title
    assert "CRP fell in 2 of 4 patients (median change −33.3 %)" in text.result
    assert "M-protein fell in 2 of 4 patients" in text.result
    assert text.caption
    assert text.analysis == ""


def test_every_named_figure_can_be_drawn() -> None:
    assert tuple(figures.functions()) == figures.NAMES
