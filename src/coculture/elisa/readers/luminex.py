"""Luminex xPONENT: .csv with a table for each kind of result, under `DataType:`.

Luminex measures the fluorescence of beads, with a bead for each analyte, and fits the curves
itself. The table `Result` has the concentrations of each well; a well out of the range of its curve
has `< 3.2` or `> 10000`, a well without a curve or beads `NaN`. Fluorescence alone is not read:
each analyte would need standards of its own.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from coculture.elisa.plates.given_concentration import GivenConcentration
from coculture.elisa.plates.plate import (
    Plate,
    PlateError,
    is_well,
    plate_from_readings,
    well_name,
)
from coculture.elisa.readers.source import (
    LineError,
    NotThisFormatError,
    Rows,
    Source,
    number,
)

NAME = "Luminex xPONENT"
_TYPE = "DataType:"
_RESULT = "Result"
_LOCATION = re.compile(r"(?:\d+\s*\()?\s*(?P<plate>\d+)\s*,\s*(?P<well>[A-Za-z]{1,2}\d{1,2})\)?")
_LIMIT = re.compile(r"(?P<side>[<>])\s*=?\s*(?P<value>[-+\d.,eE]+)")
_MISSING = re.compile(r"|nan|n/?a|-+|\*+|no (value|data|curve)|none", re.IGNORECASE)
_NO_ANALYTE = ("Total Events", "Notes", "")
_NAN = float("nan")


@dataclass(frozen=True)
class _Table:
    """The lines below a `DataType:`, with the number of the first."""

    rows: Rows
    first_line: int


def read(source: Source) -> list[Plate]:
    """Every plate of the batch, with the concentrations of each analyte."""
    rows = source.sheets[0].rows
    if not any(row[:2] == ["Program", "xPONENT"] for row in rows[:5]):
        if any("FI - Bkgd" in row or "Obs Conc" in row for s in source.sheets for row in s.rows):
            raise PlateError(
                f"{source.path}: this is a Luminex export of Bio-Plex Manager, which cannot be "
                "read; export the results of the batch from xPONENT as .csv"
            )
        raise NotThisFormatError("no line Program, xPONENT")
    tables = _tables(rows)
    if _RESULT not in tables:
        known = ", ".join(f'"{name}"' for name in tables) or "none"
        raise PlateError(
            f'{source.path}: this Luminex xPONENT export has no table "Result" with concentrations '
            f"(its tables: {known}); set up the standards in the protocol, analyse the batch, and "
            "export it again"
        )
    batch = next((row[1] for row in rows if row[:1] == ["Batch"] and len(row) > 1), "")
    found = _concentrations(tables)
    if not any(one.state != "missing" for records in found.values() for one in records):
        raise PlateError(
            f'{source.path}: the table "Result" of this Luminex xPONENT export has no '
            "concentration; no curve was fitted. Analyse the batch and export it again"
        )
    name = batch or source.path.stem
    return [
        Plate(
            name if len(found) == 1 else f"{name} plate {plate}",
            plate_from_readings("", []).wells,
            tuple(records),
        )
        for plate, records in found.items()
    ]


def _tables(rows: Rows) -> dict[str, _Table]:
    starts = [i for i, row in enumerate(rows) if row[:1] == [_TYPE] and len(row) > 1]
    found: dict[str, _Table] = {}
    for start, end in pairwise([*starts, len(rows)]):
        if rows[start][1] in found:
            raise LineError(
                f'line {start + 1}: the table "{rows[start][1]}" is in the file twice; export '
                "each batch into a file of its own"
            )
        found[rows[start][1]] = _Table(rows[start + 1 : end], start + 2)
    return found


def _concentrations(tables: dict[str, _Table]) -> dict[str, list[GivenConcentration]]:
    """The concentrations of each plate of the batch, by its number in the file."""
    units = _units(tables)
    dilutions = _dilutions(tables)
    table = tables[_RESULT]
    heading = table.rows[0] if table.rows else []
    if heading[:2] != ["Location", "Sample"]:
        raise LineError(
            f'line {table.first_line}: the table "Result" does not begin with the columns Location '
            "and Sample; the file was edited; export it again"
        )
    analytes = [(i, name) for i, name in enumerate(heading) if i > 1 and name not in _NO_ANALYTE]
    if len({name for _, name in analytes}) < len(analytes):
        raise LineError(f"line {table.first_line}: an analyte is in the heading twice")
    found: dict[str, list[GivenConcentration]] = {}
    seen: set[str] = set()
    for line, row in enumerate(table.rows[1:], table.first_line + 1):
        if not any(row):
            break
        match = _LOCATION.fullmatch(row[0])
        if match is None or not is_well(match["well"]):
            raise LineError(
                f'line {line}: "{row[0]}" is not a location such as 1(1,A1); export the file again'
            )
        if row[0] in seen:
            raise LineError(f"line {line}: {row[0]} is listed twice; export the file again")
        seen.add(row[0])
        if len(row) < len(heading) or any(row[len(heading) :]):
            raise LineError(
                f"line {line}: {len(row)} cells, but the heading has {len(heading)}; the file is "
                "incomplete or was edited; export it again"
            )
        well = well_name(match["well"])
        for column, analyte in analytes:
            state, value, lower, upper = _value(row[column], line, well, analyte)
            found.setdefault(match["plate"], []).append(
                GivenConcentration(
                    well,
                    row[1],
                    analyte,
                    value,
                    units.get(analyte, ""),
                    state,
                    lower,
                    upper,
                    dilutions.get(row[0], _NAN),
                )
            )
    return found


def _value(text: str, line: int, well: str, analyte: str) -> tuple[str, float, float, float]:
    """State, concentration, and lower and upper limit of a cell."""
    value = number(text)
    if value is not None and value >= 0:
        return "ok", value, _NAN, _NAN
    if match := _LIMIT.fullmatch(text):
        limit = number(match["value"])
        if limit is not None:
            below = match["side"] == "<"
            state = "below_lloq" if below else "above_uloq"
            return state, _NAN, _NAN if below else limit, limit if below else _NAN
    if _MISSING.fullmatch(text):
        return "missing", _NAN, _NAN, _NAN
    raise LineError(
        f'line {line}: well {well}, {analyte}: "{text}" is no concentration; write the number, '
        "< or > with the limit of the curve, or NaN"
    )


def _units(tables: dict[str, _Table]) -> dict[str, str]:
    """The unit of each analyte ("Bead", of an analysis without a curve, is none)."""
    lines = {row[0]: row[1:] for row in tables["Units"].rows if row} if "Units" in tables else {}
    pairs = zip(lines.get("Analyte:", []), lines.get("Units:", []), strict=False)
    return {analyte: "" if unit == "Bead" else unit for analyte, unit in pairs if analyte}


def _dilutions(tables: dict[str, _Table]) -> dict[str, float]:
    """The dilution factor of each location."""
    table = tables.get("Dilution Factor")
    found: dict[str, float] = {}
    for row in table.rows[1:] if table else []:
        if len(row) < 3:
            continue
        value = number(row[2])
        if value is not None:
            found[row[0]] = value
    return found
