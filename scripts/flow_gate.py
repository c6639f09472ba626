"""Compensate, gate and count the FCS files of one experiment."""

from pathlib import Path
from typing import Any

import pandas as pd

from coculture.exchange import flags, records, result_tables
from coculture.flow import FlowSettings, gate_experiment


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    settings = FlowSettings.from_config(parameters.settings)
    files = pd.DataFrame(parameters.files)
    gated = gate_experiment(files, settings, progress=print, processes=parameters.threads)
    result_tables.write(gated.wells, outputs.wells, "flow/wells.csv")
    result_tables.write(gated.spillover, outputs.spillover, "flow/spillover.csv")
    records.write_yaml(gated.gates, outputs.gates)
    Path(outputs.gating_ml).write_text(gated.gating_ml, encoding="utf-8")
    result_tables.write(gated.alternatives, outputs.alternatives, "flow/alternatives.csv")
    records.write_compact_json(gated.plots, outputs.plots)
    flags.write(gated.flags, outputs.flags)
