"""HEADER and TEXT of an FCS file: everything except its events.

Standards: FCS 2.0 (Dean et al. 1990), 3.0 (Seamer et al. 1997), 3.1 (Spidlen et al. 2010) and
3.2 (Spidlen et al. 2021); list mode only. Where a file is unclear, either a rule given here is
applied and noted in `FcsHeader.notes`, or the file is refused.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from coculture.exchange.unicode_forms import composed
from coculture.flow.fcs.contradictions import (
    check_padded_words,
    linear_floats,
    packed,
    place_of_data,
)
from coculture.flow.fcs.parameters import FcsChannel, channels_of
from coculture.flow.fcs.text import FcsError, parse_text, whole_number

VERSIONS = ("FCS2.0", "FCS3.0", "FCS3.1", "FCS3.2")
HEADER_BYTES = 58
MOST_TEXT_BYTES = 10_000_000
"""A channel takes about 200 bytes of TEXT, so this is room for any cytometer."""


@dataclass(frozen=True, kw_only=True)
class FcsDescription:
    """What is known of an FCS file before and after its events are read."""

    path: Path
    keywords: dict[str, str]
    """Keywords in capital letters (with their `$`), and their values."""
    notes: tuple[str, ...]
    """What was unusual about the file and how it was read, one sentence each."""


@dataclass(frozen=True, kw_only=True)
class FcsHeader(FcsDescription):
    """Everything of an FCS file except its events."""

    version: str
    channels: tuple[FcsChannel, ...]
    byte_order: str
    """`<` (little-endian) or `>` (big-endian)."""
    events: int
    data_start: int
    """Byte at which the data begin, from the start of the file."""
    has_following: bool = False
    """Whether another data set follows in the file."""

    @property
    def event_bytes(self) -> int:
        """Bytes of one event."""
        return sum(channel.bytes for channel in self.channels)

    @property
    def names(self) -> list[str]:
        """Names ($PnN) of the channels, in the order of the file."""
        return [channel.name for channel in self.channels]

    @property
    def labels(self) -> dict[str, str]:
        """Name ($PnN) of a channel -> its label ($PnS), empty if the file gives none."""
        return {channel.name: channel.label for channel in self.channels}


def read_header(path: str | Path, data_set: int = 1) -> FcsHeader:
    """Read HEADER and TEXT of an FCS file and check them against the file's size.

    Parameters
    ----------
    path
        The file.
    data_set
        Number of the data set to read, from 1, for a file with several.

    Raises
    ------
    FcsError
        If the file is not FCS 2.0 to 3.2 list-mode data, is cut short, or contradicts itself.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            return _read_data_set(path, file, size, data_set)
    except OSError as error:
        raise FcsError(path, f"cannot be opened ({error.strerror or error}).") from error


def data_sets(path: str | Path) -> tuple[FcsHeader, ...]:
    """The data sets of a file, in their order; a damaged one and those behind it are left out."""
    path = Path(path)
    state = path.stat()
    return _data_sets(path, state.st_size, state.st_mtime_ns)


# Remembered, because each well of a plate in one file asks for them.
@lru_cache(maxsize=8)
def _data_sets(path: Path, size: int, changed: int) -> tuple[FcsHeader, ...]:
    del size, changed
    found: list[FcsHeader] = []
    with suppress(FcsError):
        while not found or found[-1].has_following:
            found.append(read_header(path, len(found) + 1))
    return tuple(found)


@lru_cache(maxsize=8)
def _places_of_sets(path: Path, size: int, changed: int) -> tuple[int, ...]:
    """The byte at which each data set begins."""
    del changed
    places = [0]
    with path.open("rb") as file:
        while True:
            _, offsets = _read_offsets(path, file, places[-1])
            keywords, _ = _read_text(path, file, size, places[-1], offsets)
            following = whole_number(path, keywords, "$NEXTDATA", 0)
            if following <= 0 or not _is_data_set(file, size, places[-1] + following):
                return tuple(places)
            places.append(places[-1] + following)


def _read_data_set(path: Path, file: BinaryIO, size: int, data_set: int) -> FcsHeader:
    base = 0
    if data_set > 1:
        places = _places_of_sets(path, size, path.stat().st_mtime_ns)
        if data_set > len(places):
            raise FcsError(
                path, f"has only {len(places)} data set(s), but data set {data_set} was requested."
            )
        base = places[data_set - 1]
    version, offsets = _read_offsets(path, file, base)
    keywords, notes = _read_text(path, file, size, base, offsets)
    following = whole_number(path, keywords, "$NEXTDATA", 0)
    has_following = following != 0 and _is_data_set(file, size, base + following)
    if has_following and data_set == 1:
        notes.append(f"The file has more than one data set; data set {data_set} was read.")
    channels, channel_notes = channels_of(path, version, keywords)
    byte_order = _byte_order(path, keywords, channels)
    events, starts, data_notes = _locate_data(
        path, keywords, version, offsets, size - base, channels
    )
    start = base + starts[0]
    if len(starts) > 1 and events:
        possible = [base + one for one in starts]
        start, why = place_of_data(path, channels, byte_order, events, possible)
        data_notes.append(f"Of the places of the data that are possible, the one {why} was used.")
    padding_notes = check_padded_words(path, channels, byte_order, events, start)
    channels, linear_notes = linear_floats(path, channels, byte_order, events, start)
    return FcsHeader(
        path=path,
        version=version,
        keywords=keywords,
        channels=channels,
        byte_order=byte_order,
        events=events,
        data_start=start,
        has_following=has_following,
        notes=(*notes, *channel_notes, *data_notes, *padding_notes, *linear_notes),
    )


# HEADER and TEXT -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Offsets:
    """First and last byte of TEXT and DATA according to the HEADER; 0 if it gives none."""

    text_first: int
    text_last: int
    data_first: int
    data_last: int


def _read_offsets(path: Path, file: BinaryIO, base: int) -> tuple[str, _Offsets]:
    file.seek(base)
    header = file.read(HEADER_BYTES)
    if not header:
        raise FcsError(path, "is empty (0 bytes).")
    version = header[:6].decode("latin-1")
    if not version.startswith("FCS"):
        raise FcsError(
            path, f"is not an FCS file: it begins with {version!r}, not with FCS and a version."
        )
    if version not in VERSIONS:
        raise FcsError(
            path,
            f"has the version {version!r}, which is not supported ({', '.join(VERSIONS)} are).",
        )
    if len(header) < HEADER_BYTES:
        raise FcsError(
            path, f"is cut short in its header: it has {len(header)} of {HEADER_BYTES} bytes."
        )
    fields = [
        header[start : start + 8].decode("latin-1").strip(" \0") for start in range(10, 42, 8)
    ]
    try:
        return version, _Offsets(*(int(field or "0") for field in fields))
    except ValueError:
        raise FcsError(path, f"has a header with offsets that are not numbers: {fields}.") from None


def _is_data_set(file: BinaryIO, size: int, base: int) -> bool:
    if not 0 < base <= size - HEADER_BYTES:
        return False
    file.seek(base)
    return file.read(3) == b"FCS"


def _read_text(
    path: Path, file: BinaryIO, size: int, base: int, offsets: _Offsets
) -> tuple[dict[str, str], list[str]]:
    keywords = _segment(path, file, size, base, offsets.text_first, offsets.text_last, "TEXT")
    if "$PAR" not in keywords:
        raise FcsError(path, "has a TEXT segment without the number of parameters ($PAR).")
    first = whole_number(path, keywords, "$BEGINSTEXT", 0)
    last = whole_number(path, keywords, "$ENDSTEXT", 0)
    notes = []
    if first > 0 and last > first and (first, last) != (offsets.text_first, offsets.text_last):
        delimiter = _bytes(file, base, offsets.text_first, offsets.text_first)[:1]
        supplement = _segment(
            path, file, size, base, first, last, "supplemental TEXT", delimiter.decode("latin-1")
        )
        new = {key: value for key, value in supplement.items() if value and not keywords.get(key)}
        known = keywords | new
        other = [key for key, value in supplement.items() if value and value != known[key]]
        keywords = known
        notes += _supplement_notes(list(new), other)
    return keywords, notes


_MOST_NAMED = 5
"""Keywords that a note names."""


def _supplement_notes(new: Sequence[str], other: Sequence[str]) -> list[str]:
    def named(keywords: Sequence[str]) -> str:
        more = f" and {len(keywords) - _MOST_NAMED} more" * (len(keywords) > _MOST_NAMED)
        return f"{', '.join(keywords[:_MOST_NAMED])}{more}"

    notes = []
    if new:
        notes.append(f"From the supplemental TEXT segment were added: {named(new)}.")
    if other:
        notes.append(
            f"The supplemental TEXT segment has another value of {named(other)}; that of the "
            "first TEXT segment was used."
        )
    return notes


def _segment(
    path: Path,
    file: BinaryIO,
    size: int,
    base: int,
    first: int,
    last: int,
    name: str,
    delimiter: str = "",
) -> dict[str, str]:
    if first < HEADER_BYTES or last <= first:
        raise FcsError(
            path,
            f"has a header that places {name} at bytes {first} to {last}, which is impossible.",
        )
    if base + last > size:
        raise FcsError(
            path,
            f"is cut short in its {name} segment: it should end at byte {base + last}, but the "
            f"file has {size} bytes.",
        )
    if last - first >= MOST_TEXT_BYTES:
        raise FcsError(
            path,
            f"has a header with a {name} segment of {last - first + 1:,} bytes, and "
            f"{MOST_TEXT_BYTES:,} are the most.",
        )
    content = _bytes(file, base, first, last)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    text = composed(text)
    # Some programs do not repeat the delimiter at the beginning of the supplement.
    lacks_delimiter = delimiter and (text[0].isalnum() or text[0] in "$ ")
    return parse_text(delimiter + text.lstrip() if lacks_delimiter else text)


def _bytes(file: BinaryIO, base: int, first: int, last: int) -> bytes:
    file.seek(base + first)
    return file.read(last - first + 1)


def _byte_order(path: Path, keywords: dict[str, str], channels: tuple[FcsChannel, ...]) -> str:
    written = keywords.get("$BYTEORD", "").replace(" ", "")
    numbers = written.split(",")
    ascending = [str(number) for number in range(1, len(numbers) + 1)]
    if written and numbers == ascending:
        return "<"
    if written and numbers == ascending[::-1]:
        return ">"
    if all(channel.bytes == 1 for channel in channels):
        return "<"
    raise FcsError(
        path, f"has the byte order $BYTEORD {written!r}; only 1,2,3,4 and 4,3,2,1 can be read."
    )


# Where the data are ----------------------------------------------------------------------------


def _locate_data(
    path: Path,
    keywords: dict[str, str],
    version: str,
    offsets: _Offsets,
    size: int,
    channels: Sequence[FcsChannel],
) -> tuple[int, list[int], list[str]]:
    """Number of events, possible first bytes of the data, and notes.

    HEADER and TEXT may disagree. A place is accepted if its length is that of $TOT events, or one
    byte more or less, because some programs count the end exclusively.
    """
    event_bytes = sum(channel.bytes for channel in channels)
    padded = [channel for channel in channels if channel.bits < 8 * channel.bytes]
    in_header = (offsets.data_first, offsets.data_last)
    in_text = (
        whole_number(path, keywords, "$BEGINDATA", 0),
        whole_number(path, keywords, "$ENDDATA", 0),
    )
    preferred = [in_header, in_text] if version == "FCS2.0" else [in_text, in_header]
    places = list(dict.fromkeys(place for place in preferred if place[0] > 0))
    total = whole_number(path, keywords, "$TOT", 0)
    has_total = bool(keywords.get("$TOT"))
    if total < 0:
        raise FcsError(
            path, f"has {total:,} events according to $TOT; the number cannot be negative."
        )
    if not places:
        if has_total and total == 0:
            return 0, [0], []
        raise FcsError(path, "does not say where its data begin, neither in HEADER nor in TEXT.")
    if not has_total:
        first, last = places[0]
        total, rest = divmod(min(last, size - 1) - first + 1, event_bytes)
        if rest > 1:
            if padded:
                raise FcsError(path, packed(padded[0]))
            raise FcsError(
                path,
                f"has no $TOT, and its data are not a whole number of events: {rest} bytes are "
                f"left after events of {event_bytes} bytes.",
            )
    expected = total * event_bytes
    fitting = [
        (first, last) for first, last in places if abs(_announced(first, last) - expected) <= 1
    ]
    if not fitting and padded:
        raise FcsError(path, packed(padded[0]))
    if not fitting:
        announced = _announced(*places[0])
        raise FcsError(
            path,
            f"has {total:,} events according to $TOT, which take {expected:,} bytes, but its data "
            f"segment has {announced:,} bytes, which are {announced / event_bytes:,.6g} events.",
        )
    whole = [(first, last) for first, last in fitting if first + expected <= size]
    if not whole:
        first = fitting[0][0]
        there = max(0, size - first)
        raise FcsError(
            path,
            f"is cut short in its data: {there:,} of {expected:,} bytes are there, "
            f"{there // event_bytes:,} of {total:,} events.",
        )
    notes = []
    if len(places) > 1:
        notes.append(
            f"HEADER and TEXT disagree on where the data are (bytes {in_header[0]}-{in_header[1]} "
            f"and {in_text[0]}-{in_text[1]}); the place that fits the number of events was used."
        )
    elif _announced(*whole[0]) != expected:
        notes.append("The end of the data is wrong by one byte; $TOT was used.")
    exact = [first for first, last in whole if _announced(first, last) == expected]
    starts = list(dict.fromkeys(exact or [first for first, _ in whole]))
    text_end = offsets.text_last
    after_text = [start for start in starts if start > text_end or start < offsets.text_first]
    return total, after_text or starts, notes


def _announced(first: int, last: int) -> int:
    return max(0, last - first + 1)
