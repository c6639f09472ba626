"""FCS files of the base study written again as odd instruments and exports write them.

Each function rewrites the file at a path, or a study's table. What it holds stays the same.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from coculture.flow import read_fcs

Rewrite = Callable[[Path], None]
_OWN = ("$BYTEORD", "$DATATYPE", "$MODE", "$NEXTDATA", "$PAR", "$TOT")
_PLACES = ("$BEGINDATA", "$ENDDATA", "$BEGINSTEXT", "$ENDSTEXT")
_DECADES, _SMALLEST = 4, 26.2
"""A logarithmic amplifier of four decades, up to the largest value of the study."""


def encoded(
    events: pd.DataFrame,
    keywords: Mapping[str, str],
    *,
    version: str = "FCS3.1",
    words: str = "<f4",
    supplement: str = "",
    header_shift: int = 0,
    next_data: bool = False,
) -> bytes:
    """An FCS data set: little-endian, `words` a numpy type; `keywords` over what that implies.

    `supplement` is the whole supplemental TEXT; with `next_data`, $NEXTDATA leads to its end.
    """
    data = np.ascontiguousarray(events.to_numpy()).astype(words).tobytes()
    bits = 8 * np.dtype(words).itemsize
    text: dict[str, str] = {
        "$BYTEORD": "1,2,3,4",
        "$DATATYPE": "F" if "f" in words else "I",
        "$MODE": "L",
        "$PAR": str(events.shape[1]),
        "$TOT": str(len(events)),
    }
    for number, name in enumerate(events.columns, start=1):
        text |= {f"$P{number}N": str(name), f"$P{number}B": str(bits), f"$P{number}E": "0,0"}
    text |= keywords

    def written(places: Mapping[str, int]) -> bytes:
        fixed = {key: f"{value:010d}" for key, value in places.items()}
        pairs = [word for pair in (text | fixed).items() for word in pair]
        return ("|" + "|".join(pairs) + "|").encode()

    first = 58 + len(written(dict.fromkeys((*_PLACES, "$NEXTDATA"), 0)))
    last = first + len(data) - 1
    more = {"$BEGINSTEXT": last + 1, "$ENDSTEXT": last + len(supplement)} if supplement else {}
    size = last + 1 + len(supplement) + max(0, header_shift)
    places = dict.fromkeys((*_PLACES, "$NEXTDATA"), 0) | {"$BEGINDATA": first, "$ENDDATA": last}
    body = written(places | more | {"$NEXTDATA": size if next_data else 0})
    offsets = (58, first - 1, first + header_shift, last + header_shift, 0, 0)
    head = f"{version}    " + "".join(f"{offset:8d}" for offset in offsets)
    return head.encode() + body + data + supplement.encode() + bytes(max(0, header_shift))


def contents(path: Path) -> tuple[pd.DataFrame, dict[str, str]]:
    """Stored events (time in ticks) and keywords of a file."""
    sample = read_fcs(path)
    keywords = {key: value for key, value in sample.keywords.items() if key not in _OWN + _PLACES}
    events = sample.events.copy()
    events["Time"] /= float(keywords["$TIMESTEP"])
    return events, {key: value for key, value in keywords.items() if value}


def supplement(path: Path) -> None:
    """Matrix and labels lie in a supplemental TEXT that does not begin with its delimiter."""
    events, keywords = contents(path)
    moved = {
        key: value
        for key, value in keywords.items()
        if "SPILLOVER" in key or (key.startswith("$P") and key.endswith("S"))
    }
    kept = {key: value for key, value in keywords.items() if key not in moved}
    text = "".join(f"{key}|{value}|" for key, value in moved.items())
    path.write_bytes(encoded(events, kept, supplement=text))


def shifted(path: Path) -> None:
    """HEADER is four bytes, a whole channel, off; only at one place does Time grow steadily."""
    events, keywords = contents(path)
    path.write_bytes(encoded(events, keywords, header_shift=4))


def stale_exponents(path: Path) -> None:
    """Floating-point values with the $PnE of the integers that they were made from."""
    events, keywords = contents(path)
    stale = {f"$P{number}E": "4,0" for number in (4, 5, 6)}
    path.write_bytes(encoded(events, keywords | stale))


def ten_bits(path: Path) -> None:
    """FCS 2.0: ten bits in words of 16, stains on logarithmic amplifiers."""
    events, keywords = contents(path)
    stored = events / 256.0
    fields: dict[str, str] = {}
    for number, name in enumerate(events.columns, start=1):
        fields |= {f"$P{number}B": "10", f"$P{number}R": "1024"}
        if number in (4, 5, 6):
            fields |= {f"$P{number}E": f"{_DECADES},{_SMALLEST}"}
            above = np.maximum(events[name], _SMALLEST) / _SMALLEST
            stored[name] = np.log10(above) * 1024 / _DECADES
        elif name == "Time":
            stored[name] = events[name] * 1000 / max(1.0, events[name].max())
    stored = stored.clip(0, 1023).round()
    path.write_bytes(encoded(stored, keywords | fields, version="FCS2.0", words="<u2"))


def one_file(files: pd.DataFrame, chosen: bool) -> pd.DataFrame:
    """All samples of each experiment in one file; `chosen` fills in the column data_set."""
    changed = files.assign(data_set=np.nan)
    for experiment, rows in files[files["role"] == "sample"].groupby("experiment"):
        plate = Path(str(rows["path"].iloc[0])).parent / "plate.fcs"
        parts = []
        for number, (path, well) in enumerate(zip(rows["path"], rows["well"], strict=True), 1):
            events, keywords = contents(Path(str(path)))
            parts.append(
                encoded(events, keywords | {"$WELLID": str(well)}, next_data=number < len(rows))
            )
        plate.write_bytes(b"".join(parts))
        changed.loc[rows.index, ["path", "fcs"]] = [str(plate), f"{experiment}/plate.fcs"]
        if chosen:
            changed.loc[rows.index, "data_set"] = np.arange(1.0, len(rows) + 1)
    return changed
