"""Draw how one experiment was compensated and gated, and every well of it."""

from typing import Any

import pandas as pd

from coculture import drawing
from coculture.exchange import records, result_tables
from coculture.flow import FlowSettings, figures
from coculture.running import step


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    settings = FlowSettings.from_config(parameters.settings)
    files = pd.DataFrame(parameters.files)
    wells = result_tables.read(inputs.wells)
    spillover = result_tables.read(inputs.spillover)
    gates = records.read_yaml(inputs.gates)
    drawn = (files, wells, gates, spillover, settings)
    drawing.save(figures.gating_strategy(*drawn), outputs.strategy, parameters.simulated)
    drawing.save(figures.control_histograms(*drawn), outputs.controls, parameters.simulated)
    drawing.save(figures.threshold_sensitivity(*drawn), outputs.sensitivity, parameters.simulated)
    drawing.save(figures.contact_sheet(*drawn), outputs.wells, parameters.simulated)
    drawing.save(
        figures.spillover_heat_map(spillover, gates), outputs.spillover, parameters.simulated
    )


if "snakemake" in globals():
    step.run(main, globals()["snakemake"])
