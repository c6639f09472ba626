"""Each flagged sample left out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from coculture.exchange.alternatives import Alternative
from coculture.exchange.flags import Flag
from coculture.flow.files import FlowFile

CHOICE = "file_left_out"


def others(
    files: Iterable[FlowFile], flags: Mapping[tuple[int, str], Sequence[Flag]]
) -> Iterator[tuple[Alternative, FlowFile, str]]:
    """Each sample with a caution of its own, and the population that the caution is about.

    Parameters
    ----------
    flags
        (row of a file, population) -> its flags.
    """
    for file in files:
        if file.role != "sample" or not file.culture or file.exclude:
            continue
        for (row, population), raised in flags.items():
            if row == file.row and any(_is_own(flag, file) for flag in raised):
                yield Alternative(f"{file.fcs} left out", CHOICE), file, population


def _is_own(flag: Flag, file: FlowFile) -> bool:
    """Whether it is doubt about this file, and not about a gate or the whole experiment."""
    return flag.severity != "note" and flag.concerns.fcs == file.fcs
