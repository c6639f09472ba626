"""Everything that is found in the folders of a study, before anything is written."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from coculture.exchange.problems import CocultureError
from coculture.flow.fcs.header import FcsHeader, read_header
from coculture.flow.fcs.text import FcsError
from coculture.new_study import name_pattern
from coculture.new_study.exports import Exports, analyte_in, experiment_in, exports_in
from coculture.new_study.fcs_facts import FcsFacts, facts_of
from coculture.new_study.known import Known
from coculture.new_study.labelled_cultures import LabelledCulture, labelled_cultures
from coculture.new_study.name_pattern import (
    NamePattern,
    PatternError,
    is_untreated,
    stroma_named,
)
from coculture.new_study.number_tables import NumberTable, number_table, tables_at
from coculture.new_study.own_maps import OwnMap, maps_in
from coculture.new_study.sampled_cultures import SampledCultures, sampled_cultures
from coculture.new_study.sessions import session_names, sessions_of
from coculture.new_study.stains import Stains, stains_of
from coculture.new_study.tube_roles import TubeRole, role_of
from coculture.study import treatments
from coculture.study.workbook import WorkbookError


class NewStudyError(CocultureError):
    """A study cannot be begun; the message says why and what to do."""


@dataclass(frozen=True)
class Tube:
    """A file with its session, its role, and the fields in its name."""

    facts: FcsFacts
    session: int
    role: TubeRole
    fields: Mapping[str, str]

    @property
    def is_sample(self) -> bool:
        return self.role.role.text == "sample"


@dataclass(frozen=True)
class Found:
    """Everything that was found in the folders."""

    tubes: Sequence[Tube]
    experiments: Mapping[int, Known]
    stains: Stains | None
    pattern: NamePattern | None
    exports: Exports
    maps: Sequence[OwnMap]
    labelled: Sequence[LabelledCulture]
    numbers: Sequence[NumberTable]
    sampled: SampledCultures
    sheets_that_are_no_map: Sequence[str]
    not_read: Sequence[str]

    @property
    def cultures(self) -> list[Tube]:
        """The samples whose names say what they are."""
        return [tube for tube in self.tubes if tube.is_sample and "treatment" in tube.fields]

    @property
    def treatments(self) -> list[str]:
        """The treatments that names and maps have; those that are none first."""
        named = [tube.fields["treatment"] for tube in self.cultures]
        drawn = [text for own in self.maps for text in own.texts_of(treatments.COLUMN)]
        labelled = [one.treatment for one in self.labelled]
        found = list(
            dict.fromkeys([*named, *drawn, *labelled, *self._of_samples(treatments.COLUMN)])
        )
        return sorted(found, key=lambda one: not is_untreated(one))

    @property
    def cells(self) -> list[str]:
        """The cells that names and maps have."""
        named = [tube.fields["cells"] for tube in self.cultures if "cells" in tube.fields]
        drawn = [
            text
            for own in self.maps
            if own.table == "cultures"
            for text in [
                *own.texts_of("cells"),
                *([own.drawn.stated["cells"].text] if "cells" in own.drawn.stated else []),
            ]
        ]
        labelled = [one.cells for one in self.labelled if one.cells]
        return [
            one
            for one, _ in Counter(
                [*named, *drawn, *labelled, *self._of_samples("cells")]
            ).most_common()
        ]

    def _of_samples(self, column: str) -> list[str]:
        return [one.fields[column].text for one in self.sampled.cultures if column in one.fields]

    @property
    def stromas(self) -> list[str]:
        """The stromas that names have, the most frequent first."""
        named = [stroma_named(tube.fields.get("stroma", "")) for tube in self.cultures]
        labelled = [stroma_named(one.stroma) for one in self.labelled]
        found = Counter(
            one
            for one in [*named, *labelled, *self._of_samples("stroma")]
            if one not in ("", "none")
        )
        return [one for one, _ in found.most_common()]

    @property
    def analytes(self) -> list[str]:
        """The analytes that the names of the plates say, in their order."""
        return list(dict.fromkeys(filter(None, (analyte_in(p.name) for p in self.exports.plates))))


def find(
    root: Path,
    name: str,
    flow: Path | None,
    elisa: Path | None,
    maps: Path | None,
    pattern: str | None,
    values: Sequence[Path] = (),
) -> Found:
    fcs, not_read = _fcs_files(_files_in(flow, "FLOW"))
    stains = stains_of(fcs) if fcs else None
    roles = [role_of(one.tube.text, stains) for one in fcs] if stains else []
    sessions = sessions_of(fcs)
    samples = [place for place, role in enumerate(roles) if role.role.text == "sample"]
    names = [fcs[place].tube.text for place in samples]
    try:
        used = (
            NamePattern(pattern)
            if pattern
            else name_pattern.guess(names, [sessions[place] for place in samples])
        )
    except PatternError as error:
        raise NewStudyError(str(error)) from error
    fields = [
        used.fields_of(one.tube.text) if used and role.role.text == "sample" else {}
        for one, role in zip(fcs, roles, strict=True)
    ]
    in_names = [one.get("experiment", "") for one in fields]
    experiments = session_names(fcs, sessions, in_names) if fcs else {}
    numbers = [number_table(path) for path in _tables(values, maps)]
    own_tables = {one.path.resolve() for one in numbers}
    exports = exports_in(
        [one for one in _files_in(elisa, "ELISA", maps) if one.resolve() not in own_tables]
    )
    if not fcs:
        experiments = _experiments_of(exports)
    sampled = sampled_cultures(numbers, used if pattern else None)
    experiments = _with_experiments(experiments, sampled.experiments)
    if not fcs and not exports.plates and not any(one.values for one in numbers):
        faults = [*not_read, *exports.not_read, *(text for one in numbers for text in one.problems)]
        why = f" {' '.join(faults)}" if faults else ""
        raise NewStudyError(f"No FCS file was found, no plate export and no number.{why}")
    folder = root / "data" / "raw" / name
    own, others = _own_maps(maps, experiments, exports, folder)
    return Found(
        tubes=[
            Tube(one, session, role, field)
            for one, session, role, field in zip(fcs, sessions, roles, fields, strict=True)
        ],
        experiments=experiments,
        stains=stains,
        pattern=used,
        exports=exports,
        maps=own,
        labelled=[] if fcs else labelled_cultures(own),
        numbers=numbers,
        sampled=sampled,
        sheets_that_are_no_map=others,
        not_read=[*not_read, *exports.not_read],
    )


def _tables(values: Sequence[Path], maps: Path | None) -> list[Path]:
    for path in values:
        if not path.exists():
            raise NewStudyError(f"VALUES={path}: there is no such file or folder.")
    return tables_at(values, other_than=maps)


def _with_experiments(known: Mapping[int, Known], more: Sequence[Known]) -> dict[int, Known]:
    """The experiments with those of tables of values that are not among them."""
    found = dict(known)
    for one in more:
        if one.text not in {known.text for known in found.values()}:
            found[max(found, default=-1) + 1] = one
    return found


def _experiments_of(exports: Exports) -> dict[int, Known]:
    """The experiments that the names of the plates say; none if a plate names none."""
    named = [experiment_in(plate.name) for plate in exports.plates]
    if not all(named):
        return {}
    return {
        number: Known(name, "name of the plate", True)
        for number, name in enumerate(dict.fromkeys(named))
    }


def _own_maps(
    maps: Path | None, experiments: Mapping[int, Known], exports: Exports, folder: Path
) -> tuple[list[OwnMap], list[str]]:
    if maps is None:
        return [], []
    if not maps.is_file():
        raise NewStudyError(f"{maps}: there is no such file.")
    names = [experiments[number].text for number in sorted(experiments)]
    try:
        return maps_in(maps, names, exports.plates, lambda path: written_path(path, folder))
    except WorkbookError as error:
        raise NewStudyError(f"{maps}: {error}") from error


def _files_in(folder: Path | None, key: str, maps: Path | None = None) -> list[Path]:
    """The files in and below a folder; not hidden ones, locks of Excel, and the maps."""
    if folder is None:
        return []
    if not folder.is_dir():
        raise NewStudyError(f"{key}={folder}: there is no such folder.")
    own = None if maps is None else maps.resolve()
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith((".", "~$")) and path.resolve() != own
    )


def _fcs_files(paths: Sequence[Path]) -> tuple[list[FcsFacts], list[str]]:
    """The FCS files that can be read, and why the others cannot."""
    usable: list[FcsHeader] = []
    faults: list[str] = []
    for path in paths:
        if path.suffix.lower() not in (".fcs", ".lmd"):
            continue
        try:
            usable.append(read_header(path))
        except FcsError as error:
            faults.append(str(error))
    return facts_of(usable), faults


def written_path(path: Path, folder: Path) -> str:
    """A path as the study's tables have it: relative where it is below the same checkout."""
    path, folder = path.resolve(), folder.resolve()
    above = folder.parents[2]
    return os.path.relpath(path, folder) if path.is_relative_to(above) else str(path)
