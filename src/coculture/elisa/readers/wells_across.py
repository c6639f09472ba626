"""Tables with one column for each well: `Well  A1  A2 ...`, with a line for each reading below.

Kinetic tables, which have a column of times or cycles, are left alone: they have many values for
each well, and none of them is the reading.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from coculture.elisa.plates.plate import Reading, is_well, well_name
from coculture.elisa.readers.reading_names import is_computed, is_layout_title, wavelength_in
from coculture.elisa.readers.source import (
    LineError,
    Rows,
    mostly_readings,
    not_a_reading,
    number,
    optical_density,
)

_HEADING = re.compile(r"wells?([ _]?(name|position)s?)?|<>|", re.IGNORECASE)
_TIMED = re.compile(r"time.*|cycle.*|t°.*|temp.*|kinetic.*|zeit.*|zyklus.*", re.IGNORECASE)
_NOT_A_READING = re.compile(
    r"well.*|name|sample.*|group|type|layout|conc.*|dil.*|replicate.*|count|mean|std\.? ?dev.*|"
    r"cv.*|time.*|temp.*",
    re.IGNORECASE,
)
_FEWEST_WELLS = 4


@dataclass(frozen=True)
class WellsAcross:
    """The places of the wells in a heading, and the lines below it with their numbers."""

    wells: list[tuple[int, str]]
    lines: list[tuple[int, list[str]]]


def find_across(rows: Rows, first_line: int = 1) -> Iterator[WellsAcross]:
    """Tables with wells in their heading, from top to bottom; `first_line` numbers `rows[0]`."""
    for index, row in enumerate(rows):
        wells = [(i, well_name(text)) for i, text in enumerate(row) if is_well(text)]
        if len(wells) < _FEWEST_WELLS:
            continue
        start = wells[0][0]
        others = [text for text in row[:start] if text]
        is_heading = all(_HEADING.fullmatch(text) for text in others) and start > 0
        if not is_heading or len(wells) != sum(map(bool, row[start:])):
            continue
        below = _lines_below(rows, index + 1, start, first_line)
        labels = [text for _, line in below for text in line[:start]]
        if not any(_TIMED.fullmatch(text) for text in [*others, *labels]):
            yield WellsAcross(wells, below)


def across_readings(table: WellsAcross) -> list[Reading]:
    """The readings of a table; computed lines are used only if there are no others.

    Raises
    ------
    LineError
        If a line has more cells than the heading has wells, a well is named twice, or one cell of
        a line of readings is none.
    """
    names = [well for _, well in table.wells]
    if len(set(names)) < len(names):
        twice = next(well for well in names if names.count(well) > 1)
        raise LineError(
            f"line {table.lines[0][0] - 1 if table.lines else 0}: well {twice} is named twice in "
            "the heading of the table; export it again"
        )
    raw: list[Reading] = []
    computed: list[Reading] = []
    for line, row in table.lines:
        start = table.wells[0][0]
        label = next((text for text in row[:start] if text), "")
        if _NOT_A_READING.fullmatch(label) or is_layout_title(label):
            continue
        (computed if is_computed(label) else raw).extend(_of_line(table, line, row, label))
    return raw or computed


def _lines_below(
    rows: Rows, index: int, start: int, first_line: int
) -> list[tuple[int, list[str]]]:
    found = []
    for place in range(index, len(rows)):
        row = rows[place]
        if not any(row[start:]) or sum(is_well(text) for text in row) >= _FEWEST_WELLS:
            break
        found.append((first_line + place, row))
    return found


def _of_line(table: WellsAcross, line: int, row: list[str], label: str) -> list[Reading]:
    last = table.wells[-1][0]
    if any(number(text) is not None for text in row[last + 1 :]):
        raise LineError(
            f"line {line}: more cells than the heading has wells; with decimal commas, use tabs or "
            "semicolons between the cells"
        )
    if len(row) <= last:
        raise LineError(
            f"line {line}: {len(row)} cells, but the heading has {last + 1}; a cell was lost. "
            "Leave the cell of an unread well empty, but keep its separator, or export the table "
            "again"
        )
    texts = [(well, row[place]) for place, well in table.wells]
    found: list[Reading] = []
    for well, text in texts:
        value = optical_density(text)
        if value is None:
            numbers = [known for _, cell in texts if (known := number(cell)) is not None]
            filled = sum(bool(cell) for _, cell in texts)
            stated = wavelength_in(label) > 0 and 2 * len(numbers) >= filled
            if stated or mostly_readings(numbers, filled):
                raise LineError(f"line {line}: well {well}: {not_a_reading(text)}")
            return []
        found.append(Reading(well, label, wavelength_in(label), *value))
    return found if any(reading.state == "ok" for reading in found) else []
