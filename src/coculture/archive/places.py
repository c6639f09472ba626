"""Where an archive has the files of a study."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from coculture.archive.archive_error import ArchiveError
from coculture.differences.run_results import files_in
from coculture.study import Study
from coculture.study.earlier_results import KEY as EARLIER
from coculture.study.values import value_tables

OUTSIDE = "outside"
"""The folder of an archive for raw files that lay outside the study."""
_OF_STUDY = "study"
"""The folder for a study that lies outside the workflow's folder."""


@dataclass
class Places:
    """Where the files of a study are in its archive, as paths below its top folder.

    Attributes
    ----------
    own
        The files that the study consists of: config, tables, pins, gates file.
    raw
        The raw files.
    folders
        Folders outside the study, as `study.archived.Archived` has them.
    """

    config: PurePosixPath
    own: dict[str, Path] = field(default_factory=dict)
    raw: dict[str, Path] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)

    def files(self) -> dict[str, Path]:
        """All of them, by their places."""
        return {**self.own, **self.raw}


def places_of(study: Study, checkout: Path) -> Places:
    """The places of all files of a study.

    What lies below the workflow's folder keeps its path, so that all relative paths hold. A study
    elsewhere has a folder of its own; what lies outside both is in `OUTSIDE`.

    Raises
    ------
    ArchiveError
        If a path of the config would not hold in another folder.
    """
    own = [study.path, *_named_in(study)]
    base, top = _base(study.path, own, checkout)
    found = Places(_below(study.path, base, top))
    for path in own:
        found.own[str(_below(path, base, top))] = path
    # A study that was unpacked from an archive keeps its folders.
    found.folders.update(study.archived.folders)
    for name, path, home in _raw_files(study):
        if path not in own:
            found.raw[str(_place(name, path, home, base, top, study, found))] = path
    return found


def _named_in(study: Study) -> list[Path]:
    """The files that the config names, and those that are found beside it."""
    config, folder = study.config, study.path.parent
    tables = {name: one for name, one in config["tables"].items() if name != "values"}
    named: dict[str, Any] = {f"tables: {name}": one for name, one in tables.items()}
    named |= {f"tables: values: {one.name}": one.written for one in value_tables(config)}
    named |= {key: config[key] for key in ("raw_data_checksums", "pinned_findings")}
    named["flow: compensation: file"] = config["flow"]["compensation"]["file"]
    found = [] if study.gates_file is None else [study.gates_file]
    for key, written in named.items():
        if written and Path(written).is_absolute():
            raise ArchiveError(
                f"{study.path}, {key} {written}: an absolute path is another file, or none, on "
                "another computer. Write it relative to the config."
            )
        found += [folder / written] if written else []
    earlier = config[EARLIER]
    if earlier:
        found += [Path(path) for paths in files_in(folder / earlier).values() for path in paths]
        found.append(folder / earlier / "columns.csv")
    return list(dict.fromkeys(found))


def _base(config: Path, own: list[Path], checkout: Path) -> tuple[Path, PurePosixPath]:
    """The folder whose content keeps its relative paths, and where the archive has it."""
    if _normal(config).is_relative_to(_normal(checkout)):
        return _normal(checkout), PurePosixPath()
    return Path(os.path.commonpath([_normal(path).parent for path in own])), PurePosixPath(
        _OF_STUDY
    )


def _below(path: Path, base: Path, top: PurePosixPath) -> PurePosixPath:
    normal = _normal(path)
    if not normal.is_relative_to(base):
        raise ArchiveError(
            f"{path}: lies outside {base}, so its path would not hold elsewhere. Move it there, "
            "and name its new place in the config."
        )
    return top / normal.relative_to(base).as_posix()


def _raw_files(study: Study) -> Iterator[tuple[str, Path, Path]]:
    """Each raw file: its name in its table, its path, and the folder of the table."""
    for table, column in (("flow", "fcs"), ("elisa", "file")):
        written = study.config["tables"][table]
        if written:
            home = (study.path.parent / written).parent
            rows = getattr(study, table)[[column, "path"]].dropna().drop_duplicates()
            for name, path in rows.itertuples(index=False):
                yield str(name), Path(path), home


def _place(
    name: str,
    path: Path,
    home: Path,
    base: Path,
    top: PurePosixPath,
    study: Study,
    found: Places,
) -> PurePosixPath:
    """The place of a raw file; notes where the folder of one outside the study is."""
    was_moved = _normal(home / name) != _normal(path)
    holds = was_moved or not Path(name).is_absolute()
    if holds and _normal(path).is_relative_to(base):
        return _below(path, base, top)
    config = study.path.parent
    for folder in (*study.config["folders_outside"], str(_normal(home))):
        named = _normal(config / folder)
        if _normal(path).is_relative_to(named):
            rest = _normal(path).relative_to(named).as_posix()
            if named.is_relative_to(base):
                place = _below(named, base, top)
            else:
                place = _outside(folder, found)
            found.folders[folder] = os.path.relpath(place, found.config.parent)
            return place / rest
    raise ArchiveError(
        f"{name}: reached through a link, so its place in an archive is not known. Name the file, "
        "and its folder under folders_outside, by their own path."
    )


def _outside(folder: str, found: Places) -> PurePosixPath:
    """The place of a folder outside the study: one number for each."""
    known = found.folders.get(folder)
    if known is not None:
        return PurePosixPath(os.path.normpath(found.config.parent / known))
    taken = {PurePosixPath(place).name for place in found.folders.values()}
    number = next(one for one in range(1, len(taken) + 2) if str(one) not in taken)
    return PurePosixPath(OUTSIDE, str(number))


def _normal(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 (resolve() would follow links)
