"""Combine the wells of each culture over plates and dilutions, and draw how the standards did."""

from typing import Any

from coculture import drawing
from coculture.elisa import ElisaSettings, combine_cultures, figures
from coculture.exchange import result_tables
from coculture.running import step


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    wells = result_tables.read_all(inputs.wells)
    result_tables.write(combine_cultures(wells), outputs.cultures, "elisa/cultures.csv")
    limits = ElisaSettings.from_config(parameters.settings).limits
    drawing.save(figures.standards_recovery(wells, limits), outputs.recovery, parameters.simulated)


if "snakemake" in globals():
    step.run(main, globals()["snakemake"])
