"""PerkinElmer (Revvity) Kaleido, for the EnSight: .csv with grids below `Results for ABS mono 1`.

Version 2 writes the barcode as `Barcode: X,PlateRepeat: 1,WellRepeat: 1`, version 3 as a table with
one line. The wavelength of each measurement is in the description of the measurements at the end.
Grids of an analysis are computed, and are used only if there are no others.
"""

import re
from dataclasses import dataclass

from coculture.elisa.plates.plate import Plate, PlateError, Reading, plate_from_readings
from coculture.elisa.readers.grid import find_grids, grid_readings
from coculture.elisa.readers.reading_names import wavelength_in
from coculture.elisa.readers.source import NotThisFormatError, Rows, Source, number

NAME = "Kaleido (EnSight)"
_MARK = re.compile(
    r"(Exported with )?Kaleido\b.*|EnSight Results from.*|PlateRepeat:\s*\d+", re.IGNORECASE
)
_TITLE = re.compile(r"Results? for (.+)", re.IGNORECASE)
_ANALYSIS = re.compile(r"Analysis Results?", re.IGNORECASE)
_END = re.compile(r"(Measurement (Basic )?Information|Platemap)", re.IGNORECASE)
_FACT = re.compile(r"(Barcode|PlateRepeat|WellRepeat):\s*(.*)", re.IGNORECASE)
_MEASUREMENT = re.compile(r"Tech|Operation", re.IGNORECASE)
_WAVELENGTH = re.compile(r"(Excitation|Measurement)? ?wavelength( \[nm\])?:?", re.IGNORECASE)


@dataclass(frozen=True)
class _Place:
    """Of what a grid is: the measurement, the plate, and the number of each read."""

    measurement: str = ""
    barcode: str = ""
    plate_repeat: str = "1"
    well_repeat: str = "1"
    is_computed: bool = False


def read(source: Source) -> list[Plate]:
    """Every plate, with all its measurements."""
    rows = source.sheets[0].rows
    if not any(_MARK.fullmatch(cell) for row in rows for cell in row):
        raise NotThisFormatError("no cell that names Kaleido or EnSight")
    found = _grids(rows)
    kept = [one for one in found if not one[0].is_computed] or found
    if not kept:
        raise PlateError(
            f'{source.path}: a Kaleido export without a grid below "Results for"; export the '
            "results of the measurement as a plate"
        )
    wavelengths = _wavelengths(rows)
    plates: dict[str, list[Reading]] = {}
    for place, readings in kept:
        name = place.barcode or source.path.stem
        if place.plate_repeat != "1":
            name = f"{name} repeat {place.plate_repeat}"
        reading = place.measurement
        if place.well_repeat != "1":
            reading = f"{reading} repeat {place.well_repeat}"
        nanometres = wavelengths.get(place.measurement, wavelength_in(place.measurement))
        plates.setdefault(name, []).extend(
            Reading(r.well, reading, nanometres, r.od, r.state) for r in readings
        )
    return [plate_from_readings(name, readings) for name, readings in plates.items()]


def _grids(rows: Rows) -> list[tuple[_Place, list[Reading]]]:
    found: list[tuple[_Place, list[Reading]]] = []
    last = 0
    place: _Place | None = None
    for grid in find_grids(rows):
        place = _place(rows[last : grid.row], place)
        last = grid.end
        if place is not None and (
            readings := grid_readings(grid, "", float("nan"), of_results=True)
        ):
            found.append((place, readings))
    return found


def _place(rows: Rows, before: _Place | None) -> _Place | None:
    """Of what the grid below some lines is; None after the results."""
    place = before
    derived = before is not None and before.is_computed
    for index, row in enumerate(rows):
        text = next((cell for cell in row if cell), "")
        if _END.fullmatch(text):
            place = None
        elif _ANALYSIS.fullmatch(text):
            derived = True
        elif match := _TITLE.fullmatch(text):
            place = _Place(match[1], is_computed=derived)
        elif place is not None:
            place = _with_facts(place, row, rows[index + 1] if index + 1 < len(rows) else [])
    return place


def _with_facts(place: _Place, row: list[str], below: list[str]) -> _Place:
    """The place with the barcode and the repeats that a line states."""
    facts = {match[1].lower(): match[2].strip() for cell in row if (match := _FACT.fullmatch(cell))}
    if not facts and row[:2] == ["Barcode", "Repeat"]:
        facts = dict(zip(("barcode", "platerepeat"), below, strict=False))
    return _Place(
        place.measurement,
        facts.get("barcode", place.barcode),
        facts.get("platerepeat") or place.plate_repeat,
        facts.get("wellrepeat") or place.well_repeat,
        place.is_computed,
    )


def _wavelengths(rows: Rows) -> dict[str, float]:
    """The wavelength of each measurement, from its description at the end of the file."""
    found: dict[str, float] = {}
    measurement = ""
    for row in rows:
        filled = [text for text in row if text]
        if len(filled) < 2:
            continue
        if _MEASUREMENT.fullmatch(filled[0]):
            measurement = filled[1]
        elif _WAVELENGTH.fullmatch(filled[0]) and measurement:
            value = number(filled[1])
            if value is not None:
                found.setdefault(measurement, value)
    return found
