"""Compare the arms inside each experiment and test the pre-stated findings."""

from typing import Any

from coculture.comparison import ComparisonSettings, compare
from coculture.comparison.comparison import TABLES
from coculture.exchange import flags, result_tables


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    comparison = compare(
        cultures=result_tables.read(inputs.cultures),
        settings=ComparisonSettings.from_config(*parameters.settings),
        elisa_wells=result_tables.read_all(inputs.elisa_wells),
    )
    for name in TABLES:
        table = f"comparison/{name}.csv"
        result_tables.write(getattr(comparison, name), getattr(outputs, name), table)
    flags.write(comparison.flags, outputs.flags)
