"""Estimate how much replicate ELISA wells scatter, over all plates of the study."""

from typing import Any

import pandas as pd

from coculture.elisa import ElisaSettings, pooled_scatter, read_layout
from coculture.exchange import records


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    settings = ElisaSettings.from_config(parameters.settings)
    readings = read_layout(pd.DataFrame(parameters.wells), settings)
    scatter = pooled_scatter(readings, settings)
    records.write_json(scatter.to_dict(), outputs.variance)
