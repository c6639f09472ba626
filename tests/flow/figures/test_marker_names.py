"""A marker has the name that the config gives it, in every figure."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from coculture.drawing import Drawing
from coculture.flow import FlowSettings
from coculture.flow.figures import control_histograms, gating_strategy, spillover
from coculture.flow.figures.experiment_results import ExperimentResults

MARKERS = [{"channel": "B530-A", "name": "CD138", "positive": True}]


@pytest.mark.parametrize("figure", [control_histograms, gating_strategy, spillover])
def test_figures_use_the_name_of_a_marker(
    files: pd.DataFrame,
    flow_settings: Callable[..., FlowSettings],
    read_back: Callable[[pd.DataFrame, FlowSettings], ExperimentResults],
    texts: Callable[[Drawing], str],
    figure: Any,
) -> None:
    settings = flow_settings(populations=[{"name": "myeloma", "markers": MARKERS}])
    results = read_back(files, settings)
    assert "CD138" in results.gates["populations"]["myeloma"]
    assert "CD138" in texts(figure.draw(results))
