"""Combine the wells of each culture over plates and dilutions, and draw the standards' recovery."""

from pathlib import Path
from typing import Any

from coculture import drawing
from coculture.elisa import ElisaSettings, Scatter, alternative_values, combine_study, figures
from coculture.exchange import flags, records, result_tables


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    wells = result_tables.read_all(inputs.wells)
    curves = [records.read_json(path) for path in inputs.curves]
    scatter = Scatter.from_dict(records.read_json(inputs.variance))
    settings = ElisaSettings.from_config(parameters.settings)
    well_flags = flags.read(*inputs.flags)
    combined = combine_study(wells, well_flags, curves, scatter, settings)
    alternatives = alternative_values(wells, well_flags, curves, scatter, settings)
    result_tables.write(combined.cultures, outputs.cultures, "elisa/cultures.csv")
    result_tables.write(combined.plate_factors, outputs.factors, "elisa/plate_factors.csv")
    result_tables.write(alternatives, outputs.alternatives, "elisa/alternatives.csv")
    flags.write(combined.flags, outputs.flags)
    results = figures.StudyResults(wells, settings.limits)
    for name, drawn in figures.study_drawings(results, parameters.figures):
        paths = [path for path in outputs.recovery if Path(path).stem == name]
        drawing.save(drawn, paths, parameters.simulated)
