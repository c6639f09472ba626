"""Draw the standard curve and the layout of one ELISA plate."""

import json
import sys
from typing import Any

from coculture import result_tables, style
from coculture.elisa import figures


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    wells = result_tables.read(inputs.wells)
    with open(inputs.curve, encoding="utf-8") as file:
        curve = json.load(file)
    style.save_all(figures.standard_curve(wells, curve), outputs.curve)
    style.save_all(figures.plate_heat_map(wells), outputs.plate)


if "snakemake" in globals():
    job: Any = globals()["snakemake"]
    sys.stdout = sys.stderr = open(job.log[0], "w", buffering=1, encoding="utf-8")
    main(job.input, job.output, job.params)
