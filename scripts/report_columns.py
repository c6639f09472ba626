"""Write the meaning of every column of every result table."""

from typing import Any

from coculture.exchange import figure_text, result_tables


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    columns = result_tables.describe(parameters.tables | figure_text.tables(inputs.figures))
    result_tables.write(columns, outputs.columns, "columns.csv")
