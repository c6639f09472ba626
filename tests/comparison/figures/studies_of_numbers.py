"""Studies of finished numbers as figures are drawn from them, and the faults of a figure."""

import warnings
from pathlib import Path

import pandas as pd

from coculture import drawing
from coculture.comparison import ComparisonSettings, compare, join_cultures
from coculture.comparison.figures.inputs import FigureInputs
from coculture.drawing.figure import Drawing
from coculture.study import load
from tests.drawing.text_boxes import drawn_texts


def inputs_of(config: Path) -> FigureInputs:
    """The study of a config, compared; no sample has a place on a plate."""
    study = load(config, config.parent / "checksums.json", with_events=False)
    settings = ComparisonSettings.from_config(*study.comparison_settings())
    cultures = join_cultures(
        cultures=pd.DataFrame(study.culture_rows()),
        flow_wells=pd.DataFrame(),
        elisa_cultures=pd.DataFrame(),
        population=study.report_population,
        analytes=[],
        settings=settings,
        values=pd.DataFrame(study.value_rows()),
    )
    return FigureInputs(cultures, compare(cultures, settings), settings, pd.DataFrame())


def faults_of(drawn: Drawing, folder: Path) -> list[object]:
    """The faults of the saved figure; a layout that Matplotlib gives up is an error."""
    path = folder / "figure.svg"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawing.save(drawn, [path], simulated=True)
    return list(drawn_texts(path).faults())
