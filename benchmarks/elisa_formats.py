"""The exports of ../shared/reference/elisa by format: what is read, and why others are refused.

A file counts under the reader that took it, or that refused it as one of its own. Tables that are
no exports (metadata, layouts in words, tables of the product) are left out by name.

    .venv/bin/python benchmarks/elisa_formats.py [folder ...]

Folders of your own exports may be given in place of the reference.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coculture.elisa import PlateError, read_plates
from coculture.elisa.readers import READERS
from coculture.elisa.readers.source import NotThisFormatError, open_source

REFERENCE = Path(__file__).parents[2] / "shared/reference/elisa"
FOLDERS = (REFERENCE / "exports", REFERENCE / "failing")
SUFFIXES = (".txt", ".csv", ".xlsx", ".xls", ".json", ".asc")
NO_EXPORTS: tuple[str, ...] = (
    *("metadata", "levels", "analytical_performance", "LICENSE", "stdConc", "annote", "design"),
    *("cultures", "elisa.csv", "standards", "wells.csv", "labels"),
)


@dataclass(frozen=True)
class Tried:
    """What became of a file."""

    path: Path
    format: str
    found: str
    is_read: bool


def main() -> int:
    """Print a line for each file, then the table; the exit status is 1 without any file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="*", type=Path, default=list(FOLDERS))
    found = [tried(path) for folder in parser.parse_args().folder for path in _exports(folder)]
    for one in sorted(found, key=lambda one: (one.format, one.path)):
        print(f"{one.format:20}{one.path.parent.name}/{one.path.name}: {one.found}")
    print(f"\n{'format':20}{'tried':>6}{'read':>6}{'refused':>9}")
    for name in sorted({one.format for one in found}):
        of_format = [one for one in found if one.format == name]
        read = sum(one.is_read for one in of_format)
        print(f"{name:20}{len(of_format):>6}{read:>6}{len(of_format) - read:>9}")
    return 0 if found else 1


def _exports(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        is_export = not any(word in path.name for word in NO_EXPORTS)
        if path.suffix.lower() in SUFFIXES and is_export:
            yield path


def tried(path: Path) -> Tried:
    """Read a file, and say by which reader and what was found or why it was refused."""
    try:
        plates = read_plates(path)
    except PlateError as error:
        reason = " ".join(str(error).replace(f"{path}: ", "").split())
        return Tried(path, _format(path), f"REFUSED: {reason}", is_read=False)
    each = []
    for plate in plates:
        states = plate.wells["state"].value_counts()
        counts = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
        readings = ", ".join(sorted(plate.wells["reading"].astype(str).unique()))
        given = f"; concentrations of {len(plate.concentrations)} wells" * bool(
            plate.concentrations
        )
        each.append(f'"{plate.name}" [{readings}] {counts}{given}')
    return Tried(path, _format(path), "; ".join(each), is_read=True)


def _format(path: Path) -> str:
    """The reader to whose format a file belongs."""
    try:
        source = open_source(path)
    except PlateError:
        return "cannot be opened"
    for reader in READERS:
        try:
            reader.read(source)
        except NotThisFormatError:
            continue
        except PlateError:
            pass
        return reader.NAME
    return "none"


if __name__ == "__main__":
    sys.exit(main())
