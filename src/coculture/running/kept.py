"""Files and texts that are made once from the same: those of an earlier run are taken again.

A step is done again when anything before it has changed, be it one number that most of its files do
not show. Such a step gives each file, each few files, or a text that is a part of a file, the
fingerprint of all that they are made from (`coculture.running.fingerprint`), code included. What an
earlier run kept under that fingerprint is taken again. Dates decide nothing, and what was damaged
is not used.
"""

import contextlib
import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_TEXT = "text"
_CHECKSUMS = "sha256.json"
"""In the folder of each fingerprint: file name -> its SHA-256. Written last."""


class Kept:
    """The files and texts that a step made in its last run.

    Parameters
    ----------
    folder
        Where copies are kept: a folder of this step alone. A run can do without it.
    """

    def __init__(self, folder: str | Path) -> None:
        self._folder = Path(folder)
        self._used: set[str] = set()

    def files(
        self, made_from: str, paths: Sequence[str | Path], make: Callable[[], object]
    ) -> None:
        """Write the files at `paths`, whose names differ, by copying them or by `make`.

        Parameters
        ----------
        made_from
            Fingerprint of everything that they depend on.
        make
            Writes them.
        """
        self._used.add(made_from)
        of_these = self._folder / made_from
        every = [Path(path) for path in paths]
        contents = _contents(of_these, [path.name for path in every])
        if contents is None:
            make()
            _keep(of_these, {path.name: path.read_bytes() for path in every})
            return
        for path in every:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(contents[path.name])

    def text(self, made_from: str, make: Callable[[], str]) -> str:
        """The text that `make` gives, or gave in an earlier run for the same `made_from`."""
        self._used.add(made_from)
        of_this = self._folder / made_from
        contents = _contents(of_this, [_TEXT])
        if contents is not None:
            return contents[_TEXT].decode()
        text = make()
        _keep(of_this, {_TEXT: text.encode()})
        return text

    def forget_others(self) -> None:
        """Remove what this run did not use."""
        for folder in self._folder.glob("*"):
            if folder.name not in self._used:
                shutil.rmtree(folder, ignore_errors=True)


def _contents(kept: Path, names: Sequence[str]) -> dict[str, bytes] | None:
    """What was kept by the names of the files; None if anything is missing or was damaged."""
    try:
        digests = json.loads((kept / _CHECKSUMS).read_text(encoding="utf-8"))
        contents = {name: (kept / name).read_bytes() for name in names}
        is_whole = all(digests.get(name) == _digest(contents[name]) for name in names)
    except (OSError, ValueError, AttributeError):
        return None
    return contents if is_whole else None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _keep(kept: Path, contents: Mapping[str, bytes]) -> None:
    """Keep contents by the names of their files; does nothing where the disk does not allow it."""
    shutil.rmtree(kept, ignore_errors=True)
    with contextlib.suppress(OSError):
        kept.mkdir(parents=True)
        for name, content in contents.items():
            (kept / name).write_bytes(content)
        digests = {name: _digest(content) for name, content in contents.items()}
        (kept / _CHECKSUMS).write_text(json.dumps(digests), encoding="utf-8")
