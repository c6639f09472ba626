"""The sheets of a new study's workbook, from what was found."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from coculture.new_study.culture_rows import FILE, culture_name, culture_rows
from coculture.new_study.found import Found, written_path
from coculture.new_study.known import NOTHING, OPEN, Known
from coculture.new_study.name_pattern import drugs_of
from coculture.new_study.sheet_titles import names_fit, sheet_title
from coculture.new_study.study_workbook import GridSheet, RowSheet
from coculture.new_study.tube_roles import TubeRole
from coculture.study import treatments
from coculture.study.plate_maps.map_sheet import PLATES, PlateMap
from coculture.study.schema import schema
from coculture.study.workbook import Rows


def sheets_of(found: Found, folder: Path) -> Iterator[RowSheet | GridSheet]:
    listed_treatments = found.treatments
    rows = culture_rows(found)
    if rows:
        yield _cultures(rows)
    if listed_treatments:
        yield _treatments(listed_treatments)
    for own in found.maps:
        yield _map(own.title, own.rows)
    if not rows and not any(own.table == "cultures" for own in found.maps):
        for number in sorted(found.experiments):
            yield _empty_culture_map(found, number)
    if found.tubes:
        yield _flow(found, folder)
    if not any(own.table == "elisa" for own in found.maps):
        for plate in found.exports.plates:
            lines = [] if names_fit("elisa", [plate.name]) else [[PLATES, plate.name]]
            lines += [["file", written_path(plate.path, folder)]]
            lines += [["plate_in_file", plate.in_file]] if plate.in_file else []
            yield _map(sheet_title("elisa", [plate.name]), _empty_grid(lines, "", plate.wells))


def _cultures(rows: Sequence[Mapping[str, Known]]) -> RowSheet:
    given = {column for row in rows for column, known in row.items() if known or known is OPEN}
    optional = [key for key in ("donor", "cells", "stroma", "hours") if key in given]
    last = [FILE] if FILE in given else []
    heading = ["culture", "experiment", *optional, treatments.COLUMN, "replicate", *last]
    has_stroma_alone = any("stroma" in row and "cells" not in row for row in rows)
    filled = [key for key in optional if key != "cells" or not has_stroma_alone]
    needed = ["experiment", *filled, treatments.COLUMN]
    return RowSheet("cultures", heading, rows, ["culture"], needed, added_later=last)


def _treatments(names: Sequence[str]) -> RowSheet:
    by_treatment = drugs_of(names)
    drugs = list(dict.fromkeys(drug for one in by_treatment.values() for drug in one))
    rows = []
    for name in names:
        row = {treatments.COLUMN: Known(name, "names of tubes, wells and samples")}
        for drug in drugs:
            dose, _ = by_treatment[name].get(drug, ("", ""))
            absent = drug not in by_treatment[name]
            row[drug] = (
                Known("0", "not in the name", True)
                if absent
                else Known(dose, "name of the treatment", True)
                if dose
                else NOTHING
            )
        rows.append(row)
    heading = [treatments.COLUMN, *drugs]
    return RowSheet("treatments", heading, rows, [treatments.COLUMN], drugs)


def _flow(found: Found, folder: Path) -> RowSheet:
    assert found.stains is not None
    cells = found.cells
    rows = []
    for tube in found.tubes:
        facts, role = tube.facts, tube.role
        row = {
            "fcs": Known(written_path(facts.path, folder)),
            "experiment": found.experiments[tube.session],
            "plate": facts.plate,
            "well": facts.well,
            "role": role.role,
            "channel": role.channel,
        }
        if tube.is_sample and "treatment" in tube.fields:
            row["culture"] = culture_name(found, tube)
        elif not tube.is_sample:
            row["cells"] = _cells_of(facts.tube.text, role, cells)
        rows.append({key: known for key, known in row.items() if known or known is OPEN})
    properties = schema("flow.table")["properties"]
    channels = [one.text for one in (found.stains.annexin, found.stains.viability_dye) if one]
    channels += [one.text for one in found.stains.others]
    return RowSheet(
        "flow",
        ["fcs", "experiment", "plate", "well", "role", "cells", "channel", "culture", "exclude"],
        rows,
        ["fcs"],
        choices={"role": properties["role"]["enum"], "channel": channels},
    )


def _cells_of(name: str, role: TubeRole, cells: Sequence[str]) -> Known:
    if role.is_beads:
        return Known("beads", '"beads" in the name', True)
    if role.role.text in ("population_negative", "beads") or role.is_stroma_alone:
        return NOTHING
    named = [
        one for one in cells if re.search(rf"(?<![A-Za-z0-9]){re.escape(one)}(?![A-Za-z0-9])", name)
    ]
    if len(named) == 1:
        return Known(named[0], f'"{named[0]}" in the name', True)
    return Known(cells[0], "the only cells of the study", True) if len(cells) == 1 else OPEN


def _empty_culture_map(found: Found, number: int) -> GridSheet:
    wells = sum(tube.session == number and tube.is_sample for tube in found.tubes)
    names = [found.experiments[number].text]
    title = sheet_title("cultures", names)
    named = [] if names_fit("cultures", names) else [[PLATES, *names]]
    one = _empty_grid([["hours", ""], ["stroma", ""], *named], "cells", wells)
    other = _empty_grid([], treatments.COLUMN, wells)
    return _map(title, [*one, [], *other], ["B1", "B2"])


_SIZES = ((6, 2, 3), (12, 3, 4), (24, 4, 6), (48, 6, 8), (96, 8, 12), (384, 16, 24))
"""Wells, rows and columns of plates."""


def _empty_grid(lines: list[list[str]], name: str, wells: int) -> list[list[str]]:
    _, rows, columns = next((size for size in _SIZES if size[0] >= max(wells, 96)), _SIZES[-1])
    letters = "ABCDEFGHIJKLMNOP"[:rows]
    grid = [[name, *map(str, range(1, columns + 1))], *([letter] for letter in letters)]
    return [*lines, *([[]] if lines else []), *grid]


def _map(title: str, rows: Rows, open_lines: Sequence[str] = ()) -> GridSheet:
    """A plate map; if no well has a text, all of them are to be filled in."""
    wells = [w for grid in PlateMap.of(title, title, rows)[0].grids for w in grid.wells.values()]
    is_empty = not any(one.text for one in wells)
    return GridSheet(title, rows, [*open_lines, *(one.cell for one in wells if is_empty)], is_empty)
