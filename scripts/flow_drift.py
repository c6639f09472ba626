"""Compare beads and controls between experiments."""

import sys
from typing import Any

import pandas as pd

from coculture import result_tables
from coculture.flow import FlowSettings, control_drift


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    settings = FlowSettings.from_config(parameters.settings)
    drift = control_drift(pd.DataFrame(parameters.files), settings, progress=print)
    result_tables.write(drift, outputs.drift, "flow/drift.csv")


if "snakemake" in globals():
    job: Any = globals()["snakemake"]
    sys.stdout = sys.stderr = open(job.log[0], "w", buffering=1, encoding="utf-8")
    main(job.input, job.output, job.params)
