"""Plate layouts as a grid of labels in the shape of the plate.

    STD 600   STD 600   c01 x10   c01 x50   BLK
    STD 300   STD 300   c02 x10   c02 x50   QC1 40 pg/mL

or one grid for each property below one another (the format of plater), with its name in the upper
left cell:
role, analyte, concentration, culture, dilution, exclude.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from coculture.elisa.plates.concentration_units import pg_ml_per, unit_in
from coculture.elisa.plates.plate import PlateError, well_position
from coculture.elisa.readers.grid import LAYOUT_NAMES, Grid, find_grids
from coculture.elisa.readers.source import Sheet, number, open_source

_NUMBER = r"(?P<number>\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?)"
_UNIT = r"(?:\s*(?P<unit>(?:[pnuµμ]g|I?U)\s*/\s*ml))?"
_NAMED = r"(?:[\s_-]*(?P<name>\d{1,2}))?"
_WORDS = {
    "standard": r"(?:std|standard)",
    "anchor": r"anchor",
    "control": r"(?:qc|ctrl|control)",
}
_MEASURED = {
    role: (
        re.compile(rf"{word}{_NAMED}[\s_:=(-]+{_NUMBER}{_UNIT}\)?", re.IGNORECASE),
        re.compile(rf"{word}[\s_:=-]*{_NUMBER}{_UNIT}", re.IGNORECASE),
    )
    for role, word in _WORDS.items()
}
"""By role, labels with a concentration: after a name (`QC1 40`), or alone (`STD 300`)."""
_LEVEL = re.compile(r"qc[\s_-]*(?:low|lo|mid|medium|high|hi|[lmh])", re.IGNORECASE)
_BLANKS = (
    ("blank", re.compile(r"(?:blk|blank|zero)\s*\d*", re.IGNORECASE)),
    ("medium_blank", re.compile(r"(?:medium|media|medium[\s_]blank)\s*\d*", re.IGNORECASE)),
)
_DILUTED = re.compile(rf"(?P<culture>.+?)(?:[\s_]+x|\s*×|\s*@|[\s_]+1:)\s*{_NUMBER}", re.IGNORECASE)
_CONCENTRATION = re.compile(_NUMBER + _UNIT, re.IGNORECASE)
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


@dataclass(frozen=True)
class DilutionSeries:
    """The standards 1, 2, 3 ... of a plate: each is the one before, diluted by `factor`; 0 is zero.

    Number 1 is the highest, as kits name them.

    >>> DilutionSeries(top_pg_ml=600, factor=2, levels=7).concentration(3)
    150.0
    """

    top_pg_ml: float
    factor: float
    levels: int

    def concentration(self, level: int) -> float | None:
        """Of standard number `level`; None if the series does not have it."""
        if level > self.levels:
            return None
        return self.top_pg_ml / self.factor ** (level - 1) if level else 0.0


@dataclass(frozen=True)
class _Reading:
    """How the numbers of a grid's labels are read."""

    series: DilutionSeries | None = None
    pg_per_unit: Mapping[str, float] = field(default_factory=dict)
    analyte: str = ""
    numbered: frozenset[str] = frozenset()
    """The roles whose labels are numbered 1, 2, 3 ..., so that these are no concentrations."""


def read_label_grid(
    path: str | Path,
    series: DilutionSeries | None = None,
    pg_per_unit: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """The wells of a plate-shaped layout as rows of elisa.csv (without plate and file).

    Labels: `STD 300`, `ANCHOR 2`, `QC 40` and `CTRL 40` with a concentration in pg/mL or in the
    unit behind it (`STD 5 ng/mL` is 5000), `BLK`, `MEDIUM`; any other label is a culture, which a
    dilution may follow (`c01 x10`, `c01 @10`, `c01 1:10`). Numbers that count (`STD1`, `STD2` ...;
    `control 1`) are names: a control then has no target, and a standard needs a `series` or its
    concentration behind the name (`STD1 600`). Empty cells, `-` and `EMPTY` are wells that are not
    used. Grids named `role`, `culture`, `concentration (ng/mL)` ... give one property each.

    Parameters
    ----------
    series
        The concentrations of standards that have only a number.
    pg_per_unit
        How many pg are 1 U, by analyte ("" where the layout names none), for labels in U/mL.

    Returns
    -------
    well, role, analyte, concentration_pg_ml (NaN where none), culture, dilution, exclude; in
    reading order.

    Raises
    ------
    PlateError
        If the file has no plate-shaped grid of labels, a number is missing, a standard has no
        concentration, or a unit has no known factor.

    For example:

    >>> parse_label("STD 62.5")["concentration_pg_ml"], parse_label("STD 5 ng/mL")["role"]
    (62.5, 'standard')
    """
    grids = _label_grids(open_source(path).sheets)
    if not grids:
        raise PlateError(
            f"{path}: no plate-shaped grid of labels (a row 1, 2, 3 ..., rows A, B ...)"
        )
    try:
        return labelled_wells(grids, series, pg_per_unit)
    except PlateError as error:
        raise PlateError(f"{path}: {error}") from error


def labelled_wells(
    grids: Sequence[Grid],
    series: DilutionSeries | None = None,
    pg_per_unit: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """The wells of grids of labels, as `read_label_grid`.

    Raises
    ------
    PlateError
        As `read_label_grid`, without the file in the message.
    """
    reading = _Reading(series, pg_per_unit or {})
    named = {name: grid for grid in grids if (name := _property(grid)) is not None}
    rows = _from_properties(named, reading) if named else _from_labels(grids[0], reading)
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    order = sorted(range(len(frame)), key=lambda i: well_position(frame["well"].iloc[i]))
    return frame.iloc[order].reset_index(drop=True)


def parse_label(label: str) -> dict[str, object]:
    """Role, concentration (NaN if the label has none), culture and dilution of a label.

    >>> parse_label("c07 x50")["culture"], parse_label("c07 x50")["dilution"]
    ('c07', 50.0)

    Raises
    ------
    PlateError
        If its unit has no known factor to pg/mL.
    """
    return _row(label, _Reading(numbered=_numbered([label])))


def _row(label: str, reading: _Reading) -> dict[str, object]:
    row: dict[str, object] = {
        "role": "sample",
        "analyte": "",
        "concentration_pg_ml": np.nan,
        "culture": "",
        "dilution": 1.0,
        "exclude": "",
    }
    for role in _WORDS:
        if match := _measured(role, label):
            return row | {"role": role, "concentration_pg_ml": _pg_ml(role, match, label, reading)}
    if _LEVEL.fullmatch(label):
        return row | {"role": "control"}
    for role, pattern in _BLANKS:
        if pattern.fullmatch(label):
            return row | {"role": role}
    diluted = _DILUTED.fullmatch(label)
    row["culture"] = diluted["culture"] if diluted else label
    row["dilution"] = number(diluted["number"]) if diluted else 1.0
    return row


def _measured(role: str, label: str) -> re.Match[str] | None:
    return next((match for one in _MEASURED[role] if (match := one.fullmatch(label))), None)


def _pg_ml(role: str, match: re.Match[str], label: str, reading: _Reading) -> float:
    """The concentration in a label; of a number that is a name, that in the series, or NaN."""
    if role in reading.numbered and _is_bare(match) and match["number"].isdecimal():
        if reading.series is None or role == "control":
            return np.nan
        of_level = reading.series.concentration(int(match["number"]))
        return np.nan if of_level is None else of_level
    value = number(match["number"])
    assert value is not None
    return value * _factor(match["unit"], f'"{label}"', reading)


def _factor(unit: str | None, where: str, reading: _Reading) -> float:
    """From the written unit to pg/mL."""
    known = unit_in(unit or "") or "pg/mL"
    factor = pg_ml_per(known, reading.analyte, reading.pg_per_unit)
    if factor is None:
        raise PlateError(
            f"{where} is in {known}; state how many pg are 1 U of {reading.analyte or 'it'} "
            "(pg_per_unit), or write the concentration in pg/mL"
        )
    return factor


def _is_bare(match: re.Match[str]) -> bool:
    """Whether a label is a word and a number: without a unit, and without a name before it."""
    return match["unit"] is None and not match.groupdict().get("name")


def _numbered(labels: Iterable[str]) -> frozenset[str]:
    """The roles whose labels are numbered: three numbers in a row, or no other than 1 and 2.

    A series of dilutions has no three whole concentrations in a row, and one that ends at 2 and 1
    has fractions or higher numbers.
    """
    found = set()
    for role in _WORDS:
        matches = [match for label in labels if (match := _measured(role, label))]
        bare = [match["number"] for match in matches if _is_bare(match)]
        counts = {int(one) for one in bare if one.isdecimal()} - {0}
        in_a_row = any({n, n + 1, n + 2} <= counts for n in counts)
        if in_a_row or (all(map(str.isdigit, bare)) and counts in ({1}, {1, 2})):
            found.add(role)
    return frozenset(found)


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
    name = re.split(r"[\s_(]", grid.corner.lower().strip())[0]
    return _PROPERTIES.get(name) if name in LAYOUT_NAMES else None


def _from_labels(grid: Grid, reading: _Reading) -> list[dict[str, object]]:
    labels = {
        well: texts[0] for well, texts in grid.cells.items() if not _EMPTY.fullmatch(texts[0])
    }
    reading = replace(reading, numbered=_numbered(list(labels.values())))
    rows: list[dict[str, object]] = [
        {"well": well, **_row(label, reading)} for well, label in labels.items()
    ]
    for row in rows:
        _check_standard(row, labels[str(row["well"])], reading)
    return rows


def _check_standard(row: Mapping[str, object], label: str, reading: _Reading) -> None:
    """A standard has a concentration."""
    if row["role"] not in ("standard", "anchor") or not np.isnan(
        float(str(row["concentration_pg_ml"]))
    ):
        return
    if reading.series:
        raise PlateError(
            f"well {row['well']}: the series has {reading.series.levels} levels, but the label is "
            f'"{label}"; the zero standard is STD 0 or BLK'
        )
    raise PlateError(
        f'well {row["well"]}: "{label}" is the name of a standard; write its concentration behind '
        f'it ("{label} 600 pg/mL"), or state the series once: '
        "series=DilutionSeries(top_pg_ml=600, factor=2, levels=7)"
    )


def _from_properties(named: dict[str, Grid], reading: _Reading) -> list[dict[str, object]]:
    wells = dict.fromkeys(well for grid in named.values() for well in grid.cells)
    texts = {
        well: {name: grid.cells.get(well, [""])[0] for name, grid in named.items()}
        for well in wells
    }
    labels = [of_well.get("culture", "") for of_well in texts.values()]
    reading = replace(reading, numbered=_numbered(labels))
    rows = []
    for well, of_well in texts.items():
        if all(not text for name, text in of_well.items() if name in ("role", "culture")):
            continue
        of_analyte = replace(reading, analyte=of_well.get("analyte", ""))
        label = of_well.get("culture", "")
        row: dict[str, object] = {"well": well, **_row(label, of_analyte)}
        row |= dict(_stated(well, of_well, named, of_analyte))
        if row["culture"] == "" and label and not of_well.get("role"):
            _check_standard(row, label, of_analyte)
        rows.append(row)
    return rows


def _stated(
    well: str, texts: Mapping[str, str], named: Mapping[str, Grid], reading: _Reading
) -> Iterator[tuple[str, object]]:
    """What the grids of single properties say about a well."""
    for name, text in texts.items():
        if not text or name == "culture":
            continue
        if name == "dilution":
            yield name, _number_of(well, name, text, text)
        elif name == "concentration_pg_ml":
            unit = text if unit_in(text) else named[name].corner
            bare = _CONCENTRATION.fullmatch(text)
            value = _number_of(well, name, text, bare["number"] if bare else text)
            yield name, value * _factor(unit, f'well {well}: "{text}"', reading)
        else:
            yield name, text


def _number_of(well: str, name: str, text: str, written: str) -> float:
    value = number(written)
    if value is None:
        raise PlateError(f'well {well}: {name} is "{text}", not a number')
    return value
