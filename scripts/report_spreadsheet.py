"""Write every table of a study into one workbook, for further work in Prism or Excel."""

from typing import Any

from coculture import report


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    results = report.read_results(
        config=inputs.config, tables=parameters.tables, gates=inputs.gates, curves=inputs.curves
    )
    report.write_spreadsheet(results, outputs.workbook)
