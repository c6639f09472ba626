"""Combine the wells of each culture over plates and dilutions, and draw how the standards did."""

from typing import Any

import pandas as pd

from coculture import drawing, result_tables, step
from coculture.elisa import ElisaSettings, combine_cultures, figures


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    wells = pd.concat([result_tables.read(path) for path in inputs.wells], ignore_index=True)
    result_tables.write(combine_cultures(wells), outputs.cultures, "elisa/cultures.csv")
    limits = ElisaSettings.from_config(parameters.settings).limits
    drawing.save(figures.standards_recovery(wells, limits), outputs.recovery, parameters.simulated)


if "snakemake" in globals():
    step.run(main, globals()["snakemake"])
