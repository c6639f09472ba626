"""Combine the wells of each culture over plates and dilutions, and draw how the standards did."""

from typing import Any

import pandas as pd

from coculture import result_tables, step, style
from coculture.elisa import combine_cultures, figures


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    wells = pd.concat([result_tables.read(path) for path in inputs.wells], ignore_index=True)
    result_tables.write(combine_cultures(wells), outputs.cultures, "elisa/cultures.csv")
    style.save_all(figures.standards_recovery(wells), outputs.recovery)


if "snakemake" in globals():
    step.run(main, globals()["snakemake"])
