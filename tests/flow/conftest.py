"""FCS files, settings and the small simulated study that the tests of the flow stage share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import ArrayLike, NDArray

from coculture.flow import FlowSettings
from coculture.flow.files import FlowFile
from coculture.flow.tubes import Tube, open_tubes
from coculture.study.schema import with_defaults

WriteFcs = Callable[..., Path]


@pytest.fixture
def write_fcs(tmp_path: Path) -> WriteFcs:
    """Write a file: `write_fcs(events, names, ...)` gives its path.

    `formats` are numpy formats without byte order ("f4", "u2"; "u3" is a 24-bit integer), one a
    channel; `keywords` replace or add to those written (None takes one away).
    """

    def write(
        events: NDArray[Any],
        names: Sequence[str],
        *,
        name: str = "tube.fcs",
        version: str = "FCS3.1",
        formats: Sequence[str] | None = None,
        order: str = "<",
        keywords: Mapping[str, str | None] | None = None,
        delimiter: str = "|",
        encoding: str = "utf-8",
        header_shift: int = 0,
        end_delimiter: bool = True,
    ) -> Path:
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
        text = _text(written, delimiter, 0, 0, end_delimiter).encode(encoding)
        first = 58 + len(text)
        last = first + len(data) - 1
        text = _text(written, delimiter, first, last, end_delimiter).encode(encoding)
        offsets = (58, 57 + len(text), first + header_shift, last + header_shift, 0, 0)
        header = f"{version}    " + "".join(f"{offset:8d}" for offset in offsets)
        path = tmp_path / name
        path.write_bytes(header.encode() + text + data)
        return path

    return write


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


MYELOMA = {"name": "myeloma", "markers": [{"channel": "GFP", "positive": True}]}


@pytest.fixture
def myeloma_settings(flow_settings: Callable[..., FlowSettings]) -> Callable[..., FlowSettings]:
    """Settings for the small study: its myeloma cells, and further keys of the flow section."""

    def settings(**section: Any) -> FlowSettings:
        return flow_settings(**({"populations": [MYELOMA]} | section))

    return settings


@pytest.fixture
def study_files(small_study_once: Path) -> pd.DataFrame:
    """flow.csv of the small study, with the paths of its files."""
    table = pd.read_csv(small_study_once / "flow.csv", dtype=str, keep_default_na=False)
    table["path"] = [str(small_study_once / fcs) for fcs in table["fcs"]]
    return table


@pytest.fixture
def files(study_files: pd.DataFrame) -> pd.DataFrame:
    """The rows of the first experiment of the small study."""
    return study_files[study_files["experiment"] == "E1"].copy()


@pytest.fixture
def flow_settings(root: Path) -> Callable[..., FlowSettings]:
    """Settings from a flow section with the schema's defaults filled in."""
    schema = root / "src/coculture/study/schemas/flow.schema.yaml"

    def settings(**section: Any) -> FlowSettings:
        return FlowSettings.from_config(with_defaults(section, schema))

    return settings


BARE_CHANNELS = dict.fromkeys(["forward_scatter_height", "side_scatter_area", "time"])
"""Roles of the flow section's defaults that files of few channels do not have."""


@pytest.fixture
def open_tube(
    write_fcs: WriteFcs, flow_settings: Callable[..., FlowSettings]
) -> Callable[..., Tube]:
    """Write one file and open it: `open_tube({"FSC-A": [...], ...}, role=...)`.

    FSC-A is forward scatter; Annexin V is FL1-A, the viability dye FL2-A and the marker GFP FL3-A,
    each where the file has it. Further arguments replace fields of the tube.
    """

    def opened(
        events: Mapping[str, ArrayLike],
        *,
        fcs: str = "tube.fcs",
        keywords: Mapping[str, str | None] | None = None,
        **fields: Any,
    ) -> Tube:
        names = list(events)
        columns = np.column_stack([np.asarray(events[name], dtype=np.float64) for name in names])
        path = write_fcs(columns, names, name=fcs, keywords=keywords)
        roles = {"annexin": "FL1-A", "viability_dye": "FL2-A"}
        given = {role: name if name in names else None for role, name in roles.items()}
        markers = [{"channel": "FL3-A", "positive": True}] if "FL3-A" in names else []
        settings = flow_settings(
            channels=BARE_CHANNELS | given, populations=[{"name": "cells", "markers": markers}]
        )
        (tube,) = open_tubes([FlowFile(row=0, fcs=fcs, path=str(path), role="sample")], settings)
        return replace(tube, **fields)

    return opened
