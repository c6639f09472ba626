"""Combine the wells of each culture over plates and dilutions, and draw the standards' recovery."""

from pathlib import Path
from typing import Any

from coculture import drawing
from coculture.elisa import ElisaSettings, Scatter, combine_study, figures
from coculture.exchange import flags, records, result_tables


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    wells = result_tables.read_all(inputs.wells)
    curves = [records.read_json(path) for path in inputs.curves]
    scatter = Scatter.from_dict(records.read_json(inputs.variance))
    settings = ElisaSettings.from_config(parameters.settings)
    combined = combine_study(wells, flags.read(*inputs.flags), curves, scatter, settings)
    result_tables.write(combined.cultures, outputs.cultures, "elisa/cultures.csv")
    result_tables.write(combined.plate_factors, outputs.factors, "elisa/plate_factors.csv")
    flags.write(combined.flags, outputs.flags)
    results = figures.StudyResults(wells, settings.limits)
    for name, drawn in figures.study_drawings(results, parameters.figures):
        paths = [path for path in outputs.recovery if Path(path).stem == name]
        drawing.save(drawn, paths, parameters.simulated)
