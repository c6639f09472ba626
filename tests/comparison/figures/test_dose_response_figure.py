"""The figure of doses: what it draws, and what it says of EC50s."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coculture.comparison.design.arms import Arm, Design
from coculture.comparison.figures.dose_response import dose_response
from coculture.comparison.figures.inputs import FigureInputs
from coculture.drawing import Drawing
from tests.comparison.doses.dose_studies import EC50, SHIFT, DoseStudy, dose_study, true_percent


def _untreated(design: Design) -> list[Arm]:
    return [arm for arm in design.arms if not design.given(arm)]


def _drawn(study: DoseStudy, subject: str = "apoptosis") -> Drawing:
    curves, summary = study.tables
    tables: Any = SimpleNamespace(arms=study.arms, dose_curves=curves, dose_summary=summary)
    return dose_response(
        FigureInputs(study.cultures, tables, study.settings, pd.DataFrame()), subject
    )


def test_each_experiment_and_the_mean_curve_are_drawn() -> None:
    drawn = _drawn(dose_study())
    shown = drawn.shown
    study = dose_study()
    without, on = (study.design.display_setting(arm) for arm in _untreated(study.design))
    assert list(dict.fromkeys(shown["panel"])) == [without, on]
    points = shown[shown["mark"] == "experiment"]
    assert len(points) == 2 * 7 * 4
    assert (points["dose"] == 0).sum() == 8
    mean = shown[(shown["mark"] == "mean") & (shown["panel"] == on)]
    near = mean.iloc[(np.log(mean["dose"]) - np.log(EC50 * SHIFT)).abs().argmin()]
    truth = true_percent({"btz_nM": near["dose"], "stroma": "HS-5"})
    assert near["value"] == pytest.approx(truth, abs=1.5)
    panels = [axis for axis in drawn.figure.axes if axis.get_visible()]
    assert [axis.get_xlabel() for axis in panels] == ["BTZ (nM)"] * 2
    assert [one.get_text() for one in panels[0].get_xticklabels()][:2] == ["0", "1"]
    legend = panels[0].get_legend()
    assert legend is not None
    (label,) = (one.get_text() for one in legend.get_texts())
    assert label.startswith("EC50 4.0")
    assert "EC50" in drawn.text.result


def test_two_doses_are_connected_without_a_curve() -> None:
    drawn = _drawn(dose_study((2.0, 5.0)), "IL-6")
    assert set(drawn.shown["mark"]) == {"experiment", "mean"}
    assert drawn.text.result == ""


def test_a_study_without_doses_says_so() -> None:
    drawn = _drawn(dose_study((5.0,)))
    assert drawn.shown.empty
