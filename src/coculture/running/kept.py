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

from coculture.running.raw_files import sha256

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
        if not _are_copied(of_these, every):
            make()
            _keep(of_these, {path.name: path.read_bytes() for path in every})

    def text(self, made_from: str, make: Callable[[], str]) -> str:
        """The text that `make` gives, or gave in an earlier run for the same `made_from`."""
        self._used.add(made_from)
        of_this = self._folder / made_from
        try:
            content = (of_this / _TEXT).read_bytes()
            digests = json.loads((of_this / _CHECKSUMS).read_text(encoding="utf-8"))
            if digests.get(_TEXT) == hashlib.sha256(content).hexdigest():
                return content.decode()
        except (OSError, ValueError, AttributeError):
            pass
        text = make()
        _keep(of_this, {_TEXT: text.encode()})
        return text

    def forget_others(self) -> None:
        """Remove what this run did not use."""
        for folder in self._folder.glob("*"):
            if folder.name not in self._used:
                shutil.rmtree(folder, ignore_errors=True)


def _are_copied(kept: Path, paths: Sequence[Path]) -> bool:
    try:
        digests = json.loads((kept / _CHECKSUMS).read_text(encoding="utf-8"))
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(kept / path.name, path)
        return all(sha256(path) == digests.get(path.name) for path in paths)
    except (OSError, ValueError, AttributeError):
        return False


def _keep(kept: Path, contents: Mapping[str, bytes]) -> None:
    """Keep contents by the names of their files; does nothing where the disk does not allow it."""
    shutil.rmtree(kept, ignore_errors=True)
    with contextlib.suppress(OSError):
        kept.mkdir(parents=True)
        for name, content in contents.items():
            (kept / name).write_bytes(content)
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
        (kept / _CHECKSUMS).write_text(json.dumps(digests), encoding="utf-8")
