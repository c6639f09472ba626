"""Compute and draw the changes of the clinical values from on study to six months."""

from pathlib import Path
from typing import Any

import pandas as pd

from coculture import clinical, drawing
from coculture.clinical import figures
from coculture.exchange import result_tables


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    summary = clinical.summarise(pd.DataFrame(parameters.rows))
    result_tables.write(summary.changes, outputs.changes, "clinical/changes.csv")
    result_tables.write(summary.summary, outputs.summary, "clinical/summary.csv")
    result_tables.write(summary.correlations, outputs.correlations, "clinical/correlations.csv")
    for name, draw in figures.functions().items():
        paths = [path for path in outputs.figure if Path(path).stem == name]
        drawing.save(draw(summary), paths, parameters.simulated)
