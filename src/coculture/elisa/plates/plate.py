"""A plate with its readings, and the names of wells."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coculture.elisa.plates.given_concentration import GivenConcentration
from coculture.exchange.problems import CocultureError

_WELL = re.compile(r"\s*([A-Za-z]{1,2})[\s:_-]?0*([1-9][0-9]?)\s*")


class PlateError(CocultureError):
    """A plate-reader export or its layout cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Plate:
    """One plate of an export.

    Attributes
    ----------
    name
        As in the export, made unique within the file.
    wells
        One row for each well and reading: `well` ("A1"), `wavelength_nm` (NaN if the file states
        none), `od` (NaN unless the state is ok), `state` (ok, overflow, missing, masked), and
        `reading`, the name of the reading in the file ("450", "Label1", "Mean V [420]").
    concentrations
        What the reader's software computed from curves of its own (Luminex); then `wells` is empty.
    read_on
        The day of the reading as YYYY-MM-DD, or the first and the last possible one with a slash
        between; empty if the file does not say.
    """

    name: str
    wells: pd.DataFrame
    concentrations: tuple[GivenConcentration, ...] = ()
    read_on: str = ""


def well_name(text: str) -> str:
    """The usual form of a well's name.

    >>> well_name("a01"), well_name("H12"), well_name("B-03")
    ('A1', 'H12', 'B3')

    Raises
    ------
    PlateError
        If `text` is not a letter or two and a number.
    """
    match = _WELL.fullmatch(text)
    if match is None:
        raise PlateError(f'"{text}" is not a well; write wells like A1 or H12')
    return f"{match[1].upper()}{match[2]}"


def is_well(text: str) -> bool:
    """Whether `text` names a well."""
    return _WELL.fullmatch(text) is not None


def row_letters(index: int) -> str:
    """The letters of a row of a plate, counted from 0: A to Z, then AA to AF (1,536 wells).

    >>> row_letters(0), row_letters(25), row_letters(26)
    ('A', 'Z', 'AA')
    """
    letter = chr(ord("A") + index % 26)
    return letter if index < 26 else row_letters(index // 26 - 1) + letter


def row_index(letters: str) -> int:
    """The row with these letters, counted from 0; the inverse of :func:`row_letters`.

    >>> row_index("H"), row_index("AF")
    (7, 31)
    """
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def well_position(well: str) -> tuple[int, int]:
    """Row and column of a well, both counted from 0: the key to sort wells in reading order.

    >>> well_position("B10")
    (1, 9)
    """
    match = _WELL.fullmatch(well)
    if match is None:
        raise PlateError(f'"{well}" is not a well; write wells like A1 or H12')
    return row_index(match[1]), int(match[2]) - 1


@dataclass(frozen=True)
class Reading:
    """The reading of one well at one wavelength."""

    well: str
    reading: str
    wavelength_nm: float
    od: float
    state: str


def plate_from_readings(name: str, readings: Iterable[Reading]) -> Plate:
    """A plate with its wells in reading order, and its readings in the order of the file."""
    rows = list(readings)
    order = {reading: i for i, reading in enumerate(dict.fromkeys(row.reading for row in rows))}
    rows.sort(key=lambda row: (order[row.reading], well_position(row.well)))
    wells = pd.DataFrame(
        {
            "well": pd.Series([row.well for row in rows], dtype=str),
            "wavelength_nm": np.array([row.wavelength_nm for row in rows], dtype=float),
            "od": np.array([row.od for row in rows], dtype=float),
            "state": pd.Series([row.state for row in rows], dtype=str),
            "reading": pd.Series([row.reading for row in rows], dtype=str),
        }
    )
    return Plate(name, wells)
