"""Percent apoptotic when the threshold is moved."""

from collections.abc import Callable
from itertools import pairwise

import pandas as pd
from matplotlib.text import Text

from coculture.drawing import Drawing
from coculture.flow import FlowSettings
from coculture.flow.figures import threshold_sensitivity
from coculture.flow.figures.experiment_results import ExperimentResults

Settings = Callable[..., FlowSettings]
Texts = Callable[[Drawing], str]


def test_sensitive_samples_are_named(
    results: ExperimentResults, sensitive: ExperimentResults, texts: Texts
) -> None:
    calm = texts(threshold_sensitivity.draw(results))
    assert "E1-control-DEX-1" not in calm
    assert "E1-control-DEX-1 (" in texts(threshold_sensitivity.draw(sensitive))


def test_sensitivity_rows_begin_from_the_wells_table(results: ExperimentResults) -> None:
    wells, gates = results.wells, results.gates
    shown = threshold_sensitivity.draw(results).shown
    samples = wells[wells["role"] == "sample"].set_index("fcs")
    used = shown[shown["shift_decades"] == 0].set_index("fcs")
    threshold = gates["populations"]["myeloma"]["annexin"]["threshold"]
    assert (used["threshold"] == threshold).all()
    pd.testing.assert_series_equal(
        used["percent_apoptotic"], samples["percent_apoptotic"], check_names=False
    )
    moved = shown["percent_apoptotic"] - shown["fcs"].map(used["percent_apoptotic"])
    most = moved.abs().groupby(shown["fcs"]).max()
    expected = samples["sensitivity_percent_points"].sort_index()
    pd.testing.assert_series_equal(most, expected, check_names=False)


def test_names_of_sensitive_samples_do_not_overlap(sensitive: ExperimentResults) -> None:
    drawn = threshold_sensitivity.draw(sensitive)
    drawn.figure.draw_without_rendering()
    boxes = [Text.get_window_extent(text) for text in drawn.figure.axes[0].texts]
    assert len(boxes) > 2
    rising = sorted(boxes, key=lambda box: box.y0)
    assert all(low.y1 <= high.y0 + 1 for low, high in pairwise(rising))
    assert all(box.x1 <= drawn.figure.bbox.x1 for box in boxes)
