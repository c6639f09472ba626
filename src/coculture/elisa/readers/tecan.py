"""Tecan Magellan, i-control and SparkControl: spreadsheets with lists or grids.

Magellan lists wells under `Well positions`, with a column for each label. All of them print grids
with `<>` in the upper left corner. i-control and SparkControl state the wavelength in a line above.
"""

from coculture.elisa.plates.plate import Plate, PlateError, Reading, plate_from_readings
from coculture.elisa.readers.grid import find_grids, grid_readings
from coculture.elisa.readers.long_table import find_tables, table_readings
from coculture.elisa.readers.reading_names import wavelength_in
from coculture.elisa.readers.source import NotThisFormatError, Rows, Sheet, Source, number

NAME = "Tecan"
_CORNER = "<>"
_LIST = "Well positions"


def read(source: Source) -> list[Plate]:
    """One plate for each sheet, or for each name in the column of plates of a list."""
    own = [sheet for sheet in source.sheets if _is_tecan(sheet)]
    if not own:
        raise NotThisFormatError(f'no cell "{_CORNER}" or "{_LIST}" and no Magellan sheet')
    plates: dict[str, list[Reading]] = {}
    for sheet in own:
        name = source.path.stem if len(own) == 1 else sheet.name
        for plate, readings in _readings(sheet.rows).items():
            plates.setdefault(plate or name, []).extend(readings)
    if not plates:
        raise PlateError(
            f"{source.path}: this Tecan export has no well positions; add them to the list in "
            "Magellan, or export the plate as a matrix"
        )
    return [plate_from_readings(name, readings) for name, readings in plates.items()]


def _is_tecan(sheet: Sheet) -> bool:
    return sheet.name.startswith("Magellan") or any(
        cell in (_CORNER, _LIST) for row in sheet.rows for cell in row[:2]
    )


def _readings(rows: Rows) -> dict[str, list[Reading]]:
    found: dict[str, list[Reading]] = {}
    for table in find_tables(rows):
        for plate, readings in table_readings(table, float("nan")).items():
            found.setdefault(plate, []).extend(readings)
    last = 0
    grids = [grid for grid in find_grids(rows) if grid.corner == _CORNER]
    for count, grid in enumerate(grids, start=1):
        label, wavelength = _heading(rows[last : grid.row])
        last = grid.end
        name = label or (f"{wavelength:g}" if wavelength == wavelength else f"Label{count}")
        # Names and values of the wells may be below one another, in either order.
        of_lines = (grid_readings(grid, name, wavelength, i) for i in range(len(grid.line_labels)))
        if of_grid := next(filter(None, of_lines), None):
            found.setdefault("", []).extend(of_grid)
    return found


def _heading(rows: Rows) -> tuple[str, float]:
    """Label and wavelength of the grid that follows the rows; "" and NaN if not stated."""
    label, wavelength = "", float("nan")
    for row in rows:
        first = row[0] if row else ""
        if first.startswith("Label:"):
            label = first.removeprefix("Label:").strip()
        if first.lower().startswith("measurement wavelength"):
            values = [number(text) for text in row[1:]]
            wavelength = next((v for v in values if v is not None), wavelength_in(first))
    return label, wavelength
