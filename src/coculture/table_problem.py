"""What a room's checks say of one cell of its table, before any job."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TableProblem:
    """Something in a table that would stop the analysis.

    Attributes
    ----------
    row
        Index of the row in the table that was given.
    column, value
        The cell.
    message
        A whole sentence that says what is wrong and what to do, without the file's name.
    """

    row: int
    column: str
    value: str
    message: str
