"""Draw the figures of the comparison; those that show the same as in the last run are copied."""

from functools import partial
from pathlib import Path
from typing import Any

from coculture import drawing
from coculture.comparison import ComparisonSettings, figures, read_tables
from coculture.comparison.figures.inputs import FigureInputs
from coculture.exchange import result_tables
from coculture.running import fingerprint
from coculture.running.kept import Kept


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    every = FigureInputs(
        cultures=result_tables.read(inputs.cultures),
        tables=read_tables(inputs.tables),
        settings=ComparisonSettings.from_config(*parameters.settings),
        flow_wells=result_tables.read_all(inputs.wells),
        style=parameters.style,
    )
    kept = Kept(parameters.kept)
    for one in parameters.figures:
        shown = every.of(one.subject)
        paths = [path for path in outputs.figures if Path(path).stem == one.name]
        made_from = fingerprint.of_texts(parameters.made_by, one.name, shown.fingerprint)
        kept.files(made_from, paths, partial(_draw, shown, one, paths, parameters))
    kept.forget_others()


def _draw(
    shown: FigureInputs, one: figures.ComparisonFigure, paths: list[str], parameters: Any
) -> None:
    drawing.save(figures.drawing(shown, one), paths, parameters.simulated)
