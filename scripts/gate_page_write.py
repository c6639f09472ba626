"""Write the page on which gates are seen and moved."""

from pathlib import Path
from typing import Any

from coculture import gate_page


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    found = gate_page.read_inputs(
        config=inputs.config,
        plots=inputs.plots,
        gates=inputs.gates,
        cultures=inputs.cultures,
        findings=inputs.findings,
        file_name=parameters.file_name,
        file=parameters.file,
    )
    paths = {Path(path).name: Path(path) for path in outputs.pages}
    for name, text in gate_page.pages(found, parameters.wells):
        paths[name].write_text(text, encoding="utf-8")
