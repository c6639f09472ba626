"""Plate-reader exports: one module for each vendor, tried in the order of `READERS`.

A reader is a module with a `NAME` and `read(source) -> list[Plate]`, which raises
`NotThisFormatError` for a file of another format, and `PlateError` for one of its format that
cannot be used. To add a vendor, write such a module and enter it in the list below.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Protocol

from coculture.elisa.plates.plate import Plate, PlateError
from coculture.elisa.readers import (
    allotrope,
    envision,
    gen5,
    grid,
    kaleido,
    long_table,
    luminex,
    mars,
    msd,
    skanit,
    softmax,
    tecan,
    victor,
)
from coculture.elisa.readers.export_days import days_of
from coculture.elisa.readers.source import (
    NotThisFormatError,
    Source,
    open_source,
)


class Reader(Protocol):
    """What the module of a vendor has."""

    NAME: str

    def read(self, source: Source) -> list[Plate]:
        """The plates of a file."""


READERS: tuple[Reader, ...] = (
    allotrope,
    luminex,
    softmax,
    gen5,
    msd,
    tecan,
    skanit,
    envision,
    kaleido,
    mars,
    victor,
    long_table,
    grid,
)


class UnknownFormatError(PlateError):
    """A file that no reader knows; `in_one_line` is the message without the readers' reasons."""

    def __init__(self, path: str | Path, refusals: Sequence[str]) -> None:
        self.in_one_line = (
            f"{path}: the format of this file is not known; export a plate grid (a row 1 to 12, "
            "rows A to H) or a table with the columns well and od."
        )
        tried = "\n  ".join(refusals)
        super().__init__(f"{self.in_one_line} Tried:\n  {tried}")


def read_plates(path: str | Path) -> list[Plate]:
    """Every plate of a plate reader's export; its format is recognised.

    Plates with the same name are numbered: two "Plate1" become "Plate1 (1)" and "Plate1 (2)".

    Raises
    ------
    PlateError
        If the file cannot be opened, has no known format (the message lists the formats that were
        tried and why each failed), contains no measurement, or has two values of one reading for
        a well.
    """
    source = open_source(path)
    refusals = []
    for reader in READERS:
        try:
            plates = reader.read(source)
        except NotThisFormatError as refusal:
            refusals.append(f"{reader.NAME}: {refusal}")
            continue
        except PlateError as error:
            if str(error).startswith(f"{source.path}: "):
                raise
            raise PlateError(f"{path}: {error}") from error
        day = days_of(source)
        plates = [replace(_with_wells_once(source, plate), read_on=day) for plate in plates]
        if not any(_is_measured(plate) for plate in plates):
            raise PlateError(f"{path}: this {reader.NAME} export contains no measurement")
        return _with_unique_names(plates)
    raise UnknownFormatError(path, refusals)


def _is_measured(plate: Plate) -> bool:
    return bool(plate.concentrations) or bool((plate.wells["state"] != "missing").any())


def _with_wells_once(source: Source, plate: Plate) -> Plate:
    """The plate with one value for each well and reading.

    Some exports contain the same values twice, as a matrix and as a list.
    """
    wells = plate.wells.drop_duplicates(ignore_index=True)
    doubled = wells[wells.duplicated(["well", "reading", "wavelength_nm"])]
    if not doubled.empty:
        well, reading = doubled.iloc[0][["well", "reading"]]
        raise PlateError(
            f'{source.path}: plate "{plate.name}" has well {well} more than once, with different '
            f'values (reading "{reading}"); export each plate and reading once, as an endpoint'
        )
    return replace(plate, wells=wells)


def _with_unique_names(plates: list[Plate]) -> list[Plate]:
    """Number plates with the same name, without using the name of another plate."""
    times = Counter(plate.name for plate in plates)
    taken = set(times)
    numbers = {name: count(1) for name in times}
    unique = []
    for plate in plates:
        name = plate.name
        if times[name] > 1:
            name = next(n for i in numbers[name] if (n := f"{plate.name} ({i})") not in taken)
            taken.add(name)
        unique.append(replace(plate, name=name))
    return unique
