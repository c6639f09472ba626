"""Write the page with findings, figures and tables, and the pages of experiments and plates."""

from pathlib import Path
from typing import Any

from coculture import report


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    folder = Path(outputs.page).parent
    results = report.read_results(
        config=inputs.config,
        tables=parameters.tables,
        gates=inputs.gates,
        curves=inputs.curves,
        software=inputs.software,
        earlier=next(iter(inputs.differences), None),
        figures=report.read_figures(folder / "figures", inputs.figures),
    )
    for path, text in report.pages(results, report.parts(parameters.samples, parameters.plates)):
        (folder / path).write_text(text, encoding="utf-8")
