"""An ELISA plate: a grid of labels (STD 300, BLK, QC 40, E1-DEX-1 x10), or a grid a property."""

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from coculture.elisa.plates.concentration_units import pg_ml_per, unit_in
from coculture.elisa.plates.label_grid import DilutionSeries, labelled_wells
from coculture.elisa.plates.plate import PlateError
from coculture.elisa.readers.grid import LAYOUT_NAMES, Grid
from coculture.elisa.readers.source import number
from coculture.exchange.vocabulary import nearest
from coculture.study.plate_maps.map_row import MapRow
from coculture.study.plate_maps.map_sheet import MapError, PlateMap, WellGrid, Written, plain
from coculture.study.plate_maps.wells_of_cultures import WellsOfCultures

_COLUMNS = ("plate", "file", "plate_in_file", "analyte", "dilution", "medium")
"""Columns of elisa.csv that a line outside the grids can give for the whole plate."""
STANDARDS, CULTURES = "standards", "cultures"
"""Lines with the series of the standards that are only numbered, and the plate of cultures whose
wells the labels name."""
_SERIES = re.compile(
    r"(?P<top>\d[\d.,]*)\s*(?P<unit>[^\s,;]*/\s*ml)?[\s,;]+1\s*:\s*(?P<factor>[\d.,]*\d)[\s,;]+"
    r"(?P<levels>\d+)(?:\s*levels)?",
    re.IGNORECASE,
)


def elisa_rows(
    drawn: PlateMap, cultures: WellsOfCultures, pg_per_unit: Mapping[str, float]
) -> Iterator[MapRow]:
    """The rows of elisa.csv that a map gives.

    Parameters
    ----------
    cultures
        Which culture a label such as E1 B3 names.
    pg_per_unit
        How many pg are 1 U of each analyte.

    Raises
    ------
    MapError
        If a line or grid has no known name, or a label cannot be read.
    """
    known = (*_COLUMNS, STANDARDS, CULTURES)
    for name, written in drawn.stated.items():
        if name not in known:
            raise MapError(
                f'"{name}" says nothing about an ELISA plate. {nearest(name, known)} Begin a line '
                "with text of your own with the word note.",
                written.cell,
            )
    shared = {name: one for name, one in drawn.stated.items() if name in _COLUMNS}
    of_plate = {name: one.text for name, one in shared.items()}
    of_plate.setdefault("plate", drawn.plate)
    if not any(cell.text for grid in drawn.grids for cell in grid.wells.values()):
        raise MapError("is empty; write what is in each well: STD 300, BLK, QC 40, a culture.")
    if "file" not in of_plate:
        raise MapError("does not say which export it belongs to; write a line: file, its name.")
    analyte = of_plate.get("analyte", "")
    series = _series(drawn.stated.get(STANDARDS), analyte, pg_per_unit)
    try:
        found = labelled_wells(_grids(drawn.grids), series, _with_default(pg_per_unit, analyte))
    except PlateError as error:
        raise MapError(f"{error}.") from error
    home = drawn.stated[CULTURES].text if CULTURES in drawn.stated else ""
    addresses = _addresses(drawn.grids)
    for row in found.to_dict("records"):
        own = {str(name): _text(value) for name, value in row.items()}
        own["culture"] = cultures.named(own["culture"], home)
        if own["role"] not in ("sample", "spike") or own["dilution"] == "1":
            own.pop("dilution")
        texts = {**of_plate, **{name: text for name, text in own.items() if text}}
        cell = addresses[own["well"]]
        cells = {name: one.cell for name, one in shared.items()}
        yield MapRow(
            drawn.sheet, drawn.plate, own["well"], texts, {**cells, **dict.fromkeys(own, cell)}
        )


def _grids(grids: Sequence[WellGrid]) -> list[Grid]:
    """The grids as the parser of layouts takes them."""
    properties = [one for one in grids if _is_property(one)]
    labels = [one for one in grids if not _is_property(one)]
    if labels and (properties or len(labels) > 1):
        other = labels[-1]
        raise MapError(
            f'a second grid is named "{other.name}". An ELISA plate has one grid of labels, or one '
            f"for each property: {', '.join(sorted(LAYOUT_NAMES - {'layout', 'label'}))}.",
            other.cell,
        )
    return [
        Grid(0, 0, 0, one.name, {well: [cell.text] for well, cell in one.wells.items()}, [""])
        for one in grids
    ]


def _is_property(grid: WellGrid) -> bool:
    return plain(grid.name).split("_")[0] in LAYOUT_NAMES - {"layout", "label", "standard"}


def _series(
    written: Written | None, analyte: str, pg_per_unit: Mapping[str, float]
) -> DilutionSeries | None:
    if written is None:
        return None
    match = _SERIES.fullmatch(written.text)
    top = number(match["top"]) if match else None
    factor = number(match["factor"]) if match else None
    if match is None or top is None or factor is None or factor <= 1:
        raise MapError(
            f'"{written.text}" is no series of standards; write the highest concentration, the '
            "step and the number of levels, for example 600 pg/mL, 1:2, 7 levels.",
            written.cell,
        )
    unit = unit_in(match["unit"] or "") or "pg/mL"
    per = pg_ml_per(unit, analyte, pg_per_unit)
    if per is None:
        raise MapError(
            f"the standards are in {unit}; state elisa.pg_per_unit in the config.", written.cell
        )
    return DilutionSeries(top * per, factor, int(match["levels"]))


def _with_default(pg_per_unit: Mapping[str, float], analyte: str) -> dict[str, float]:
    """With the factor of the plate's analyte for labels that name none."""
    return {**pg_per_unit, **({"": pg_per_unit[analyte]} if analyte in pg_per_unit else {})}


def _addresses(grids: Sequence[WellGrid]) -> dict[str, str]:
    found: dict[str, str] = {}
    for grid in grids:
        for well, written in grid.wells.items():
            if written.text:
                found.setdefault(well, written.cell)
    return found


def _text(value: object) -> str:
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:.15g}"
    return str(value)
