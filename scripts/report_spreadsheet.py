"""Write every table of a study into one workbook, and each endpoint as a file of Prism."""

from typing import Any

from coculture import report


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    results = report.read_results(
        config=inputs.config, tables=parameters.tables, gates=inputs.gates, curves=inputs.curves
    )
    report.write_spreadsheet(results, outputs.workbook)
    report.write_prism(results, parameters.prism)
