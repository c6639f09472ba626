"""The well of each file as flow.csv has it, compared with the one that the file itself names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from coculture.flow.fcs.header import FcsHeader
from coculture.flow.fcs.wells import TUBE_KEYWORDS, WELL_KEYWORDS, plain_well
from coculture.flow.files import FlowFile

_FEWEST_AGREEING = 2
"""A name of a tube counts as its well if so many of an experiment's names, and at least half, are
the wells of flow.csv: else `D1` may be donor 1."""
FEWEST_MOVED = 3
"""From so many files on, and if they are more than half, a whole plate is taken to be moved."""


@dataclass(frozen=True)
class OtherWell:
    """A file that names another well than flow.csv.

    Attributes
    ----------
    file
        Its row of flow.csv.
    own
        The well that the file names, and the keyword that does.
    keyword
        Keyword of the file.
    there
        The file that flow.csv has in that well of the plate; None if it has none.
    is_swap
        Whether that file names the well in which flow.csv has this one.
    """

    file: FlowFile
    own: str
    keyword: str
    there: FlowFile | None = None
    is_swap: bool = False

    @property
    def sentence(self) -> str:
        """What was seen, what it may be, and what to do; `there` is named by its file."""
        said = f"flow.csv has {self.file.fcs} in well {self.file.well}, but the file itself says "
        said += f"{self.own} ({self.keyword})"
        if self.is_swap and self.there is not None:
            said += f", and {self.there.fcs} the other way round: the two may be swapped"
        elif self.there is not None:
            said += f", where flow.csv has {self.there.fcs}"
        return (
            f"{said}. Its percent may be that of another culture. Compare with the plate map and "
            "correct flow.csv, or leave the well empty if the file's own is wrong."
        )


def other_wells(files: Sequence[tuple[FlowFile, FcsHeader]]) -> list[OtherWell]:
    """The files of one experiment that name another well than flow.csv, in their order."""
    own = _own_wells(files)
    in_table: dict[tuple[str, str], FlowFile] = {}
    for file, _ in files:
        if file.well:
            in_table.setdefault((file.plate, plain_well(file.well)), file)
    found = []
    for file, _ in files:
        well, keyword = own.get(file.row, ("", ""))
        mine = plain_well(file.well)
        if not (well and mine) or well == mine:
            continue
        there = in_table.get((file.plate, well))
        is_swap = there is not None and own.get(there.row, ("", ""))[0] == mine
        found.append(OtherWell(file, well, keyword, there, is_swap))
    return found


def may_differ(file: FlowFile, header: FcsHeader) -> bool:
    """Whether any keyword of the file names another well than flow.csv: quick, for one file."""
    mine = plain_well(file.well)
    named = (plain_well(header.keywords.get(one, "")) for one in (*WELL_KEYWORDS, *TUBE_KEYWORDS))
    return bool(mine) and any(well not in ("", mine) for well in named)


def is_whole_plate(found: Sequence[OtherWell], files: Sequence[FlowFile]) -> bool:
    """Whether so many files differ that the plate or the table is moved as a whole."""
    with_well = sum(bool(file.well) for file in files)
    return len(found) >= FEWEST_MOVED and 2 * len(found) > with_well


def whole_plate(found: Sequence[OtherWell]) -> str:
    """The sentence about a plate or table that is moved as a whole."""
    first = found[0]
    return (
        f"{len(found)} files name another well than flow.csv, the first {first.file.fcs} "
        f"({first.keyword} {first.own}, in flow.csv {first.file.well}). The plate may have been "
        "turned or the table shifted; then every percent is that of another culture. Compare with "
        "the plate map, and correct the column well or leave it empty."
    )


def _own_wells(files: Sequence[tuple[FlowFile, FcsHeader]]) -> Mapping[int, tuple[str, str]]:
    """Row -> the well that the file names, and the keyword that does."""
    found = {file.row: _named(header, WELL_KEYWORDS) for file, header in files}
    for keyword in TUBE_KEYWORDS:
        named = {file.row: _named(header, (keyword,)) for file, header in files}
        with_both = [file for file, _ in files if file.well and named[file.row][0]]
        agreeing = sum(named[file.row][0] == plain_well(file.well) for file in with_both)
        if agreeing >= _FEWEST_AGREEING and 2 * agreeing >= len(with_both):
            found = {row: one if one[0] else named[row] for row, one in found.items()}
    return found


def _named(header: FcsHeader, keywords: Sequence[str]) -> tuple[str, str]:
    return next(_wells(header, keywords), ("", ""))


def _wells(header: FcsHeader, keywords: Sequence[str]) -> Iterator[tuple[str, str]]:
    for keyword in keywords:
        well = plain_well(header.keywords.get(keyword, ""))
        if well:
            yield well, keyword
