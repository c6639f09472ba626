"""A study with its results in one .zip, which unpacks and runs again elsewhere."""

import json
import os
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import yaml

from coculture import provenance, study
from coculture.archive import code_files
from coculture.archive.places import Places, places_of
from coculture.archive.readiness import require_results
from coculture.archive.readme import readme
from coculture.archive.zip_file import Content, write_zip
from coculture.provenance import archived_code
from coculture.study import Study
from coculture.study.archived import FOLDERS, RAW_FILES, beside
from coculture.study.pinned import KEY
from coculture.study.values import value_tables


@dataclass(frozen=True)
class Written:
    """An archive that was written.

    Attributes
    ----------
    files
        How many files are in it.
    raw_files
        How many raw files the study has.
    """

    path: Path
    files: int
    raw_files: int


def archive(
    config: Path, to: Path | None = None, *, checkout: Path = Path(), with_raw: bool = False
) -> Written:
    """Write a study, its results and the code into one .zip file.

    Parameters
    ----------
    config
        The config of a study that was run in the current folder.
    to
        The file; by default archives/{study}.zip.
    checkout
        The folder of the workflow.
    with_raw
        Whether the raw files are included; else only their checksums.

    Raises
    ------
    ArchiveError
        If the results are not those of the study and code as they are now, or a file cannot be in
        an archive.
    StudyError
        If the study has a problem.
    """
    found = study.load(config, with_events=False)
    results = Path("results") / found.name
    commit = provenance.commit_of(checkout)
    require_results(found, results, commit)
    # Written by the workflow when it is needed: the config says all.
    is_made = found.config["simulate"] is not None
    places = _only_config(found, checkout) if is_made else places_of(found, checkout)
    code = code_files.code_files(checkout)
    files: dict[str, Content] = {name: checkout / name for name in code}
    files["README-workflow.md"] = _workflow_readme(checkout)
    files |= {f"results/{found.name}/{name}": path for name, path in _below(results)}
    files |= places.own
    files |= _pins(found, places)
    files |= places.raw if with_raw else {}
    code_record = provenance.code_record(commit, checkout, code)
    files[archived_code.NAME] = json.dumps(code_record, indent=2) + "\n"
    record = str(places.config.with_name(beside(Path(places.config)).name))
    files[record] = _record(found, places)
    files[code_files.README] = readme(
        study=found.name,
        title=found.config["title"],
        version=version("coculture"),
        commit=commit,
        config=str(places.config),
        tables=_tables(found, places),
        raw_files=len(places.raw),
        with_raw=with_raw,
        is_made=is_made,
        record=record,
        has_outside=bool(places.folders),
    )
    path = to or Path("archives") / f"{found.name}.zip"
    write_zip({f"{found.name}/{name}": content for name, content in files.items()}, path)
    return Written(path, len(files), len(places.raw))


def _only_config(found: Study, checkout: Path) -> Places:
    whole = places_of(found, checkout)
    return Places(whole.config, {str(whole.config): found.path})


def _workflow_readme(checkout: Path) -> Path:
    """The workflow's own README, also of a checkout that was itself unpacked from an archive."""
    unpacked = checkout / "README-workflow.md"
    return unpacked if unpacked.is_file() else checkout / code_files.README


def _below(folder: Path) -> list[tuple[str, Path]]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return [(path.relative_to(folder).as_posix(), path) for path in found]


def _record(found: Study, places: Places) -> str:
    """The text of the file beside the archived config (`study.archived`)."""
    folder = places.config.parent
    digests = {
        os.path.relpath(name, folder): found.checksums.of(str(path))
        for name, path in sorted(places.raw.items())
    }
    content = {FOLDERS: dict(sorted(places.folders.items())), RAW_FILES: digests}
    return str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True))


def _pins(found: Study, places: Places) -> dict[str, Content]:
    """The pinned checksums with the raw files' names in the archive, if the study has them."""
    written = found.config[KEY]
    if not written:
        return {}
    pins = found.path.parent / written
    name = os.path.normpath(places.config.parent / written)
    by_path = {os.path.abspath(path): place for place, path in places.files().items()}  # noqa: PTH100
    moved = {}
    for one, digest in provenance.read_checksums(pins).items():
        place = by_path.get(os.path.abspath(pins.parent / one))  # noqa: PTH100
        moved[os.path.relpath(place, Path(name).parent) if place else one] = digest
    return {name: "".join(provenance.checksum_line(moved[one], one) for one in sorted(moved))}


def _tables(found: Study, places: Places) -> list[str]:
    tables = {str(one) for one in found.config["tables"].values() if isinstance(one, str)}
    tables |= {one.written for one in value_tables(found.config)}
    named = {os.path.normpath(places.config.parent / one) for one in tables}
    return sorted(named & set(places.own))
