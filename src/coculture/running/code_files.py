"""Code that is edited while a run goes on; steps that begin later would use it unnoticed."""

from collections.abc import Iterator
from pathlib import Path

from coculture.running import raw_files

PACKAGE = Path(__file__).parents[1]


class CodeFiles:
    """The files of code that a run began with.

    Parameters
    ----------
    places
        Files, and folders with all that is in them.
    """

    def __init__(self, *places: str | Path) -> None:
        self._noted = {
            path: (raw_files.seen(path), raw_files.sha256(path))
            for place in places
            for path in _files(Path(place))
        }

    def edited(self) -> list[str]:
        """The paths of those whose content is no longer what it was, sorted."""
        return sorted(str(path) for path in self._noted if self._is_edited(path))

    def _is_edited(self, path: Path) -> bool:
        seen, digest = self._noted[path]
        try:
            return raw_files.seen(path) != seen and raw_files.sha256(path) != digest
        except OSError:
            return True


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    else:
        found = (path for path in place.rglob("*") if path.is_file())
        yield from (path for path in found if path.parent.name != "__pycache__")
