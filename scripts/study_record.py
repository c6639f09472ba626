"""Write down the study as it was checked."""

from typing import Any

import pandas as pd
import yaml

from coculture import result_tables, step


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    with open(outputs.config, "w", encoding="utf-8") as file:
        yaml.safe_dump(parameters.config, file, sort_keys=False, allow_unicode=True)
    files = pd.DataFrame(parameters.files, columns=["table", "file", "sha256"])
    result_tables.write(files, outputs.files, "study/files.csv")
    excluded = pd.DataFrame(parameters.excluded, columns=["table", "row", "item", "reason"])
    result_tables.write(excluded, outputs.excluded, "study/excluded.csv")


if "snakemake" in globals():
    step.run(main, globals()["snakemake"])
