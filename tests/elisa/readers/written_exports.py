"""Small exports that the tests write, and what was read from them.

Every well has an OD of its own, so that a value in the wrong well is seen.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from coculture.elisa import Plate, read_plates

ROWS, COLUMNS = "ABCDEFGH", range(1, 13)
WELLS = [f"{row}{column}" for row in ROWS for column in COLUMNS]

OD = np.round(np.linspace(0.05, 3.2, 96).reshape(8, 12), 3)
"""A plate as an array, and the same plate at the reference wavelength."""
PLASTIC = np.round(OD / 10, 4)


def well_od(well: str, shift: float = 0.0) -> float:
    """An OD that no other well has: C11 reads 0.3115. `shift` is for another reading."""
    return round((ROWS.index(well[0]) + 1) / 10 + int(well[1:]) / 1000 + 0.0005 + shift, 4)


MAIN = {well: well_od(well) for well in WELLS}
"""Two readings of a plate, by well."""
OTHER = {well: well_od(well, 1.0) for well in WELLS}


def counted(first: float, step: float = 0.013) -> dict[str, float]:
    """The values of the made-up exports of the reference: each well a step above the one before."""
    return {well: round(first + i * step, 4) for i, well in enumerate(WELLS)}


def row_od(row: int, column: int) -> float:
    """An OD that no other well has: row 3, column 11 reads 0.311."""
    return round(row / 10 + column / 1000, 3)


def expected(rows: str = ROWS) -> dict[str, float]:
    """The ODs of `row_od` by well, of these rows."""
    return {f"{r}{c}": row_od(ROWS.index(r) + 1, c) for r in rows for c in COLUMNS}


def point(value: float) -> str:
    """An OD with a decimal point."""
    return f"{value:.4f}"


def comma(value: float) -> str:
    """An OD with a decimal comma."""
    return point(value).replace(".", ",")


def well_grid(
    values: dict[str, float],
    separator: str = ",",
    written: Callable[[float], str] = point,
    corner: str = "",
) -> list[str]:
    """A heading and eight lettered lines, from ODs by well."""
    lines = [[row, *(written(values[f"{row}{column}"]) for column in COLUMNS)] for row in ROWS]
    return [separator.join(line) for line in [[corner, *map(str, COLUMNS)], *lines]]


def grid_lines(values: np.ndarray, corner: str = "", delimiter: str = "\t") -> list[str]:
    """A heading and lettered lines, from an array of any size."""
    rows, columns = values.shape
    letters = [chr(ord("A") + i) for i in range(rows)]
    heading = delimiter.join([corner, *map(str, range(1, columns + 1))])
    return [heading] + [
        delimiter.join([letter, *(f"{v:g}" for v in row)])
        for letter, row in zip(letters, values, strict=True)
    ]


def lettered_grid(separator: str, label: str = "", corner: str = "") -> list[str]:
    """The grid of `row_od`, with a label at the right end of its lines where one is given."""
    end = [label] if label else []
    return [
        separator.join([corner, *map(str, COLUMNS)]),
        *(
            separator.join([letter, *(f"{row_od(row, c):.3f}" for c in COLUMNS), *end])
            for row, letter in enumerate(ROWS, 1)
        ),
    ]


def cells(values: np.ndarray, corner: str) -> list[list[object]]:
    """A grid as rows of a spreadsheet."""
    heading: list[object] = [corner, *COLUMNS]
    return [
        heading,
        *([letter, *map(float, row)] for letter, row in zip(ROWS, values, strict=True)),
    ]


SOFTMAX_HEADER = (
    "Plate:\tP\t1.3\tPlateFormat\tEndpoint\tAbsorbance\tRaw\tFALSE\t1"
    "\t\t\t\t\t\t1\t450 \t1\t12\t96\t1\t8"
)


def softmax_block(rows: list[str], header: str = SOFTMAX_HEADER) -> list[str]:
    """A SoftMax export of one plate."""
    heading = "\tTemperature(C)\t" + "\t".join(map(str, COLUMNS))
    return ["##BLOCKS= 1", header, heading, *rows, "", "~End"]


def softmax_rows() -> list[str]:
    """The ODs of `row_od` as rows of a SoftMax export."""
    return ["\t\t" + "\t".join(f"{row_od(row, c):.3f}" for c in COLUMNS) for row in range(1, 9)]


def softmax_lines(values: np.ndarray = OD) -> list[str]:
    """A SoftMax export of one plate, from an array, with no blank line."""
    rows = ["\t\t" + "\t".join(f"{v:g}" for v in row) for row in values]
    return [line for line in softmax_block(rows) if line]


def write_export(folder: Path, lines: list[str], name: str = "export.csv") -> Path:
    """The path of a new file with these lines."""
    path = folder / name
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def ods(plate_wells: pd.DataFrame, reading: str | None = None) -> np.ndarray:
    """The plate's ODs in reading order, of one reading or of the only one."""
    if reading is not None:
        plate_wells = plate_wells[plate_wells["reading"] == reading]
    return plate_wells["od"].to_numpy()


def by_reading(plate: Plate) -> dict[str, dict[str, float]]:
    """The ODs of each reading by well; wells that are not ok are left out."""
    ok = plate.wells[plate.wells["state"] == "ok"]
    assert not ok.duplicated(["reading", "well"]).any()
    return {
        str(name): dict(zip(rows["well"], rows["od"], strict=True))
        for name, rows in ok.groupby("reading")
    }


def only_plate(path: Path) -> Plate:
    """The plate of a file with one plate."""
    (plate,) = read_plates(path)
    return plate


def wavelengths(plate: Plate) -> dict[str, float | None]:
    """The wavelength of each reading; None if the file states none."""
    stated = plate.wells.groupby("reading", sort=False)["wavelength_nm"].first()
    return {str(name): None if pd.isna(nm) else float(nm) for name, nm in stated.items()}


def states(plate: Plate) -> dict[str, int]:
    """How many wells have each state."""
    return {str(state): int(n) for state, n in plate.wells["state"].value_counts().items()}


def only_reading(path: Path) -> dict[str, float]:
    """The ODs by well of a file with one plate and one reading."""
    (plate,) = read_plates(path)
    (values,) = by_reading(plate).values()
    return values
