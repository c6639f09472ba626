"""Thermo SkanIt (Multiskan, Varioskan): spreadsheets with grids under `Wavelength: 450 nm`.

A sheet for each step of the session lists wavelengths and plates, each followed by a grid with
`Abs` in its corner, then grids of sample names. Steps that SkanIt computes (blank subtraction,
concentrations) have sheets of the same form; they are used only if there are no others. The words
are in the language of the program. Multiskan SkyHigh writes one sheet for each wavelength
(`Raw data 450 nm`), with one row for each well.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from coculture.elisa.plates.plate import Plate, PlateError, Reading, plate_from_readings
from coculture.elisa.readers.grid import find_grids, grid_readings
from coculture.elisa.readers.long_table import find_tables, table_readings
from coculture.elisa.readers.reading_names import wavelength_in
from coculture.elisa.readers.source import NotThisFormatError, Rows, Sheet, Source

NAME = "Thermo SkanIt"
# English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Danish, Finnish, Polish,
# Czech, Russian, Chinese and Japanese.
_WAVELENGTH = re.compile(
    r"(wavelength|wellenlänge|longueurs? d.onde|longitud(es)? de onda|lunghezza d.onda|"
    r"comprimento de onda|golflengte|våglängd|bølgelængde|aallonpituus|długość fali|"
    r"vlnová délka|длина волны|波长|波長)\s*[:：]?\s*(?P<nm>\d{3,4})\s*(nm|нм).*",
    re.IGNORECASE,
)
_PLATE = re.compile(
    r"(plate|platte|plaque|placa|piastra|plaat|platta|plade|levy|płytka|destička|планшет|板|プレート)"
    r"(\s*\d+.*|\s*[:：]\s*.+)",
    re.IGNORECASE,
)
_SAMPLE = re.compile(
    r"(sample|prob(e|en)|échantillon|muestra|campione|amostra|monster|prov|prøve|näyte|próbka|"
    r"vzorek|образец|样品|サンプル).*",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"abs(orban(ce|z|tie|cia)|orption|orción|orbância|orbanza|orbans|orbantie)?\.?|ext(inktion)?\.?|"
    r"od|rfu|rlu|raw|rohdaten|"
    r"((abs|ext)\w*|photometr\w*|fotometr\w*|fluores[cz]\w*|lumines[cz]\w*)(\s*\d+)?",
    re.IGNORECASE,
)
_COMPUTED = re.compile(
    r".*(blank|leerwert|nullwert|\bblancs?\b|blanco|bianco|branco|subtra[ck]|abzug|soustra|sustra|"
    r"sottra|subtra[çc]|differen[cz]|différence|diferencia|conc|konz|calc|berechn|calcul|cálcul|"
    r"curve|kurve|courbe|curva|average|mittel|moyenn|promedio|media\b|ratio|verhältnis|rapport|"
    r"normali[sz]|path ?length|schichtdicke|correct|korr|corr|transform|formula|formel|formule|"
    r"fórmula|quanti|statistic|statistik|qualitative|klassifi|classif).*",
    re.IGNORECASE,
)
_RAW_SHEET = re.compile(
    r"(raw data|rohdaten|données brutes|datos (brutos|sin procesar)).*\d{3,4}\s*nm.*",
    re.IGNORECASE,
)
_NUMBER_OF_SHEET = re.compile(r"_\d+$")


@dataclass(frozen=True)
class _Block:
    """The readings of a grid, still without the name of their reading."""

    plate: str
    step: str
    wavelength_nm: float
    is_computed: bool
    readings: list[Reading]


def read(source: Source) -> list[Plate]:
    """Every plate, with all wavelengths at which it was read."""
    blocks: list[_Block] = []
    empty: list[str] = []
    recognised = False
    for sheet in source.sheets:
        raw = _RAW_SHEET.fullmatch(sheet.name) is not None
        states = any(_WAVELENGTH.fullmatch(cell) for row in sheet.rows for cell in row)
        recognised |= raw or states
        if raw:
            blocks.extend(_lists(sheet.rows, wavelength_in(sheet.name), source.path.stem))
        elif states:
            of_sheet = list(_of_sheet(sheet, source.path.stem))
            blocks.extend(of_sheet)
            if not of_sheet and not _is_computed(_NUMBER_OF_SHEET.sub("", sheet.name), ""):
                empty.append(sheet.name)
    if not recognised:
        raise NotThisFormatError('no line such as "Wavelength: 450 nm", no sheet "Raw data ... nm"')
    kept = [block for block in blocks if not block.is_computed] or blocks
    if not any(block.readings for block in kept):
        raise PlateError(f"{source.path}: a SkanIt export without a grid of readings")
    if empty and all(block.is_computed for block in kept):
        raise PlateError(
            f'{source.path}: the sheet "{empty[0]}" of this SkanIt export has no whole grid of '
            f'readings, and "{kept[0].step}" is computed from it; export the session again'
        )
    plates: dict[str, list[Reading]] = {}
    for block in kept:
        name = _reading_name(block, kept)
        plates.setdefault(block.plate, []).extend(
            replace(reading, reading=name, wavelength_nm=block.wavelength_nm)
            for reading in block.readings
        )
    return [plate_from_readings(name, readings) for name, readings in plates.items() if readings]


def _reading_name(block: _Block, blocks: list[_Block]) -> str:
    """The wavelength; with the name of the step if it is computed, or if several steps have it."""
    same = {
        other.step
        for other in blocks
        if other.readings
        and (other.plate, other.wavelength_nm) == (block.plate, block.wavelength_nm)
    }
    wavelength = f"{block.wavelength_nm:g}"
    return f"{block.step} {wavelength}" if len(same) > 1 or block.is_computed else wavelength


def _lists(rows: Rows, wavelength: float, name: str) -> Iterator[_Block]:
    for table in find_tables(rows):
        for plate, readings in table_readings(table, wavelength).items():
            yield _Block(plate or name, "", wavelength, False, readings)


def _of_sheet(sheet: Sheet, name: str) -> Iterator[_Block]:
    """The blocks of the grids of a sheet; of its lists, if it has no grids."""
    found = list(_grids(sheet, name))
    if found:
        yield from found
        return
    stated = {
        float(match["nm"])
        for row in sheet.rows
        for cell in row
        if (match := _WAVELENGTH.fullmatch(cell))
    }
    if len(stated) == 1:
        for block in _lists(sheet.rows, stated.pop(), name):
            step = _NUMBER_OF_SHEET.sub("", sheet.name)
            yield replace(block, step=step, is_computed=_is_computed(step, ""))


def _grids(sheet: Sheet, name: str) -> Iterator[_Block]:
    rows = sheet.rows
    last = 0
    plate, wavelength = name, float("nan")
    step = _NUMBER_OF_SHEET.sub("", sheet.name)
    for grid in find_grids(rows):
        single = ""
        for row in rows[last : grid.row]:
            filled = [cell for cell in row if cell]
            for cell in row:
                if match := _WAVELENGTH.fullmatch(cell):
                    wavelength = float(match["nm"])
                    # "Absorbance" above the wavelength says less than the sheet "Absorbance 2_02".
                    step = step if sheet.name.startswith(single) else single
                elif _PLATE.fullmatch(cell):
                    plate = cell
            if filled and filled[0] == row[0] and _is_step(filled[0]):
                single = filled[0]
        last = grid.end
        if _SAMPLE.fullmatch(grid.corner):
            continue
        readings = grid_readings(grid, f"{wavelength:g}", wavelength, of_results=True)
        if readings:
            yield _Block(plate, step, wavelength, _is_computed(step, grid.corner), readings)


def _is_step(text: str) -> bool:
    """Whether a line above a wavelength is the name of a step, as far as the words are known."""
    return _MEASURED.fullmatch(text) is not None or _COMPUTED.fullmatch(text) is not None


def _is_computed(step: str, corner: str) -> bool:
    """Whether the step or the corner of the grid says that SkanIt computed the values."""
    if _MEASURED.fullmatch(corner):
        return _MEASURED.fullmatch(step) is None and _COMPUTED.fullmatch(step) is not None
    return any(_COMPUTED.fullmatch(text) for text in (step, corner))
