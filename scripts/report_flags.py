"""Gather the flags of all stages into one table."""

from typing import Any

from coculture import report
from coculture.exchange import flags, result_tables
from coculture.running import step


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    found = flags.read(
        *inputs.flow, *inputs.drift, *inputs.plates, *inputs.elisa_cultures, *inputs.comparison
    )
    found += report.arms_on_different_plates(
        result_tables.read(inputs.cultures), result_tables.read_all(inputs.wells)
    )
    flags.write(found, outputs.flags)


if "snakemake" in globals():
    step.run(main, globals()["snakemake"])
