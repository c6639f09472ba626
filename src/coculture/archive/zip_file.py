"""A .zip file whose bytes depend on its content alone."""

import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from coculture.archive.archive_error import ArchiveError

_DATE = (1980, 1, 1, 0, 0, 0)
"""The first date that the format has; every file has it."""
_MODE = 0o644 << 16
_ON_UNIX = 3
"""The system that the format notes; else it would be the one that the archive is made on."""

Content = Path | str
"""A file to be copied, or a text."""


def write_zip(files: Mapping[str, Content], to: Path) -> None:
    """Write files by their names in the archive, sorted, to the .zip file `to`.

    Raises
    ------
    ArchiveError
        If a name would leave the folder in which the archive is unpacked, or cannot be unpacked
        everywhere.
    """
    for name in files:
        _require_safe(name)
    to.parent.mkdir(parents=True, exist_ok=True)
    unfinished = to.with_name(f"{to.name}.unfinished")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in sorted(files.items()):
                _add(archive, name, content)
        unfinished.replace(to)
    finally:
        unfinished.unlink(missing_ok=True)


def _add(archive: zipfile.ZipFile, name: str, content: Content) -> None:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = _ON_UNIX
    entry.external_attr = _MODE
    if isinstance(content, str):
        archive.writestr(entry, content)
        return
    entry.file_size = content.stat().st_size
    with content.open("rb") as source, archive.open(entry, "w") as target:
        shutil.copyfileobj(source, target)


def _require_safe(name: str) -> None:
    parts = PurePosixPath(name).parts
    is_below = not name.startswith("/") and ".." not in parts and name == str(PurePosixPath(name))
    if not is_below or "\\" in name or not name.isprintable():
        raise ArchiveError(
            f"{name!r}: a file of this name cannot be in an archive, because it would be unpacked "
            "elsewhere. Rename it: without backslashes, line breaks and other signs that cannot be "
            "printed."
        )
