"""Estimate how much replicate ELISA wells scatter, over all plates of the study."""

import dataclasses
import json
import sys
from typing import Any

import pandas as pd

from coculture.elisa import ElisaSettings, pooled_variance_function, read_layout


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    settings = ElisaSettings.from_config(parameters.settings)
    readings = read_layout(pd.DataFrame(parameters.wells), settings)
    variance = pooled_variance_function(readings, settings)
    with open(outputs.variance, "w", encoding="utf-8") as file:
        json.dump(dataclasses.asdict(variance), file, indent=2)


if "snakemake" in globals():
    job: Any = globals()["snakemake"]
    sys.stdout = sys.stderr = open(job.log[0], "w", buffering=1, encoding="utf-8")
    main(job.input, job.output, job.params)
