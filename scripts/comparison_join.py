"""Join what was measured on the culture."""

from typing import Any

import pandas as pd

from coculture.comparison import ComparisonSettings, join_cultures
from coculture.exchange import result_tables


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    settings = ComparisonSettings.from_config(*parameters.settings)
    cultures = join_cultures(
        cultures=pd.DataFrame(parameters.cultures),
        flow_wells=result_tables.read_all(inputs.flow),
        elisa_cultures=result_tables.read_all(inputs.elisa),
        population=parameters.population,
        analytes=settings.analytes,
        settings=settings,
        values=pd.DataFrame(parameters.values),
    )
    result_tables.write(cultures, outputs.cultures, "cultures.csv")
