"""Raw data that are those of another experiment: found before a run, because no page may use them.

Bytes are compared elsewhere (`raw_file_validation`); here the events and readings are.
"""

import hashlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from coculture import elisa, flow
from coculture.comparison.independence.copied_readings import (
    READING_COLUMNS,
    CopiedReadings,
    copied_readings,
    readings_of_cultures,
)
from coculture.exchange.problems import Problem
from coculture.flow import copied_events
from coculture.running import memory
from coculture.study.checksums import Checksums


def problems(
    flow_table: pd.DataFrame,
    elisa_table: pd.DataFrame,
    cultures: pd.DataFrame,
    settings: elisa.ElisaSettings,
    checksums: Checksums,
) -> list[Problem]:
    """Every sample and every experiment whose raw data are those of another one.

    Comparing 96 files of 100,000 events takes 2 s, so that it is remembered which raw files have
    been found to be independent.

    Parameters
    ----------
    flow_table, elisa_table
        The rows whose files are there.
    cultures
        culture, experiment, arm and replicate.
    """
    place = checksums.beside("copies")
    compared = _fingerprint(flow_table, elisa_table, cultures, checksums)
    if compared in memory.read(place, str):
        return []
    found = [
        *copied_samples(flow_table, cultures, checksums),
        *copied_plates(elisa_table, cultures, settings),
    ]
    if not found and place is not None:
        memory.write(place, {compared: "independent"})
    return found


def _fingerprint(
    flow_table: pd.DataFrame,
    elisa_table: pd.DataFrame,
    cultures: pd.DataFrame,
    checksums: Checksums,
) -> str:
    """Of the raw files, of what the tables say of them, and of the code that compares them."""
    digest = hashlib.sha256()
    for code in (__file__, copied_events.__file__, inspect.getfile(copied_readings)):
        digest.update(Path(code).read_bytes())
    for table in (flow_table, elisa_table):
        digest.update(repr([checksums.of(path) for path in table["path"]]).encode())
    for table in (flow_table, elisa_table, cultures):
        digest.update(table.to_csv().encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def copied_samples(
    flow_table: pd.DataFrame, cultures: pd.DataFrame, checksums: Checksums
) -> Iterator[Problem]:
    """No sample has the events of a sample of another culture.

    Parameters
    ----------
    flow_table
        The rows of flow.csv whose files are there.
    """
    experiments = dict(zip(cultures["culture"], cultures["experiment"], strict=True))
    for found in flow.copied_files(flow_table):
        one, other = (flow_table.loc[row].astype(str) for row in (found.row, found.other_row))
        if checksums.of(str(one["path"])) == checksums.of(str(other["path"])):
            continue  # `same_content` reports it
        where = experiments.get(other["culture"], other["experiment"])
        yield Problem(
            "flow.csv",
            f"has the same events as {other['fcs']} in row {found.other_row} (experiment {where}): "
            f"the distance to the nearest event there is {found.distance:.2f} of that between "
            "events of one file, and about 1 for cells that were measured apart. One sample cannot "
            "be two cultures. Name the right file, or exclude this row with a reason.",
            found.row,
            "fcs",
            str(one["fcs"]),
        )


def copied_plates(
    elisa_table: pd.DataFrame, cultures: pd.DataFrame, settings: elisa.ElisaSettings
) -> Iterator[Problem]:
    """No experiment has the readings of another one in the wells of its cultures.

    Parameters
    ----------
    elisa_table
        The rows of elisa.csv whose files are there.
    cultures
        culture, experiment, arm and replicate.
    """
    if elisa_table.empty:
        return
    try:
        wells = elisa.read_layout(elisa_table.fillna({"dilution": 1.0}), settings)
    except elisa.PlateError:
        return  # `plate_exports` reports it
    readings = readings_of_cultures(wells, cultures).dropna(subset=["value"])
    for found in copied_readings(readings[list(READING_COLUMNS)]):
        if found.is_certain:
            yield _problem(found, elisa_table)


def _problem(found: CopiedReadings, elisa_table: pd.DataFrame) -> Problem:
    """At the first row of the plate of the second experiment."""
    rows = elisa_table[elisa_table["plate"] == found.plates[-1]]
    row = int(rows.index[0])
    return Problem(
        "elisa.csv",
        f"{found.sentence} The wells of independent cultures differ by more. If one plate was read "
        "or exported twice, name only one; if the layout is wrong, correct it; or exclude the "
        "wells of one experiment with a reason.",
        row,
        "file",
        str(rows.loc[row, "file"]),
    )
