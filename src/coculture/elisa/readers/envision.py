"""PerkinElmer EnVision: .csv with `Plate information` before each plate and `Results for` grids."""

import re
from itertools import pairwise

from coculture.elisa.plates.plate import Plate, PlateError, Reading, plate_from_readings
from coculture.elisa.readers.grid import find_grids, grid_readings, title_above
from coculture.elisa.readers.source import NotThisFormatError, Rows, Source

NAME = "PerkinElmer EnVision"
_START = "Plate information"
_TITLE = re.compile(r"Results for (?P<label>.+?)(\s+-\s.*)?")
_LABEL = re.compile(r"(?P<name>.*?)\s*\(\d+\)")
_WAVELENGTH = re.compile(r".*?(\d{3,4})\D*")


def read(source: Source) -> list[Plate]:
    """Every plate, with all wavelengths at which it was read."""
    rows = source.sheets[0].rows
    starts = [i for i, row in enumerate(rows) if row and row[0] == _START]
    if not starts:
        raise NotThisFormatError(f'no line "{_START}"')
    plates: dict[str, list[Reading]] = {}
    for start, stop in pairwise([*starts, len(rows)]):
        section = rows[start:stop]
        plates.setdefault(_plate_name(section), []).extend(_readings(section, start + 1))
    if not any(plates.values()):
        raise PlateError(f'{source.path}: an EnVision export without a "Results for" grid')
    return [plate_from_readings(name, found) for name, found in plates.items() if found]


def _plate_name(section: Rows) -> str:
    heading, values = section[1], section[2]
    cells = dict(zip(heading, values, strict=False))
    barcode = cells.get("Barcode", "").strip('="')
    return barcode or f"Plate {cells.get('Plate', '1')}"


def _readings(section: Rows, first_line: int) -> list[Reading]:
    found: list[Reading] = []
    for grid in find_grids(section, first_line):
        title = _TITLE.fullmatch(title_above(section, grid.row))
        if title is None:
            continue
        label = title["label"]
        if plain := _LABEL.fullmatch(label):
            label = plain["name"]
        match = _WAVELENGTH.fullmatch(label)
        found.extend(grid_readings(grid, label, float(match[1]) if match else float("nan")) or [])
    return found
