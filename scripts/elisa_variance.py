"""Estimate how much replicate ELISA wells scatter, over all plates of the study."""

from typing import Any

import pandas as pd

from coculture.elisa import ElisaSettings, pooled_variance_function, read_layout
from coculture.exchange import records


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    settings = ElisaSettings.from_config(parameters.settings)
    readings = read_layout(pd.DataFrame(parameters.wells), settings)
    variance = pooled_variance_function(readings, settings)
    records.write_json(variance.to_dict(), outputs.variance)
