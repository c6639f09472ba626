"""FCS files with any channels, keywords and formats, as bytes."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def fcs_bytes(
    events: NDArray[Any],
    names: Sequence[str],
    *,
    version: str = "FCS3.1",
    formats: Sequence[str] | None = None,
    order: str = "<",
    keywords: Mapping[str, str | None] | None = None,
    delimiter: str = "|",
    encoding: str = "utf-8",
    errors: str = "strict",
    header_shift: int = 0,
    end_delimiter: bool = True,
) -> bytes:
    """An FCS file with `events`, a column for each of the channels `names` ($PnN).

    `formats` are numpy formats without byte order ("f4", "u2"; "u3" is a 24-bit integer), one a
    channel; `keywords` replace or add to those written (None takes one away).
    """
    formats = formats or ["f4"] * len(names)
    data = _data(events, formats, order)
    kind = {"f4": "F", "f8": "D"}.get(formats[0], "I")
    written: dict[str, str | None] = {
        "$BYTEORD": "1,2,3,4" if order == "<" else "4,3,2,1",
        "$DATATYPE": kind,
        "$MODE": "L",
        "$NEXTDATA": "0",
        "$PAR": str(len(names)),
        "$TOT": str(len(events)),
    }
    for number, (channel, form) in enumerate(zip(names, formats, strict=True), start=1):
        written |= {
            f"$P{number}N": channel,
            f"$P{number}B": str(8 * int(form[1:])),
            f"$P{number}R": "262144" if kind != "I" else str(2 ** (8 * int(form[1:]))),
            f"$P{number}E": "0,0",
        }
    written |= dict(keywords or {})
    text = _text(written, delimiter, 0, 0, end_delimiter).encode(encoding, errors)
    first = 58 + len(text)
    last = first + len(data) - 1
    text = _text(written, delimiter, first, last, end_delimiter).encode(encoding, errors)
    offsets = (58, 57 + len(text), first + header_shift, last + header_shift, 0, 0)
    header = f"{version}    " + "".join(f"{offset:8d}" for offset in offsets)
    return header.encode() + text + data


def _text(
    keywords: Mapping[str, str | None], delimiter: str, first: int, last: int, end: bool
) -> str:
    places = {"$BEGINDATA": f"{first:010d}", "$ENDDATA": f"{last:010d}"}
    given = {key: value for key, value in (places | dict(keywords)).items() if value is not None}
    doubled = [word.replace(delimiter, 2 * delimiter) for pair in given.items() for word in pair]
    return delimiter + delimiter.join(doubled) + (delimiter if end else "")


def _data(events: NDArray[Any], formats: Sequence[str], order: str) -> bytes:
    columns = []
    for column, form in zip(np.asarray(events).T, formats, strict=True):
        if form == "u3":
            wide = column.astype(f"{order}u4").view("u1").reshape(-1, 4)
            columns.append(wide[:, :3] if order == "<" else wide[:, 1:])
        else:
            narrow = np.ascontiguousarray(column.astype(order + form))
            columns.append(narrow.view("u1").reshape(len(column), int(form[1:])))
    return np.ascontiguousarray(np.hstack(columns)).tobytes()
