"""Compare the arms inside each experiment and test the pre-stated findings."""

from typing import Any

from coculture.comparison import ComparisonSettings, compare
from coculture.exchange import result_tables
from coculture.running import step


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    settings = ComparisonSettings.from_config(*parameters.settings)
    comparison = compare(result_tables.read(inputs.cultures), settings)
    for name in ("arms", "contrasts", "findings", "finding_tests", "combination"):
        table = f"comparison/{name}.csv"
        result_tables.write(getattr(comparison, name), getattr(outputs, name), table)


if "snakemake" in globals():
    step.run(main, globals()["snakemake"])
