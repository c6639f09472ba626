"""Wallac and PerkinElmer VICTOR: lists with the columns Plate, Repeat, Well, Type.

A label such as `OD450 (A)` follows a column of its times. A plate that was read several times has
one line for each repeat, which becomes a reading of its own.
"""

import re

from coculture.elisa.plates.plate import (
    Plate,
    PlateError,
    Reading,
    is_well,
    plate_from_readings,
    well_name,
)
from coculture.elisa.readers.reading_names import wavelength_in
from coculture.elisa.readers.source import (
    LineError,
    NotThisFormatError,
    Rows,
    Source,
    not_a_reading,
    number,
    optical_density,
)

NAME = "VICTOR"
_COLUMNS = ("Plate", "Repeat", "Well", "Type")
_NOT_A_LABEL = re.compile(
    r"time.*|temp.*|meas.*|height.*|flag|sample.*|group|.*%.*|", re.IGNORECASE
)
_UNIT = re.compile(r"(?P<label>.*?)\s*((\(\s*[\d.,]+\s*m?s\s*\))?\s*\([A-Za-z/]+\))?")
_NANOMETRES = re.compile(r"(?<!\d)([2-9]\d\d|1000)(?!\d)")


def read(source: Source) -> list[Plate]:
    """Every plate of the lists, with a reading for each label and repeat."""
    plates: dict[str, list[tuple[str, str, Reading]]] = {}
    recognised = False
    for sheet in source.sheets:
        for index, row in enumerate(sheet.rows):
            if all(name in row for name in _COLUMNS):
                recognised = True
                _add(sheet.rows, index, plates)
    if not recognised:
        raise NotThisFormatError(f"no line with the columns {', '.join(_COLUMNS)}")
    if not any(plates.values()):
        raise PlateError(f"{source.path}: a list of VICTOR without wells; export the list again")
    return [
        plate_from_readings(_name(name), _with_repeats(found)) for name, found in plates.items()
    ]


def _name(plate: str) -> str:
    return f"Plate {plate}" if number(plate) is not None else plate


def _add(rows: Rows, index: int, plates: dict[str, list[tuple[str, str, Reading]]]) -> None:
    heading = rows[index]
    plate_at, repeat_at, well_at, type_at = (heading.index(name) for name in _COLUMNS)
    labels = [
        i
        for i, text in enumerate(heading)
        if i > max(well_at, type_at) and not _NOT_A_LABEL.fullmatch(text)
    ]
    plate = ""
    for line, row in enumerate(rows[index + 1 :], index + 2):
        if len(row) <= well_at or not is_well(row[well_at]):
            break
        plate = row[plate_at] or plate
        if any(row[len(heading) :]):
            raise LineError(
                f"line {line}: well {row[well_at]} has more cells than the heading has columns; "
                "with decimal commas, use tabs or semicolons between the cells"
            )
        for column in labels:
            text = row[column] if column < len(row) else ""
            value = optical_density(text)
            if value is None:
                raise LineError(
                    f'line {line}: well {row[well_at]}, column "{heading[column]}": '
                    f"{not_a_reading(text)}"
                )
            reading = Reading(
                well_name(row[well_at]),
                _label(heading[column]),
                _wavelength(heading[column]),
                *value,
            )
            plates.setdefault(plate, []).append((row[repeat_at], reading.reading, reading))


def _label(heading: str) -> str:
    """A label without the time and the unit behind it."""
    match = _UNIT.fullmatch(heading)
    return match["label"] if match and match["label"] else heading


def _wavelength(heading: str) -> float:
    label = _label(heading)
    stated = set(_NANOMETRES.findall(label))
    known = wavelength_in(label)
    return known if known > 0 or len(stated) != 1 else float(stated.pop())


def _with_repeats(found: list[tuple[str, str, Reading]]) -> list[Reading]:
    """The readings, with the number of the repeat in the name where there are several."""
    repeats: dict[str, set[str]] = {}
    for repeat, label, _ in found:
        repeats.setdefault(label, set()).add(repeat)
    return [
        Reading(
            reading.well,
            f"{label} repeat {repeat}" if len(repeats[label]) > 1 else label,
            reading.wavelength_nm,
            reading.od,
            reading.state,
        )
        for repeat, label, reading in found
    ]
