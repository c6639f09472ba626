"""What differs from earlier results, as files for the page: a table and sentences."""

from dataclasses import astuple, fields
from pathlib import Path

import pandas as pd

from coculture.differences.difference import Difference
from coculture.differences.found import between
from coculture.differences.run_results import NoResultsError, RunResults
from coculture.differences.words import sentences
from coculture.exchange import records, result_tables

TABLE = "differences.csv"
THIS_RUN = "these results"
"""What this run is called, whose folder is not to be in its own results."""


def write_differences(
    earlier: RunResults, digest: str, now: RunResults, table: str | Path, words: str | Path
) -> None:
    """Write what differs from the results `earlier` to the CSV `table` and the JSON `words`.

    Raises
    ------
    NoResultsError
        If `earlier` is not what `digest` says that it was when the run began.
    """
    if earlier.digest() != digest:
        raise NoResultsError(
            f"{earlier.name}: these earlier results changed while the study ran. Run again."
        )
    found = between(earlier, now)
    columns = [field.name for field in fields(Difference)]
    rows = pd.DataFrame([astuple(one) for one in found.differences], columns=columns)
    result_tables.write(rows, table, TABLE)
    records.write_json({"earlier": earlier.name, "sentences": sentences(found)}, words)
