"""The rows of a long table as data for the page's script, written column by column.

Names of arms, endpoints and experiments stand in many rows; each is written once.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from coculture.exchange.offline_page import json_in_html
from coculture.report.page_tables import ROWS_AT_ONCE, Cell, Table

_REPEATED = 2
"""Times that the values of a column stand in it, on average, from which each is written once."""


def rows_as_json(table: Table) -> Markup:
    """The rows of `table`: a list of columns, and culture, analysis and kind of each row.

    A column is {"all": [...]} or {"of": [...], "at": [...]} (different values, and which of them
    each row has). A cell is its text, or [text, the number that it is sorted by, address of its
    link, culture that the link selects] without what is missing at the end.
    """
    cells = zip(*(row.cells for row in table.rows), strict=True)
    return json_in_html(
        {
            "columns": [_column([_cell(one) for one in column]) for column in cells],
            "cultures": _column([row.culture for row in table.rows]),
            "analyses": _column([row.analysis for row in table.rows]),
            "kinds": _column([row.kind for row in table.rows]),
        }
    )


def size(table: Table) -> int:
    """About how many bytes the rows of `table` take on the page."""
    if not table.rows:
        return 0
    shown = sum(len(cell.text) + _MARKUP for row in table.first_rows for cell in row.cells)
    return shown + (len(rows_as_json(table).encode()) if table.is_long else 0)


_MARKUP = 50
"""Bytes of a cell's tags and attributes."""


def shortened(table: Table) -> Table:
    """`table` with the rows that are shown at once, without the others."""
    left_out = table.left_out + len(table.rows) - len(table.first_rows)
    return replace(table, rows=table.rows[:ROWS_AT_ONCE], left_out=left_out)


def _cell(cell: Cell) -> str | list[str | None]:
    if cell.href:
        return [cell.text, cell.sorted_by, cell.href, cell.shows]
    return cell.text if cell.sorted_by is None else [cell.text, cell.sorted_by]


def _column(values: Sequence[Any]) -> dict[str, Sequence[Any]]:
    keys = [repr(value) for value in values]
    places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    if len(places) * _REPEATED > len(values):
        return {"all": values}
    first = dict(zip(reversed(keys), reversed(values), strict=True))
    return {"of": [first[key] for key in places], "at": [places[key] for key in keys]}
