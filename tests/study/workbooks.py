"""Workbooks and configs that tests write, and the problems that are found in them."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import yaml

from coculture.study import StudyError, load

Cells = Sequence[Sequence[object]]


def write(path: Path, sheets: Mapping[str, Cells]) -> None:
    """A workbook with these sheets."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append([None if cell == "" else cell for cell in row])
    book.save(path)


def cells_of(table: pd.DataFrame) -> Cells:
    """Heading and rows of a table that was read as text; numbers become numbers."""
    rows = [[_typed(cell) for cell in row] for row in table.itertuples(index=False)]
    return [list(table.columns), *rows]


def plate(name: str, wells: Mapping[str, object], rows: int = 8, columns: int = 12) -> Cells:
    """A grid of wells with its name in the upper left cell, and an empty line below."""
    letters = "ABCDEFGHIJKLMNOP"[:rows]
    numbers = list(range(1, columns + 1))
    lines = [[letter, *(wells.get(f"{letter}{n}", "") for n in numbers)] for letter in letters]
    return [[name, *numbers], *lines, []]


def _typed(cell: str) -> object:
    try:
        return float(cell) if "." in cell or "e" in cell else int(cell)
    except ValueError:
        return cell


def reconfigured(folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """The config of the study in a folder, after a change of what it holds."""
    path = folder / "config.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(config)
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return path


def told(config: Path) -> list[str]:
    """The problems of a study, which must have some."""
    with pytest.raises(StudyError) as raised:
        load(config)
    return [str(problem) for problem in raised.value.problems]
