"""Compare beads, controls, stained cells and cell counts between experiments."""

from typing import Any

import pandas as pd

from coculture.exchange import flags, result_tables
from coculture.flow import (
    FlowSettings,
    control_drift,
    drift_flags,
    staining_flags,
    vanished_flags,
)


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    settings = FlowSettings.from_config(parameters.settings)
    files = pd.DataFrame([*parameters.files, *parameters.samples])
    drift = control_drift(files, settings, progress=print)
    result_tables.write(drift, outputs.drift, "flow/drift.csv")
    wells = pd.concat([result_tables.read(path) for path in inputs.wells], ignore_index=True)
    found = [
        *drift_flags(drift, settings),
        *staining_flags(wells, settings),
        *vanished_flags(wells, pd.DataFrame(parameters.samples)),
    ]
    flags.write(found, outputs.flags)
