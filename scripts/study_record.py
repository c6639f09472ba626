"""Write down the study as it was checked."""

from typing import Any

import pandas as pd

from coculture.exchange import flags, records, result_tables

VALUES = (
    *("table", "row", "culture", "file", "endpoint", "value", "relation", "unit", "count", "note"),
    "exclude",
)
"""Columns of study/values.csv."""


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    records.write_yaml(parameters.config, outputs.config)
    files = pd.DataFrame(parameters.files, columns=["table", "file", "sha256"])
    result_tables.write(files, outputs.files, "study/files.csv")
    excluded = pd.DataFrame(parameters.excluded, columns=["table", "row", "item", "reason"])
    result_tables.write(excluded, outputs.excluded, "study/excluded.csv")
    finished = pd.DataFrame(parameters.values, columns=list(VALUES))
    finished = finished.rename(columns={"exclude": "excluded"})
    result_tables.write(finished, outputs.values, "study/values.csv")
    flags.write(parameters.flags, outputs.flags)
