"""Fit the standard curve of one plate and read its samples from it."""

import json
from typing import Any

import pandas as pd

from coculture import result_tables, step
from coculture.elisa import ElisaSettings, VarianceFunction, quantify_plate, read_layout


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    settings = ElisaSettings.from_config(parameters.settings)
    with open(inputs.variance, encoding="utf-8") as file:
        variance = VarianceFunction(**json.load(file))
    readings = read_layout(pd.DataFrame(parameters.wells), settings)
    plate = quantify_plate(readings, settings, variance)
    result_tables.write(plate.wells, outputs.wells, "elisa/wells.csv")
    with open(outputs.curve, "w", encoding="utf-8") as file:
        json.dump(plate.curve, file, indent=2)


if "snakemake" in globals():
    step.run(main, globals()["snakemake"])
