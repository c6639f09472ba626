"""Draw the gates, controls and samples of one experiment."""

from typing import Any

import pandas as pd

from coculture import drawing
from coculture.exchange import records, result_tables
from coculture.flow import FlowSettings, figures
from coculture.flow.figures.experiment_results import ExperimentResults
from coculture.flow.files import flow_files


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    results = ExperimentResults(
        files=flow_files(pd.DataFrame(parameters.files)),
        wells=result_tables.read(inputs.wells),
        gates=records.read_yaml(inputs.gates),
        spillover=result_tables.read(inputs.spillover),
        settings=FlowSettings.from_config(parameters.settings),
    )
    for name, drawn in figures.drawings(results):
        drawing.save(drawn, outputs[name], parameters.simulated)
