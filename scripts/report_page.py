"""Write the page with findings, figures and tables."""

from pathlib import Path
from typing import Any

from coculture import report


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    results = report.read_results(
        config=inputs.config,
        tables=parameters.tables,
        gates=inputs.gates,
        curves=inputs.curves,
        software=inputs.software,
        earlier=next(iter(inputs.differences), None),
        figures=report.read_figures(Path(outputs.page).parent / "figures", inputs.figures),
    )
    Path(outputs.page).write_text(report.render(results), encoding="utf-8")
