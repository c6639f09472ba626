"""Compare the arms inside each experiment and test the pre-stated findings."""

from typing import Any

import pandas as pd

from coculture.comparison import AlternativeTables, ComparisonSettings, compare
from coculture.comparison.comparison import TABLES
from coculture.exchange import flags, result_tables


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    every_population = result_tables.read_all(inputs.flow_wells)
    flow_wells = every_population
    if len(flow_wells):
        flow_wells = flow_wells[flow_wells["population"] == parameters.population]
    comparison = compare(
        cultures=result_tables.read(inputs.cultures),
        settings=ComparisonSettings.from_config(*parameters.settings),
        elisa_wells=result_tables.read_all(inputs.elisa_wells),
        flow_wells=flow_wells,
        plate_factors=result_tables.read_all(inputs.plate_factors),
        stated=parameters.stated,
        alternatives=AlternativeTables(
            flow=result_tables.read_all(inputs.flow_alternatives),
            elisa=result_tables.read_all(inputs.elisa_alternatives),
            flow_wells=every_population,
            population=parameters.population,
            numbers=pd.DataFrame(parameters.values),
        ),
    )
    for name in TABLES:
        table = f"comparison/{name}.csv"
        result_tables.write(getattr(comparison, name), getattr(outputs, name), table)
    flags.write(comparison.flags, outputs.flags)
