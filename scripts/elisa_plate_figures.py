"""Draw the standard curve and the layout of one ELISA plate."""

from typing import Any

from coculture import drawing
from coculture.elisa import figures
from coculture.exchange import records, result_tables
from coculture.running import step


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    wells = result_tables.read(inputs.wells)
    curve = records.read_json(inputs.curve)
    drawing.save(figures.standard_curve(wells, curve), outputs.curve, parameters.simulated)
    drawing.save(figures.plate_heat_map(wells), outputs.plate, parameters.simulated)


if "snakemake" in globals():
    step.run(main, globals()["snakemake"])
