"""What the checks before any job say of one cell of the table of FCS files."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FileProblem:
    """What is wrong with one cell of the table of FCS files."""

    row: int
    """Index of the row in the table."""
    column: str
    value: str
    message: str
    """A full sentence, without the file's name."""
