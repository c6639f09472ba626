"""A gated experiment as the figures read it back."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from matplotlib.text import Text

from coculture.drawing import Drawing
from coculture.exchange import result_tables
from coculture.flow import FlowSettings, gate_experiment
from coculture.flow.figures.experiment_results import ExperimentResults
from coculture.flow.files import flow_files

ReadBack = Callable[[pd.DataFrame, FlowSettings], ExperimentResults]


@pytest.fixture
def read_back(tmp_path: Path) -> ReadBack:
    """Gate files, and read the tables and gates back as they are written."""

    def results(files: pd.DataFrame, settings: FlowSettings) -> ExperimentResults:
        gated = gate_experiment(files, settings)
        result_tables.write(gated.wells, tmp_path / "wells.csv", "flow/wells.csv")
        result_tables.write(gated.spillover, tmp_path / "spillover.csv", "flow/spillover.csv")
        return ExperimentResults(
            files=flow_files(files),
            wells=result_tables.read(tmp_path / "wells.csv"),
            gates=yaml.safe_load(yaml.safe_dump(gated.gates)),
            spillover=result_tables.read(tmp_path / "spillover.csv"),
            settings=settings,
        )

    return results


@pytest.fixture
def results(
    files: pd.DataFrame, myeloma_settings: Callable[..., FlowSettings], read_back: ReadBack
) -> ExperimentResults:
    """The first experiment of the small study."""
    return read_back(files, myeloma_settings())


@pytest.fixture
def sensitive(
    results: ExperimentResults, myeloma_settings: Callable[..., FlowSettings]
) -> ExperimentResults:
    """The same, with a limit that many samples are beyond."""
    strict: dict[str, Any] = {"sensitivity_percent_points": 0.01}
    return replace(results, settings=myeloma_settings(limits=strict))


@pytest.fixture
def texts() -> Callable[[Drawing], str]:
    """Everything that is written in a figure."""

    def of(drawn: Drawing) -> str:
        found = drawn.figure.findobj(Text)
        return "\n".join(text.get_text() for text in found if isinstance(text, Text))

    return of
