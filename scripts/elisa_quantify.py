"""Fit the standard curve of one plate and read its samples from it."""

from typing import Any

import pandas as pd

from coculture.elisa import ElisaSettings, Scatter, quantify_plate, read_layout
from coculture.exchange import flags, records, result_tables


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    settings = ElisaSettings.from_config(parameters.settings)
    scatter = Scatter.from_dict(records.read_json(inputs.variance))
    readings = read_layout(pd.DataFrame(parameters.wells), settings)
    source = read_layout(pd.DataFrame(parameters.source), settings) if parameters.source else None
    plate = quantify_plate(readings, settings, scatter, source)
    result_tables.write(plate.wells, outputs.wells, "elisa/wells.csv")
    records.write_json(plate.curve, outputs.curve)
    flags.write(plate.flags, outputs.flags)
