"""Write the meaning of every column of every result table."""

from typing import Any

from coculture.exchange import result_tables
from coculture.running import step


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    columns = result_tables.describe(parameters.tables)
    result_tables.write(columns, outputs.columns, "columns.csv")


if "snakemake" in globals():
    step.run(main, globals()["snakemake"])
