"""Remembers that a study was found sound, so that a run with nothing to do need not check it again.

The tables, exports and headers of 10,000 files take 10 s to check. What is remembered is one
fingerprint of everything that the check depends on: the config, the tables, the SHA-256 of every
raw file, the code and the packages. Only what `Checksums` remembers is used (size, dates and inode
of each file are as they were); `make check` remembers nothing and looks at everything.
"""

import dataclasses
import hashlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pandas as pd

from coculture.exchange.problems import Problem
from coculture.running import memory
from coculture.running.code_files import PACKAGE
from coculture.study.study import Study


def before(study: Study) -> bool:
    """Whether this very study was found sound in an earlier run."""
    known = memory.read(study.checksums.beside("sound"), str)
    # Without anything to compare with no file is read.
    return bool(known) and _fingerprint(study) in known


def remember(study: Study, problems: list[Problem]) -> None:
    """Note that the study has no problem, if so, for the next run."""
    place = study.checksums.beside("sound")
    if place is None or problems:
        return
    fingerprint = _fingerprint(study)
    if fingerprint is not None:
        memory.write(place, {fingerprint: "sound"})


def _fingerprint(study: Study) -> str | None:
    """Of all that the check looks at; None if a raw file cannot be read."""
    digest = hashlib.sha256(_code())
    digest.update(sys.version.encode())
    try:
        for text in _texts(study):
            digest.update(text.encode("utf-8", "surrogatepass") + b"\0")
    except OSError:
        return None
    return digest.hexdigest()


def _texts(study: Study) -> Iterator[str]:
    for field in dataclasses.fields(study):
        value = getattr(study, field.name)
        if isinstance(value, pd.DataFrame):
            yield value.to_csv()
        elif field.name not in {"checksums", "places"}:
            yield f"{field.name} {value!r}"
    paths = study.raw_paths()
    for path in paths:
        # Where a link leads decides whether the file is in a folder that the study may read.
        yield f"{path} {os.path.realpath(path)} {study.checksums.of(path)}"
    for folder in sorted({str(Path(path).parent) for path in paths}):
        # Of two names that look the same neither is read.
        yield " ".join(sorted(os.listdir(folder)))  # noqa: PTH208 (names alone)


@cache
def _code() -> bytes:
    """Of every module of this package, and the names and versions of the installed packages."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(bytes(path.relative_to(PACKAGE)) + path.read_bytes())
    packages = Path(pd.__file__).parents[1]
    digest.update(" ".join(sorted(one.name for one in packages.glob("*.dist-info"))).encode())
    return digest.digest()
