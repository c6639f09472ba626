"""Plate-reader exports: one module a vendor, tried in the order of `READERS`.

A reader is a module with a `NAME` and `read(source) -> list[Plate]`, which raises
`NotThisFormatError` for a file that is not its own and `PlateError` for one that is but cannot be
used. To add a vendor, write such a module and name it here.
"""

from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Protocol

from coculture.elisa.plates.plate import Plate, PlateError
from coculture.elisa.readers import (
    envision,
    gen5,
    grid,
    long_table,
    mars,
    skanit,
    softmax,
    tecan,
)
from coculture.elisa.readers.source import (
    LineError,
    NotThisFormatError,
    Source,
    open_source,
)


class Reader(Protocol):
    """What a vendor's module offers."""

    NAME: str

    def read(self, source: Source) -> list[Plate]:
        """The plates of a file of this vendor."""


READERS: tuple[Reader, ...] = (
    softmax,
    gen5,
    tecan,
    skanit,
    envision,
    mars,
    long_table,
    grid,
)


def read_plates(path: str | Path) -> list[Plate]:
    """Every plate of a plate reader's export; the format is recognised, not asked for.

    Plates that carry the same name are told apart: two "Plate1" become "Plate1 (1)" and
    "Plate1 (2)", so that none of them answers to the name that does not say which.

    Raises
    ------
    PlateError
        If the file cannot be opened, fits no known format (the message says which were tried and
        why each failed), or fits one but holds no measurement, or gives a well two
        values of one reading.
    """
    source = open_source(path)
    refusals = []
    for reader in READERS:
        try:
            plates = reader.read(source)
        except NotThisFormatError as refusal:
            refusals.append(f"{reader.NAME}: {refusal}")
            continue
        except LineError as error:
            raise PlateError(f"{path}: {error}") from error
        plates = [_with_wells_once(source, plate) for plate in plates]
        if not any((plate.wells["state"] != "missing").any() for plate in plates):
            raise PlateError(f"{path}: a {reader.NAME} export without a single measurement")
        return _with_unique_names(plates)
    tried = "\n  ".join(refusals)
    raise PlateError(
        f"{path}: not an export that can be read. Tried:\n  {tried}\n"
        "Export a plate grid (a row 1 to 12, rows A to H) or a table with the columns well and od."
    )


def _with_wells_once(source: Source, plate: Plate) -> Plate:
    """One value a well and reading: a list that repeats the matrix may stand beside it."""
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
    """Number the plates that share a name, past any name that another plate has by itself."""
    names = [plate.name for plate in plates]
    taken = set(names)
    unique = []
    for plate in plates:
        name = plate.name
        if names.count(name) > 1:
            name = next(n for i in count(1) if (n := f"{plate.name} ({i})") not in taken)
            taken.add(name)
        unique.append(replace(plate, name=name))
    return unique
