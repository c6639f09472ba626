"""SHA-256 of every result, in the format that `sha256sum --check` reads."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from coculture.exchange import input_file
from coculture.running.raw_files import sha256

_LINE = re.compile(r"(?P<escaped>\\?)(?P<digest>[0-9a-fA-F]{64}) [ *](?P<name>.+)")
_ESCAPED = {r"\\": "\\", r"\n": "\n", r"\r": "\r"}


def checksum_lines(paths: Iterable[str | Path], folder: str | Path) -> str:
    """One line for each file, sorted by its path relative to `folder`; newlines are escaped.

    A name with a backslash or a line end is written as GNU coreutils does: the line begins with a
    backslash, and the two characters are `\\\\` and `\\n`.
    """
    named = sorted({_below(path, folder): Path(path) for path in paths}.items())
    return "".join(checksum_line(sha256(path), name) for name, path in named)


def _below(path: str | Path, folder: str | Path) -> str:
    """`path` relative to `folder`, also if it is outside it."""
    return Path(os.path.relpath(path, folder)).as_posix()


def read_checksums(path: str | Path) -> dict[str, str]:
    """SHA-256 in hexadecimal by file name, from a file that `sha256sum` or this module wrote.

    Raises
    ------
    ValueError
        If a line is not 64 hexadecimal digits, two characters and a name.
    """
    found = {}
    for number, line in enumerate(input_file.read_bytes(path).decode("utf-8").split("\n"), 1):
        if not line:
            continue
        fits = _LINE.fullmatch(line.removesuffix("\r"))
        if not fits:
            raise ValueError(
                f'{path}, row {number}, "{line[:80]}": is not "sha256  file name". Write the file '
                "with sha256sum, or with make pin."
            )
        name = fits["name"]
        if fits["escaped"]:
            name = re.sub(r"\\\\|\\n|\\r", lambda code: _ESCAPED[code[0]], name)
        found[name] = fits["digest"].lower()
    return found


def checksum_line(digest: str, name: str) -> str:
    """The line of one file, with its line end."""
    escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    mark = "" if escaped == name else "\\"
    return f"{mark}{digest}  {escaped}\n"
