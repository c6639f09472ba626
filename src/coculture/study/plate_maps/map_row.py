"""A row of a table that a plate map gives."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class MapRow:
    """The text of each column, the plate and well, and the address of the cell of each column."""

    sheet: str
    plate: str
    well: str
    texts: Mapping[str, str]
    cells: Mapping[str, str]
