"""Beginning a study: from folders of raw files to its workbook and config."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from coculture.new_study import study_workbook
from coculture.new_study.config_text import Begun, FinishedNumbers, config_text
from coculture.new_study.found import Found, NewStudyError, find
from coculture.new_study.known import NOTHING, Known
from coculture.new_study.name_pattern import drugs_of
from coculture.new_study.report_lines import (
    consists_of,
    maps_to_fill_in,
    next_steps,
    report,
    to_add,
    was_added,
)
from coculture.new_study.sheets import sheets_of
from coculture.study.plate_maps.map_sheet import plain
from coculture.study.schema import schema

_NAME = re.compile(schema("config")["properties"]["study"]["pattern"])
_FEWEST_STAINS = 2
"""Single stains of so many channels compensate."""


def begin(
    root: Path,
    name: str,
    flow: Path | None,
    elisa: Path | None,
    maps: Path | None = None,
    pattern: str | None = None,
    values: Sequence[Path] = (),
) -> list[str]:
    """Write `data/raw/{name}/{name}.xlsx` and `config/{name}.yaml`, or add new files to them.

    Parameters
    ----------
    root
        The checkout.
    flow, elisa
        The folders of the FCS files and of the plate reader's exports; folders below count.
    maps
        A workbook of plate maps that the person has.
    pattern
        How the names of tubes and samples are read, in place of a guess.
    values
        Tables of finished numbers, or folders of them.

    Returns
    -------
    What was found, guessed and written, and what to do next: lines to print.

    Raises
    ------
    NewStudyError
        If a folder or the name cannot be used, or nothing is found.
    """
    if not _NAME.match(name):
        raise NewStudyError(
            f'"{name}" cannot be the name of a study: letters, digits, dot, hyphen and underscore, '
            "beginning with a letter or digit."
        )
    if flow is None and elisa is None and not values:
        raise NewStudyError(
            "Give a folder: FLOW with FCS files, ELISA with plate exports, VALUES with tables of "
            "finished numbers, or several of them."
        )
    found = find(root, name, flow, elisa, maps, pattern, values)
    folder = root / "data" / "raw" / name
    folder.mkdir(parents=True, exist_ok=True)
    book, config = folder / f"{name}.xlsx", root / "config" / f"{name}.yaml"
    is_new = not book.exists() and not config.exists()
    try:
        added = study_workbook.write(book, sheets_of(found, folder))
    except OSError as error:
        raise NewStudyError(
            f"{book} cannot be written ({error.strerror}); close it in the spreadsheet program."
        ) from error
    lines = list(report(found, added.maps + added.empty_maps))
    lines += maps_to_fill_in(added, book, config if is_new else None)
    had_config = config.exists()
    if had_config:
        lines.append(f"{config} was there and is unchanged.")
        lines += to_add(_numbers(found, config.parent, root), config)
    else:
        text = config_text(_begun(found, root, name, folder, [flow, elisa]))
        config.write_text(text, encoding="utf-8")
        lines.append(f"{config} written.")
    lines.append(f"{book}: {was_added(added)}.")
    if had_config and not added:
        lines[-1] += f" make check STUDY=config/{name}.yaml says what is still open."
        return lines
    return [*lines, *next_steps(name, book, config)]


def _begun(
    found: Found, root: Path, name: str, folder: Path, folders: Sequence[Path | None]
) -> Begun:
    by_treatment = drugs_of(found.treatments)
    units: dict[str, str] = {}
    for drugs in by_treatment.values():
        for drug, (_, unit) in drugs.items():
            units[drug] = units.get(drug) or unit
    config = root / "config"
    outside = [
        one
        for one in folders
        if one is not None and not one.resolve().is_relative_to(folder.resolve())
    ]
    return Begun(
        study=name,
        workbook=os.path.relpath(folder / f"{name}.xlsx", config),
        folders=[_from(config, one, root) for one in outside],
        experiments=dict(consists_of(found)),
        alike=_alike(found),
        drugs=units,
        highest=_highest(by_treatment),
        cells=found.cells,
        stroma=found.stromas[0] if found.stromas else "",
        stains=found.stains,
        compensation=_compensation(found),
        wavelength_nm=found.exports.wavelength_nm,
        analytes=(found.analytes or ["IL-6"]) if found.exports.plates else [],
        numbers=_numbers(found, config, root),
        sheets=_sheets(found),
    )


def _sheets(found: Found) -> list[str]:
    has = {"treatments": found.treatments, "flow": found.tubes, "elisa": found.exports.plates}
    return ["cultures", *(sheet for sheet, given in has.items() if given)]


def _numbers(found: Found, config: Path, root: Path) -> FinishedNumbers | None:
    if not found.numbers:
        return None
    measured = [one for table in found.numbers for one in table.endpoints if not one.is_count]
    of_tables = found.sampled.of_tables
    return FinishedNumbers(
        tables=[
            (_from(config, table.path, root), of_tables.get(table.path, NOTHING).text)
            for table in found.numbers
        ],
        endpoints={one.name: one.unit for one in measured},
        columns_not_used=list(dict.fromkeys(c for one in found.numbers for c in one.not_used)),
        files_not_used={
            name: f"control, by the word {word} in its name"
            for table in found.numbers
            for name, word in table.controls.items()
        },
    )


def _from(config: Path, path: Path, root: Path) -> str:
    """A path as the config has it: relative where it is below the checkout."""
    is_below = path.resolve().is_relative_to(root.resolve())
    return os.path.relpath(path, config) if is_below else str(path.resolve())


def _highest(by_treatment: Mapping[str, Mapping[str, tuple[str, str]]]) -> dict[str, str]:
    """Drug -> the highest dose that a treatment names."""
    doses: dict[str, list[str]] = {}
    for drugs in by_treatment.values():
        for drug, (dose, _) in drugs.items():
            doses.setdefault(drug, []).extend([dose] if dose else [])
    return {drug: max(given, key=float) for drug, given in doses.items() if given}


def _alike(found: Found) -> dict[str, str]:
    """What neither names nor maps say of the cultures: it is the same for all, or a column."""
    drawn = {
        name
        for own in found.maps
        if own.table == "cultures"
        for name in (*own.drawn.stated, *(plain(grid.name) for grid in own.drawn.grids))
    }
    named = {key for tube in found.cultures for key in tube.fields}
    named |= {key for one in found.sampled.cultures for key in one.fields}
    if found.labelled:
        named |= {"cells"} | ({"stroma"} if any(one.stroma for one in found.labelled) else set())
    open_ones = [key for key in ("cells", "stroma", "hours") if key not in drawn | named]
    return dict.fromkeys(open_ones, '"?"')


def _compensation(found: Found) -> Known:
    single = {
        tube.role.channel.text for tube in found.tubes if tube.role.role.text == "single_stain"
    }
    if len(single) >= _FEWEST_STAINS:
        return Known("single_stains", f"{len(single)} channels have a single stain")
    if found.tubes and all(tube.facts.has_matrix for tube in found.tubes):
        return Known("embedded", "every file has a matrix; make check says if it can be used")
    return Known("none", "neither single stains nor a matrix in every file")
