"""Draw the figures of the comparison."""

from pathlib import Path
from typing import Any

from coculture import drawing
from coculture.comparison import ComparisonSettings, figures, read_tables
from coculture.comparison.figures.inputs import FigureInputs
from coculture.exchange import result_tables


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    shown = FigureInputs(
        cultures=result_tables.read(inputs.cultures),
        tables=read_tables(inputs.tables),
        settings=ComparisonSettings.from_config(*parameters.settings),
        flow_wells=result_tables.read_all(inputs.wells),
        style=parameters.style,
    )
    for name, figure in figures.drawings(shown, parameters.figures):
        paths = [path for path in outputs.figures if Path(path).stem == name]
        drawing.save(figure, paths, parameters.simulated)
