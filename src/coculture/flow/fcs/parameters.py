"""The parameters ($Pn...) of an FCS file: how they are stored, and their linear scale."""

import math
import re
from dataclasses import dataclass
from pathlib import Path

from coculture.flow.fcs.text import FcsError, finite_number, whole_number

LARGEST_OF_SHARES = 16.0
"""$PnR of floating-point values that are shares of a range, from 0 to 1 or a few: no detector has
so few steps."""
_NAME_OR_BITS = re.compile(r"\$P([0-9]{1,9})[NB]")
"""The keywords that every parameter has."""


@dataclass(frozen=True)
class FcsChannel:
    """One parameter ($Pn...) of an FCS file."""

    name: str
    """$PnN, made unique within the file."""
    label: str
    """$PnS, empty if the file gives none."""
    data_type: str
    """I (unsigned integer), F (float) or D (double)."""
    bits: int
    """Bits of one value ($PnB)."""
    bytes: int
    """Bytes of one value in the file: those of a word with room for its bits."""
    range: float
    """$PnR, the number of values that the channel can have; infinite if not given."""
    decades: float
    """Decades of a logarithmic amplifier ($PnE, first number); 0 for a linear one."""
    log_minimum: float
    """Linear value of a stored 0, for a logarithmic amplifier ($PnE, second number)."""
    scale: float
    """Linear amplifiers: stored values are multiplied by this (1/$PnG; $TIMESTEP for time)."""

    def linear(self, stored: float) -> float:
        """The linear value of a stored value (FCS 3.1, sections on $PnE and $PnG)."""
        if self.decades > 0:
            return float(10 ** (self.decades * stored / self.range) * self.log_minimum)
        return stored * self.scale

    @property
    def maximum(self) -> float:
        """The largest linear value that the channel can have: events there are saturated.

        Of whole numbers and their like it is one below the range; values from 0 to 1 reach it.
        """
        is_share = self.data_type in "FD" and self.range <= LARGEST_OF_SHARES
        return self.linear(self.range if is_share else self.range - 1)


def channels_of(
    path: Path, version: str, keywords: dict[str, str]
) -> tuple[tuple[FcsChannel, ...], list[str]]:
    """The parameters that TEXT describes, and notes on what was unusual about them.

    Raises
    ------
    FcsError
        If the file is not in list mode, or its parameters cannot be read as described.
    """
    mode = keywords.get("$MODE", "L").upper() or "L"
    if mode != "L":
        raise FcsError(path, f"has histogram data ($MODE {mode}); only list mode (L) has events.")
    count = whole_number(path, keywords, "$PAR", 0)
    if count < 1:
        raise FcsError(path, f"has {count} parameters according to $PAR; at least 1 is needed.")
    beyond = [
        keyword
        for keyword in keywords
        if (match := _NAME_OR_BITS.fullmatch(keyword)) and int(match[1]) > count
    ]
    if beyond:
        raise FcsError(
            path, f"has {count} parameters according to $PAR but describes more: {beyond[0]}."
        )
    written_names = []
    for number in range(1, count + 1):
        name = keywords.get(f"$P{number}N", "")
        if f"$P{number}B" not in keywords:
            raise FcsError(
                path,
                f"has {count} parameters according to $PAR but lacks $P{number}B, "
                f"the size of parameter {number}.",
            )
        written_names.append(name or f"P{number}")
    names, notes = _unique_names(written_names)
    channels = []
    for number, name in enumerate(names, start=1):
        channel, note = _channel(path, version, keywords, number, name)
        channels.append(channel)
        notes += note
    return tuple(channels), notes


def _unique_names(names: list[str]) -> tuple[list[str], list[str]]:
    unique: dict[str, None] = {}
    written, copies = set(names), dict.fromkeys(names, 1)
    notes = []
    for name in names:
        new = name
        while new in unique or (new != name and new in written):
            copies[name] += 1
            new = f"{name}_{copies[name]}"
        if new != name:
            notes.append(
                f"The channel name {name} occurs more than once; the later one was renamed {new}."
            )
        unique[new] = None
    return list(unique), notes


def _channel(
    path: Path, version: str, keywords: dict[str, str], number: int, name: str
) -> tuple[FcsChannel, list[str]]:
    def keyword(letter: str) -> str:
        return keywords.get(f"$P{number}{letter}", "")

    data_type = (keyword("DATATYPE") or keywords.get("$DATATYPE", "")).upper()
    if data_type == "A":
        raise FcsError(
            path, "stores its events as ASCII text ($DATATYPE A), which is not supported."
        )
    if data_type not in {"I", "F", "D"}:
        raise FcsError(path, f"has $DATATYPE {data_type!r}; expected I, F or D.")
    bits = whole_number(path, {"$PnB": keyword("B").replace("*", "")}, "$PnB", 0)
    if data_type in "FD":
        bits = {"F": 32, "D": 64}[data_type]
    elif not 1 <= bits <= 64:
        raise FcsError(
            path,
            f"stores parameter {number} ({name}) in {keyword('B')!r} bits ($P{number}B), "
            "which is not a whole number of bytes up to 8.",
        )
    written_range = keyword("R")
    top = finite_number(path, f"$P{number}R", written_range) if written_range else math.inf
    top = top if top > 0 else math.inf
    decades, log_minimum = _amplifier(path, number, keyword("E"))
    notes = []
    if keyword("DATATYPE") and version != "FCS3.2":
        notes.append(
            f"$P{number}DATATYPE of {name} was used, although {version} does not define it."
        )
    if decades > 0 and data_type == "I" and not math.isfinite(top):
        raise FcsError(path, f"has a logarithmic parameter {number} ({name}) without $P{number}R.")
    scale = 1.0
    gain = finite_number(path, f"$P{number}G", keyword("G")) if keyword("G") else 1.0
    if gain < 0:
        raise FcsError(
            path, f"has $P{number}G {keyword('G')!r}: the gain of {name} cannot be negative."
        )
    if name.casefold() == "time":
        scale, time_notes = _time_step(path, keywords.get("$TIMESTEP", ""))
        notes += time_notes
    elif gain not in (0.0, 1.0) and decades > 0 and data_type == "I":
        notes.append(f"$P{number}G of {name} was ignored, because its amplifier is logarithmic.")
    elif gain != 0.0:
        scale = 1 / gain
    return (
        FcsChannel(
            name=name,
            label=keyword("S"),
            data_type=data_type,
            bits=bits,
            bytes=_word_bytes(bits),
            range=top,
            decades=decades,
            log_minimum=log_minimum,
            scale=scale,
        ),
        notes,
    )


def _word_bytes(bits: int) -> int:
    """Bytes of the word that a value lies in: whole bytes as they are, else 1, 2, 4 or 8."""
    if bits % 8 == 0:
        return bits // 8
    return next(size for size in (1, 2, 4, 8) if 8 * size >= bits)


def _time_step(path: Path, written: str) -> tuple[float, list[str]]:
    """Seconds per unit of time ($TIMESTEP), and notes; 1 if it is not given, 0 or no number."""
    step = _number_in(written)
    if step is None:
        return 1.0, [f"$TIMESTEP {written!r} is not a number; time is in the file's own unit."]
    if step < 0:
        raise FcsError(path, f"has $TIMESTEP {written!r}; it cannot be negative.")
    plain = not written or _is_number(written)
    return step or 1.0, [] if plain else [f"$TIMESTEP {written!r} was read as {step:g} s."]


def _number_in(written: str) -> float | None:
    """The number that is written, also with a decimal comma or seconds behind it; 0 for nothing."""
    if not written:
        return 0.0
    text = re.sub(r"\s*(s|sec|secs|seconds?)\.?$", "", written, flags=re.IGNORECASE)
    text = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
    return float(text) if _is_number(text) else None


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _amplifier(path: Path, number: int, written: str) -> tuple[float, float]:
    """Decades and minimum of $PnE. A minimum of 0 is read as 1 (FCS 3.1, section on $PnE).

    A linear amplifier is written as `0,0`; an empty value or a single 0 also means linear.
    """
    if not written:
        return 0.0, 0.0
    parts = written.split(",")
    if len(parts) == 1 and finite_number(path, f"$P{number}E", written) == 0:
        return 0.0, 0.0
    if len(parts) != 2:
        raise FcsError(path, f"has $P{number}E {written!r}; expected two numbers.")
    decades, minimum = (finite_number(path, f"$P{number}E", part) for part in parts)
    if decades < 0 or (decades > 0 and minimum < 0):
        raise FcsError(path, f"has $P{number}E {written!r}; neither number can be negative.")
    return (decades, minimum or 1.0) if decades > 0 else (0.0, 0.0)
