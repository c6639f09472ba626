"""Draw how one experiment was compensated and gated, and every well of it."""

from typing import Any

import pandas as pd
import yaml

from coculture import result_tables, step, style
from coculture.flow import FlowSettings, figures


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    settings = FlowSettings.from_config(parameters.settings)
    files = pd.DataFrame(parameters.files)
    wells = result_tables.read(inputs.wells)
    spillover = result_tables.read(inputs.spillover)
    with open(inputs.gates, encoding="utf-8") as file:
        gates = yaml.safe_load(file)
    drawn = (files, wells, gates, spillover, settings)
    style.save_all(figures.gating_strategy(*drawn), outputs.strategy)
    style.save_all(figures.control_histograms(*drawn), outputs.controls)
    style.save_all(figures.threshold_sensitivity(*drawn), outputs.sensitivity)
    style.save_all(figures.contact_sheet(*drawn), outputs.wells)
    style.save_all(figures.spillover_heat_map(spillover, gates), outputs.spillover)


if "snakemake" in globals():
    step.run(main, globals()["snakemake"])
