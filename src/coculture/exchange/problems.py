"""What is wrong with a study: one record for every problem, one family of errors."""

from collections.abc import Iterable
from dataclasses import dataclass

CONFIG = "config"
"""What a problem of the config has as its `file` until the config's own path is known."""

KeyPath = tuple[str | int, ...]
"""Where the config has something: keys, and positions in lists."""


@dataclass(frozen=True)
class Problem:
    """One problem of a study: where it is, the value found there, and what to do about it.

    Attributes
    ----------
    file
        The table ("flow.csv") or the config (`CONFIG`, or its path).
    message
        A whole sentence that says what is wrong and what to do, without the file's name.
    row
        As a spreadsheet counts: the heading is row 1. In a config it is the line.
    column
        The column of the table, or the place in the config ("comparison, findings, 2a").
    value
        What was found there.
    sheet, cell
        The sheet and the address of the cell (C7), if the table is in a workbook.
    key
        Where the config has it, for problems of the config: ("comparison", "findings", 2).
    """

    file: str
    message: str
    row: int | None = None
    column: str | None = None
    value: str | None = None
    key: KeyPath = ()
    sheet: str = ""
    cell: str = ""

    def __str__(self) -> str:
        unit = "line" if self.file.endswith((".yaml", ".yml")) else "row"
        place = [self.file]
        if self.sheet:
            place.append(f'sheet "{self.sheet}"')
        if self.row is not None:
            place.append(f"{unit} {self.row}")
        if self.column is not None:
            place.append(self.column)
        if self.cell:
            place.append(self.cell)
        found = "" if self.value is None else f' "{self.value}"'
        return f"{', '.join(place)}{found}: {self.message}"


class CocultureError(ValueError):
    """Any error that the product raises on purpose; its message is written for the user."""


class StudyError(CocultureError):
    """A study cannot be run. `problems` holds every problem found, in the order of the files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        heading = "1 problem was" if count == 1 else f"{count} problems were"
        lines = [f"  {number}. {problem}" for number, problem in enumerate(self.problems, 1)]
        super().__init__("\n".join([f"{heading} found in the study; nothing was run.", *lines]))
