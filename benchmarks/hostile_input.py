"""What no table, export or FCS file holds is refused with little memory and time.

    python -m benchmarks.hostile_input [--without-time]

Every input claims or holds more than any of its kind. Each has to be refused by an error of the
product; all of them within 500 MB of memory, and each within 5 seconds of processor time. Prints a
line for each input and ends with 1 if one was not. `--without-time` leaves the seconds out, which
depend on the machine (a test calls it so).
"""

import argparse
import os
import resource
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from coculture.elisa import read_plates
from coculture.exchange.problems import CocultureError
from coculture.flow.fcs.header import read_header
from coculture.study import load

MOST_MB, MOST_SECONDS = 500, 5.0


@dataclass(frozen=True)
class Input:
    """A file and what reads it."""

    name: str
    path: Path
    read: Callable[[Path], object]


def inputs(folder: Path) -> list[Input]:
    """Hostile inputs, written into `folder`."""

    def written(name: str, content: bytes) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    pipe = folder / "pipe"
    os.mkfifo(pipe)
    device = Path("/dev/zero")
    many = written("row", b"1," * 6_000_000 + b"\n")
    columns = written("columns", b",".join(b"c%d" % i for i in range(1_000_000)) + b"\n1\n")
    packed = folder / "packed.xlsx"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 300_000_000)
    exports = {
        "6 million cells in a row": many,
        "a million tabs": written("tabs", b"\t" * 1_000_000 + b"\n0.1\n"),
        "2.9 million cells": written("cells", (b"0.1\t" * 12 + b"\n") * 240_000),
        "a million lines": written("lines", b"x\n" * 1_000_000),
        "a field of 140,000 signs": written("field", b"well,od\nA1," + b"1" * 140_000),
        "60 MB": written("large", b"x" * 60_000_000),
        "a workbook of 300 MB, packed": packed,
        "a pipe": pipe,
        "a device": device,
    }
    tables = {
        "6 million cells in a row": many,
        "a million columns": columns,
        "a million rows": written("rows", b"culture,cells\n" + b"a,b\n" * 1_000_000),
        "a workbook of 300 MB, packed": packed,
        "a pipe": pipe,
        "a device": device,
    }
    configs = {
        "aliases of aliases": written("aliases", _aliases()),
        "a list in a list in a list": written("nested", b"[" * 100_000),
        "40 MB": written("keys", b"a: 1\n" * 8_000_000),
        "a pipe": pipe,
        "a device": device,
    }
    fcs = {
        "40 MB of TEXT": written("text.fcs", _header(40_000_000) + b"/$A/" + b"x/y/" * 10_000_000),
        "5,000 equal names, no data": written("names.fcs", _equal_names(5_000)),
        "a billion parameters": written("par.fcs", _equal_names(5_000, claimed=10**9)),
    }
    return [
        *(Input(f"export: {name}", path, read_plates) for name, path in exports.items()),
        *(Input(f"table: {name}", path, _as_table) for name, path in tables.items()),
        *(Input(f"config: {name}", path, load) for name, path in configs.items()),
        *(Input(f"FCS file: {name}", path, read_header) for name, path in fcs.items()),
    ]


def _as_table(path: Path) -> object:
    """The study whose table of cultures is at `path`."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.yaml"
        config.write_text(
            f"study: s\ntables: {{cultures: {path}}}\n"
            "factors: [{name: D, column: dose, unit: nM}]\ncells: {reference: b}\n"
        )
        return load(config)


def _aliases() -> bytes:
    """Nine lists, each of nine times the one before: a billion texts."""
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]")
    return "\n".join(lines).encode()


def _header(text_bytes: int) -> bytes:
    return b"FCS3.0    %8d%8d%8d%8d%8d%8d" % (58, 57 + text_bytes, 0, 0, 0, 0)


def _equal_names(count: int, claimed: int = 0) -> bytes:
    """An FCS file whose parameters all have one name, and which has no data."""
    parameters = b"".join(
        b"/$P%dN/FSC/$P%dB/32/$P%dR/1024" % (i, i, i) for i in range(1, count + 1)
    )
    text = b"/$BYTEORD/1,2,3,4/$DATATYPE/F/$MODE/L/$TOT/9/$PAR/%d" % (claimed or count)
    return _header(len(text + parameters) + 1) + text + parameters + b"/"


def faults(*, with_time: bool) -> list[str]:
    """What was not refused, or not soon enough; prints a line for each input."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for one in inputs(Path(folder)):
            began = time.process_time()
            try:
                one.read(one.path)
                outcome = "NOT REFUSED"
            except CocultureError as error:
                outcome = str(error).splitlines()[-1].strip()
            seconds = time.process_time() - began
            print(f"{one.name}: {seconds:.1f} s: {outcome[:200]}")
            if outcome == "NOT REFUSED" or (with_time and seconds > MOST_SECONDS):
                found.append(one.name)
    # That of the process: what is freed after an input is used again for the next.
    peak_mb = _peak_mb()
    print(f"Peak memory of all: {peak_mb:.0f} MB")
    return [*found, *(["memory"] if peak_mb > MOST_MB else [])]


def _peak_mb() -> float:
    """The most memory of this process. Linux hands ru_maxrss on from what started the process."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    (line,) = (one for one in status.read_text().splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e6


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without-time", action="store_true")
    failing = faults(with_time=not parser.parse_args().without_time)
    sys.exit(f"Not within the limits: {', '.join(failing)}" if failing else 0)
