"""What must hold in elisa.csv."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from coculture.elisa.plates.plate import well_name
from coculture.exchange.problems import Problem
from coculture.study.table_validation import numbered
from coculture.study.table_validation.any_table import doubled

_CONCENTRATION_NEEDED = {
    "standard": "a standard needs its concentration, in pg/mL or in its unit's column.",
    "anchor": "an anchor needs its concentration, above 0, in pg/mL or in its unit's column.",
    "spike": "a spike needs the concentration added, above 0, in pg/mL or in its unit's column.",
}


def elisa_rows(elisa_table: pd.DataFrame) -> Iterator[Problem]:
    """No plate well is used twice for an analyte, a plate is one file, standards are complete.

    A well has several analytes where the file gives concentrations of each; whether it does is
    checked with the files.
    """
    wells = elisa_table.assign(well=elisa_table["well"].map(well_name, na_action="ignore"))
    yield from doubled(
        "elisa.csv",
        wells,
        ["plate", "well", "analyte"],
        "this well of the plate is already in row {first}; list each well once.",
        "well",
    )
    once = wells.drop_duplicates(["plate", "well"])
    yield from doubled(
        "elisa.csv",
        once,
        ["path", "plate_in_file", "well"],
        "this well of the same file is already used by plate {plate}; name the own export of each "
        "plate, or its plate_in_file.",
        "well",
    )
    for row, well in numbered.rows(elisa_table):
        message = _CONCENTRATION_NEEDED.get(well["role"])
        concentration = well["concentration_pg_ml"]
        is_zero = well["role"] != "standard" and concentration == 0
        if message and (pd.isna(concentration) or is_zero):
            yield Problem("elisa.csv", message, row, "concentration_pg_ml", "0" if is_zero else "")
    yield from _standards_and_anchors(elisa_table)
    for plate, of_plate in elisa_table.groupby("plate"):
        sources = of_plate[["file", "plate_in_file"]].drop_duplicates()
        for row, source in numbered.rows(sources.iloc[1:]):
            message = (
                f"the rows above have plate {plate} in {sources.iloc[0]['file']}; a plate is in "
                "one file."
            )
            yield Problem("elisa.csv", message, row, "file", source["file"])


def _standards_and_anchors(elisa_table: pd.DataFrame) -> Iterator[Problem]:
    """A concentration of an analyte on a plate is a standard or an anchor, not both."""
    columns = ["plate", "analyte", "concentration_pg_ml"]
    anchors = elisa_table[elisa_table["role"] == "anchor"]
    if anchors.empty:
        return
    standards = elisa_table[elisa_table["role"] == "standard"]
    first = {level: row for row, level in _levels(standards[columns][::-1])}
    for row, level in _levels(anchors[columns]):
        if level in first:
            message = (
                f"this concentration is a standard in row {first[level]}; give all of its "
                "wells on the plate the same role."
            )
            yield Problem("elisa.csv", message, row, "role", "anchor")


def _levels(rows: pd.DataFrame) -> Iterator[tuple[int, tuple[Any, ...]]]:
    for row, *level in rows.dropna().itertuples():
        yield row, tuple(level)


def dilutions(elisa_table: pd.DataFrame) -> Iterator[Problem]:
    """If one sample has a dilution, all have one: a forgotten one would count as undiluted."""
    is_sample = elisa_table["role"].isin(["sample", "spike"])
    samples = elisa_table[is_sample & (elisa_table["exclude"] == "")]
    missing = samples["dilution"].isna()
    if missing.all():
        return
    for row in samples.index[missing]:
        message = (
            "other samples have a dilution; enter one here too, 1 if the sample was undiluted."
        )
        yield Problem("elisa.csv", message, int(row), "dilution", "")
