"""Estimate how much replicate ELISA wells scatter, over all plates of the study."""

import dataclasses
import json
from typing import Any

import pandas as pd

from coculture import step
from coculture.elisa import ElisaSettings, pooled_variance_function, read_layout


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    settings = ElisaSettings.from_config(parameters.settings)
    readings = read_layout(pd.DataFrame(parameters.wells), settings)
    variance = pooled_variance_function(readings, settings)
    with open(outputs.variance, "w", encoding="utf-8") as file:
        json.dump(dataclasses.asdict(variance), file, indent=2)


if "snakemake" in globals():
    step.run(main, globals()["snakemake"])
