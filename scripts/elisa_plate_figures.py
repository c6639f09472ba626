"""Draw the figures of one ELISA plate."""

from typing import Any

from coculture import drawing
from coculture.elisa import figures
from coculture.exchange import flags, records, result_tables


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    plate = figures.PlateResults(
        wells=result_tables.read(inputs.wells),
        curve=records.read_json(inputs.curve),
        flags=flags.read(inputs.flags),
    )
    for name, drawn in figures.plate_drawings(plate, parameters.figures):
        drawing.save(drawn, outputs[name], parameters.simulated)
