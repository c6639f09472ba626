"""Compare beads, controls, stained cells and cell counts between experiments; write the sheet."""

from pathlib import Path
from typing import Any

import pandas as pd

from coculture.exchange import flags, records, result_tables
from coculture.flow import (
    FlowSettings,
    GatedForSheet,
    control_drift,
    drift_flags,
    sheet,
    staining_flags,
    vanished_flags,
)


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    settings = FlowSettings.from_config(parameters.settings)
    files = pd.DataFrame([*parameters.files, *parameters.samples])
    drift = control_drift(files, settings, progress=print)
    result_tables.write(drift, outputs.drift, "flow/drift.csv")
    tables = [result_tables.read(path) for path in inputs.wells]
    wells = pd.concat(tables, ignore_index=True)
    found = [
        *drift_flags(drift, settings),
        *staining_flags(wells, settings),
        *vanished_flags(wells, pd.DataFrame(parameters.samples)),
    ]
    flags.write(found, outputs.flags)
    gated = [
        GatedForSheet(experiment, pd.DataFrame(rows), records.read_yaml(path), table)
        for (experiment, rows), path, table in zip(
            parameters.every_file.items(), inputs.gates, tables, strict=True
        )
    ]
    text = sheet(parameters.study, gated, settings, parameters.reagents)
    Path(outputs.sheet).write_text(text, encoding="utf-8")
