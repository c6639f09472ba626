"""Plate layouts as a grid of labels in the shape of the plate.

    STD 600   STD 600   c01 x10   c01 x50   BLK
    STD 300   STD 300   c02 x10   c02 x50   QC 40

or one grid for each property below one another (the format of plater), with its name in the upper
left cell:
role, analyte, concentration, culture, dilution, exclude.
"""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from coculture.elisa.plates.plate import PlateError, well_position
from coculture.elisa.readers.grid import LAYOUT_NAMES, Grid, find_grids
from coculture.elisa.readers.source import Sheet, number, open_source

_NUMBER = r"(?P<number>\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?)"
_UNIT = r"\s*(?:[pnu]g/ml)?"
_KINDS = (
    ("standard", re.compile(rf"(?:std|standard)[\s_:-]*{_NUMBER}{_UNIT}", re.IGNORECASE)),
    ("control", re.compile(rf"(?:qc|ctrl|control)[\s_:-]*{_NUMBER}{_UNIT}", re.IGNORECASE)),
    ("blank", re.compile(r"(?:blk|blank|zero)\s*\d*", re.IGNORECASE)),
    ("medium_blank", re.compile(r"(?:medium|media|medium[\s_]blank)\s*\d*", re.IGNORECASE)),
)
_DILUTED = re.compile(rf"(?P<culture>.+?)(?:[\s_]+x|\s*×|\s*@|[\s_]+1:)\s*{_NUMBER}", re.IGNORECASE)
_EMPTY = re.compile(r"|-+|x|empty|none", re.IGNORECASE)
COLUMNS = ("well", "role", "analyte", "concentration_pg_ml", "culture", "dilution", "exclude")
_PROPERTIES = {
    "role": "role",
    "analyte": "analyte",
    "concentration": "concentration_pg_ml",
    "culture": "culture",
    "sample": "culture",
    "dilution": "dilution",
    "exclude": "exclude",
}


def read_label_grid(path: str | Path) -> pd.DataFrame:
    """The wells of a plate-shaped layout as rows of elisa.csv (without plate and file).

    Labels: `STD 300`, `QC 40` and `CTRL 40` with a concentration, `BLK`, `MEDIUM`; any other label
    is a culture, which a dilution may follow (`c01 x10`, `c01 @10`, `c01 1:10`). Empty cells, `-`
    and `EMPTY` are wells that are not used. Grids named `role`, `culture`, ... give one property
    each.

    Returns
    -------
    well, role, analyte, concentration_pg_ml (NaN where none), culture, dilution, exclude; in
    reading order.

    Raises
    ------
    PlateError
        If the file has no plate-shaped grid of labels, or a number is missing.

    For example:

    >>> parse_label("STD 62.5")["concentration_pg_ml"]
    62.5
    """
    grids = _label_grids(open_source(path).sheets)
    if not grids:
        raise PlateError(
            f"{path}: no plate-shaped grid of labels (a row 1, 2, 3 ..., rows A, B ...)"
        )
    named = {name: grid for grid in grids if (name := _property(grid)) is not None}
    rows = _from_properties(path, named) if named else _from_labels(grids[0])
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    order = sorted(range(len(frame)), key=lambda i: well_position(frame["well"].iloc[i]))
    return frame.iloc[order].reset_index(drop=True)


def parse_label(label: str) -> dict[str, object]:
    """Role, concentration, culture and dilution of a label.

    >>> parse_label("c07 x50")["culture"], parse_label("c07 x50")["dilution"]
    ('c07', 50.0)
    """
    row: dict[str, object] = {
        "role": "sample",
        "analyte": "",
        "concentration_pg_ml": np.nan,
        "culture": "",
        "dilution": 1.0,
        "exclude": "",
    }
    for role, pattern in _KINDS:
        if match := pattern.fullmatch(label):
            row["role"] = role
            if "number" in match.groupdict():
                row["concentration_pg_ml"] = number(match["number"])
            return row
    diluted = _DILUTED.fullmatch(label)
    row["culture"] = diluted["culture"] if diluted else label
    row["dilution"] = number(diluted["number"]) if diluted else 1.0
    return row


def _label_grids(sheets: tuple[Sheet, ...]) -> list[Grid]:
    """Grids that contain words, and those with the name of a property."""
    return [
        grid
        for sheet in sheets
        for grid in find_grids(sheet.rows)
        if _property(grid) is not None
        or any(texts[0] and number(texts[0]) is None for texts in grid.cells.values())
    ]


def _property(grid: Grid) -> str | None:
    name = grid.corner.lower().split("_")[0].strip()
    return _PROPERTIES.get(name) if name in LAYOUT_NAMES else None


def _from_labels(grid: Grid) -> list[dict[str, object]]:
    return [
        {"well": well, **parse_label(texts[0])}
        for well, texts in grid.cells.items()
        if not _EMPTY.fullmatch(texts[0])
    ]


def _from_properties(path: str | Path, named: dict[str, Grid]) -> list[dict[str, object]]:
    rows = []
    wells = dict.fromkeys(well for grid in named.values() for well in grid.cells)
    for well in wells:
        texts = {name: grid.cells.get(well, [""])[0] for name, grid in named.items()}
        if all(not text for name, text in texts.items() if name in ("role", "culture")):
            continue
        row: dict[str, object] = {"well": well, **parse_label(texts.get("culture", ""))}
        for name, text in texts.items():
            if name in ("concentration_pg_ml", "dilution") and text:
                value = number(text)
                if value is None:
                    raise PlateError(f'{path}: well {well}: {name} is "{text}", not a number')
                row[name] = value
            elif text and name != "culture":
                row[name] = text
        rows.append(row)
    return rows
