"""Write down what every column of every result table means."""

import sys
from typing import Any

from coculture import result_tables


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    columns = result_tables.describe(parameters.tables)
    result_tables.write(columns, outputs.columns, "columns.csv")


if "snakemake" in globals():
    job: Any = globals()["snakemake"]
    sys.stdout = sys.stderr = open(job.log[0], "w", buffering=1, encoding="utf-8")
    main(job.input, job.output, job.params)
