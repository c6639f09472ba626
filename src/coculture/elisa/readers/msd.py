"""Meso Scale Discovery (MSD) Methodical Mind: text with a grid below `====Data====`.

With several spots in a well there is a line for each spot below the letter, empty for spots that
the plate does not have, or a grid for each spot under its `SpotID`.
"""

import re
from itertools import pairwise

from coculture.elisa.plates.plate import Plate, PlateError, Reading, plate_from_readings
from coculture.elisa.readers.source import (
    LineError,
    NotThisFormatError,
    Rows,
    Source,
    not_a_reading,
    number,
    optical_density,
)

NAME = "MSD Methodical Mind"
_DATA = re.compile(r"=+\s*Data\s*=+", re.IGNORECASE)
_SECTION = re.compile(r"=+.*")
_FACT = re.compile(r"(?P<name>[A-Za-z#\d ]+?)\s*:\s*(\\t)?\s*(?P<value>.*)")
_MARKS = ("stack id", "spots per well", "det param", "spot", "orient")
_BARCODE = re.compile(r"<\*?(?P<name>[^<>]*?)\*?>")
_ROW = re.compile(r"[A-Z]|A[A-F]")
_SIGNAL = "ECL signal"
_WORKBENCH = ("Sample", "Assay", "Well", "Spot", "Signal")


def read(source: Source) -> list[Plate]:
    """Every plate, with a reading for each spot."""
    rows = source.sheets[0].rows
    starts = [i for i, row in enumerate(rows) if row and _DATA.fullmatch(row[0])]
    facts = _facts(rows)
    if any(set(_WORKBENCH) <= set(row) for row in rows):
        raise PlateError(
            f"{source.path}: this is a table of MSD Discovery Workbench, with several assays in "
            "each well; export the plate from Methodical Mind, or write the signal of one assay "
            "as a table with the columns well and od"
        )
    if not starts and not (set(facts) & set(_MARKS[:2]) and "barcode1" in facts):
        raise NotThisFormatError('no line "====Data====" of Methodical Mind')
    if starts and not set(facts) & set(_MARKS):
        raise NotThisFormatError('no lines such as "Stack ID" or "Spots Per Well"')
    plates: dict[str, list[Reading]] = {}
    heads = [0, *(_section_end(rows, start) for start in starts)]
    for head, (start, stop) in zip(heads, pairwise([*starts, len(rows)]), strict=False):
        stated = _facts(rows[head:start])
        name = _plate_name(stated) or source.path.stem
        end = min(stop, _section_end(rows, start))
        plates.setdefault(name, []).extend(_readings(rows, start + 1, end, stated))
    plates = {name: readings for name, readings in plates.items() if readings}
    if not plates:
        raise PlateError(
            f'{source.path}: an MSD export without a grid below "Data"; export the plate again'
        )
    return [plate_from_readings(name, readings) for name, readings in plates.items()]


def _facts(rows: Rows) -> dict[str, str]:
    """The lines `Name : value`, with the names in small letters."""
    found: dict[str, str] = {}
    for row in rows:
        text = " ".join(cell for cell in row if cell)
        if match := _FACT.fullmatch(text):
            found.setdefault(match["name"].strip().lower(), match["value"].strip())
    return found


def _plate_name(facts: dict[str, str]) -> str:
    match = _BARCODE.search(facts.get("barcode1", ""))
    return match["name"].strip() if match else ""


def _section_end(rows: Rows, start: int) -> int:
    later = range(start + 1, len(rows))
    return next((i for i in later if rows[i] and _SECTION.fullmatch(rows[i][0])), len(rows))


def _readings(rows: Rows, start: int, end: int, facts: dict[str, str]) -> list[Reading]:
    """The readings of the grid below a line `Data`, without spots that are empty in all wells."""
    columns: list[int] = []
    letter, spot, length = "", 0, 0
    spots: dict[int, list[Reading]] = {}
    seen: set[str] = set()
    for index in range(start, end):
        row = rows[index]
        values = [number(text) for text in row[1:] if text]
        if not columns:
            if values and values == [float(i) for i in range(1, len(values) + 1)]:
                columns = [int(value) for value in values if value is not None]
            continue
        if len(row) < 2:
            continue
        length = length or len(row)
        if len(row) != length:
            raise LineError(
                f"line {index + 1}: {len(row)} cells where the lines above have {length}; a cell "
                "was lost or added; export the plate again"
            )
        if row[0] and not _ROW.fullmatch(row[0]):
            raise LineError(
                f'line {index + 1}: "{row[0]}" is not a row of wells; the grid has lost a line or '
                "was edited; export it again"
            )
        if row[0] in seen:
            raise LineError(f"line {index + 1}: row {row[0]} occurs twice in the plate grid")
        if not row[0] and not letter:
            continue
        letter, spot = (row[0], 1) if row[0] else (letter, spot + 1)
        seen |= {row[0]} - {""}
        spots.setdefault(spot, []).extend(_line(row, columns, letter, index + 1))
    kept = {spot: r for spot, r in spots.items() if any(one.state != "missing" for one in r)}
    _refuse_uneven_spots(kept, len(seen) * len(columns), start)
    of_file = facts.get("spotid", "")
    return [
        Reading(r.well, _name(spot, len(spots), of_file), r.wavelength_nm, r.od, r.state)
        for spot, readings in kept.items()
        for r in readings
    ]


def _line(row: list[str], columns: list[int], letter: str, line: int) -> list[Reading]:
    if len(row) < len(columns) + 1 or any(row[len(columns) + 1 :]):
        raise LineError(
            f"line {line}: row {letter} has {len(row) - 1} cells, but the heading has "
            f"{len(columns)} columns; export the plate again"
        )
    found = []
    for column, text in zip(columns, row[1:], strict=False):
        value = optical_density(text)
        if value is None:
            raise LineError(f"line {line}: well {letter}{column}: {not_a_reading(text)}")
        found.append(Reading(f"{letter}{column}", "", float("nan"), *value))
    return found


def _refuse_uneven_spots(spots: dict[int, list[Reading]], wells: int, line: int) -> None:
    """Refuse a grid in which a row of wells lost the line of a spot: readings would be mixed up."""
    for spot, readings in spots.items():
        if len(readings) != wells:
            raise LineError(
                f"line {line}: the plate has {wells} wells, but spot {spot} has {len(readings)}; "
                "a line was lost or added; export the plate again"
            )


def _name(spot: int, spots: int, of_file: str) -> str:
    """The name of a reading: the spot of its line, or that of the whole grid."""
    if spots > 1:
        return f"spot {spot}"
    return f"spot {of_file}" if number(of_file) is not None else _SIGNAL
