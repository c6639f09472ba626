"""Tecan Magellan, i-control, SparkControl and XFluor (Sunrise): lists or grids.

Magellan lists wells under `Well positions`, with a column for each label. The others print for
each step lines with its name and wavelength, then a grid or a list with `<>` in the upper left
corner.
With a reference wavelength there are up to three grids: measurement, reference and difference, in
an order that the software chooses. Their titles say which is which; without titles, the values do.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from coculture.elisa.plates.plate import (
    Plate,
    PlateError,
    Reading,
    is_well,
    plate_from_readings,
    well_name,
)
from coculture.elisa.readers.grid import Grid, find_grids, grid_readings
from coculture.elisa.readers.long_table import find_tables, table_readings
from coculture.elisa.readers.reading_names import wavelength_in
from coculture.elisa.readers.source import (
    LineError,
    NotThisFormatError,
    Rows,
    Sheet,
    Source,
    not_a_reading,
    number,
    optical_density,
)

NAME = "Tecan"
_CORNER = "<>"
_LIST = "Well positions"
_APPLICATION = re.compile(
    r"(application|programm|device|gerät)\s*:?\s*(tecan|spark|infinite|safire|genios).*|.*\bxfluor.*",
    re.IGNORECASE,
)
_HEAD = 10
_WAVELENGTH = re.compile(
    r"((measurement|mess)?[ -]?wavelength|(mess-?)?wellenlänge|measurement filter|messfilter)\b.*",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"(reference (wavelength|filter)|referenz(wellenlänge|filter))\b.*", re.IGNORECASE
)
_MODE = re.compile(r"mod(e|us):?", re.IGNORECASE)
_NAME = re.compile(r"name:?", re.IGNORECASE)
_NO_TITLE = re.compile(r"(temperature?|start|end)\b.*", re.IGNORECASE)
_DIFFERENCE_TITLE = re.compile(r".*\b(difference|differenz|delta)\b.*", re.IGNORECASE)
_REFERENCE_TITLE = re.compile(r".*\breferen(ce|z)\b.*", re.IGNORECASE)
_RAW_TITLE = re.compile(r".*\b(raw ?data|rohdaten|measurement|messung|test)\b.*", re.IGNORECASE)
_STATISTIC = re.compile(r"st\.? ?dev\.?|stdev|standard deviation|standardabweichung", re.IGNORECASE)
_ROUNDING = 0.0021
"""Three values with three decimals each differ by at most so much from their sum."""


@dataclass(frozen=True)
class _Step:
    """What the lines above a grid say of its step; NaN and "" if they do not."""

    label: str = ""
    wavelength_nm: float = float("nan")
    reference_nm: float = float("nan")

    @property
    def is_described(self) -> bool:
        """Whether the lines say more of the step than its label."""
        return self.wavelength_nm > 0 or self.reference_nm > 0

    @property
    def is_stated(self) -> bool:
        """Whether the lines say anything of the step."""
        return bool(self.label) or self.is_described


@dataclass
class _Block:
    """A step with its grids: the title of each, and its readings without a name."""

    step: _Step
    grids: list[tuple[str, list[Reading]]] = field(default_factory=list)


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
    plates = {name: readings for name, readings in plates.items() if readings}
    if not plates:
        raise PlateError(
            f"{source.path}: this Tecan export has no well positions; add them to the list in "
            "Magellan, or export the plate as a matrix"
        )
    return [plate_from_readings(name, readings) for name, readings in plates.items()]


def _is_tecan(sheet: Sheet) -> bool:
    """By its corner beside a column number or a heading, its list, or its first lines."""
    return (
        sheet.name.startswith("Magellan")
        or any(_APPLICATION.fullmatch(cell) for row in sheet.rows[:_HEAD] for cell in row[:1])
        or any(cell == _LIST for row in sheet.rows for cell in row[:2])
        or any(_corner(row) is not None for row in sheet.rows)
    )


def _corner(row: list[str]) -> int | None:
    """Where the corner of a grid or list is in a line; MSD writes `<>` alone, for no barcode."""
    for place in range(min(2, len(row))):
        if row[place] == _CORNER and any(row[place + 1 :]):
            return place
    return None


def _readings(rows: Rows) -> dict[str, list[Reading]]:
    found: dict[str, list[Reading]] = {}
    for table in find_tables(rows):
        for plate, readings in table_readings(table, float("nan")).items():
            found.setdefault(plate, []).extend(readings)
    for count, block in enumerate(_blocks(rows), start=1):
        if of_block := _named(block, count):
            found.setdefault("", []).extend(of_block)
    return found


def _blocks(rows: Rows) -> list[_Block]:
    """Steps with their grids and lists, in the order of the sheet.

    Raises
    ------
    LineError
        If several steps are described above a grid, and its title names none of them.
    """
    blocks: list[_Block] = []
    known: dict[str, _Step] = {}
    last = 0
    for start, end, readings in sorted(_parts(rows), key=lambda part: part[0]):
        steps, title = _heading(rows[last:start])
        described = {*known, *(step.label for step in steps[:-1])}
        if steps and not steps[-1].is_described and steps[-1].label in described:
            # i-control: all labels are described above the grids, and each grid repeats its own.
            title = steps.pop().label
        known |= {step.label: step for step in steps if step.label}
        last = end
        if _STATISTIC.fullmatch(title):
            continue
        if title in known:
            blocks.append(_Block(known[title]))
        elif len(steps) > 1:
            raise LineError(
                f"line {start + 1}: {len(steps)} steps are described above this grid, and its "
                f'title ("{title}") names none of them; export each step with its own settings'
            )
        elif steps:
            blocks.append(_Block(steps[0]))
        elif not blocks or not (blocks[-1].step.reference_nm > 0 or _kind(title)):
            blocks.append(_Block(_Step()))
        blocks[-1].grids.append((title, readings))
    return blocks


def _parts(rows: Rows) -> Iterator[tuple[int, int, list[Reading]]]:
    """First line, line after the last, and readings of each grid and list that has some."""
    for grid in find_grids(rows):
        if grid.corner == _CORNER and (readings := _grid(grid)):
            yield grid.row, grid.end, readings
    for index, row in enumerate(rows):
        place = _corner(row)
        if place is not None and number(row[place + 1]) is None:
            end, readings = _well_list(rows, index, place)
            if readings:
                yield index, end, readings


def _grid(grid: Grid) -> list[Reading]:
    """The readings of a grid: names and values of the wells may be below one another."""
    of_lines = (
        grid_readings(grid, "", float("nan"), line, of_results=True)
        for line in range(len(grid.line_labels))
    )
    return next(filter(None, of_lines), None) or []


def _well_list(rows: Rows, index: int, place: int) -> tuple[int, list[Reading]]:
    """The wells of a list of SparkControl (`<>  Value  Time [ms]`): the first column of values."""
    found: list[Reading] = []
    end = index + 1
    for line, row in enumerate(rows[index + 1 :], index + 2):
        if len(row) <= place or not is_well(row[place]):
            break
        end = line
        text = row[place + 1] if place + 1 < len(row) else ""
        value = optical_density(text)
        if value is None:
            raise LineError(f"line {line}: well {row[place]}: {not_a_reading(text)}")
        found.append(Reading(well_name(row[place]), "", float("nan"), *value))
    return end, found


def _heading(rows: Rows) -> tuple[list[_Step], str]:
    """The steps described between two grids, and the title of the second grid.

    The title is the last line with a single cell, below those that describe the steps.
    """
    steps: list[_Step] = []
    step, title, in_mode = _Step(), "", False
    for row in rows:
        filled = [text for text in row if text]
        first = filled[0] if filled and row[0] else ""
        is_mode = _MODE.fullmatch(first) is not None
        if is_mode or _REFERENCE.fullmatch(first) or _WAVELENGTH.fullmatch(first):
            title = ""
        if first.startswith("Label:") or (is_mode and step.wavelength_nm > 0):
            steps.append(step)
            step, in_mode = _Step(), False
        if first.startswith("Label:"):
            step = _Step(first.removeprefix("Label:").strip())
        elif is_mode:
            in_mode = True
        elif in_mode and _NAME.fullmatch(first) and len(filled) > 1:
            step = replace(step, label=filled[1])
        elif _REFERENCE.fullmatch(first):
            step = replace(step, reference_nm=_stated(row, first))
        elif _WAVELENGTH.fullmatch(first):
            step = replace(step, wavelength_nm=_stated(row, first))
        elif len(filled) == 1 and not _NO_TITLE.fullmatch(filled[0]):
            title = filled[0]
    return [one for one in (*steps, step) if one.is_stated], title


def _stated(row: list[str], first: str) -> float:
    """The wavelength of a line: a number, or a text such as `450 nm`, also in its first cell."""
    values = [number(text) for text in row[1:]]
    numbers = [value for value in values if value is not None]
    texts = [value for text in (*row[1:], first) if (value := wavelength_in(text)) > 0]
    return next(iter([*numbers, *texts]), float("nan"))


def _kind(title: str) -> str:
    """Which grid of a dual wavelength a title announces; empty if it does not say."""
    if _DIFFERENCE_TITLE.fullmatch(title) and not _RAW_TITLE.fullmatch(title):
        return "difference"
    if _REFERENCE_TITLE.fullmatch(title):
        return "reference"
    return "measurement" if _RAW_TITLE.fullmatch(title) else ""


def _named(block: _Block, count: int) -> list[Reading]:
    """The readings of a step with their names and wavelengths."""
    step = block.step
    stated = f"{step.wavelength_nm:g}" if step.wavelength_nm > 0 else ""
    name = step.label or stated or f"Label{count}"
    kinds = _kinds(block)
    if kinds == [""]:
        if step.reference_nm > 0:
            # One grid of two wavelengths: nothing says whether the reference was subtracted.
            stated = f"{name} (reference {step.reference_nm:g})"
            return _renamed(block.grids[0][1], stated, float("nan"))
        return _renamed(block.grids[0][1], name, step.wavelength_nm)
    names = {
        "": (name, step.wavelength_nm),
        "measurement": (name, step.wavelength_nm),
        "reference": (_reference_name(step), step.reference_nm),
        "difference": (_difference_name(step), float("nan")),
    }
    found: list[Reading] = []
    for kind, (_, readings) in zip(kinds, block.grids, strict=True):
        found.extend(_renamed(readings, *names[kind]))
    return found


def _reference_name(step: _Step) -> str:
    number_of = f"{step.reference_nm:g}" if step.reference_nm > 0 else "reference"
    return f"{step.label} reference {number_of}" if step.label else number_of


def _difference_name(step: _Step) -> str:
    known = step.wavelength_nm > 0 and step.reference_nm > 0
    of = f" {step.wavelength_nm:g}-{step.reference_nm:g}" if known else ""
    return f"{step.label} difference{of}".strip()


def _kinds(block: _Block) -> list[str]:
    """Which grid is which, by the titles, or by what the values are.

    Raises
    ------
    LineError
        If neither shows it: the difference must not be taken for the measurement.
    """
    kinds = [_kind(title) for title, _ in block.grids]
    if len(kinds) == 1:
        return ["" if kinds[0] == "measurement" else kinds[0]]
    if kinds.count("") == 1 and "measurement" not in kinds:
        kinds[kinds.index("")] = "measurement"
    if "" not in kinds and len(set(kinds)) == len(kinds):
        return kinds
    if len(kinds) == 3 and (found := _by_values([readings for _, readings in block.grids])):
        return found
    titles = ", ".join(f'"{title}"' for title, _ in block.grids)
    raise LineError(
        f"{len(kinds)} grids for the wavelengths {block.step.wavelength_nm:g} and "
        f"{block.step.reference_nm:g} nm (titles: {titles}): nothing says which of them is the "
        "measurement, the reference and the difference; export the raw data with their titles"
    )


def _by_values(grids: Sequence[list[Reading]]) -> list[str]:
    """The kinds of three grids of which one is the sum of the others; empty if none is.

    The sum is the measurement. Of the other two the reference, light that plastic scatters, varies
    less than the difference from well to well: less than half as much, or nothing is said.
    """
    values = [{r.well: r.od for r in readings if r.state == "ok"} for readings in grids]
    wells = set(values[0]) & set(values[1]) & set(values[2])
    for total, one, other in ((0, 1, 2), (1, 0, 2), (2, 0, 1)):
        is_sum = bool(wells) and all(
            abs(values[total][well] - values[one][well] - values[other][well]) <= _ROUNDING
            for well in wells
        )
        lower, upper = sorted((one, other), key=lambda place: _spread(values[place].values()))
        if is_sum and 2 * _spread(values[lower].values()) < _spread(values[upper].values()):
            kinds = ["", "", ""]
            kinds[total], kinds[lower], kinds[upper] = "measurement", "reference", "difference"
            return kinds
    return []


def _spread(values: Iterable[float]) -> float:
    known = sorted(values)
    return known[-1] - known[0] if known else 0.0


def _renamed(readings: list[Reading], name: str, wavelength_nm: float) -> list[Reading]:
    return [Reading(r.well, name, wavelength_nm, r.od, r.state) for r in readings]
