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
from tests.flow.written_fcs import fcs_bytes

WriteFcs = Callable[..., Path]


@pytest.fixture
def write_fcs(tmp_path: Path) -> WriteFcs:
    """Write a file: `write_fcs(events, names, ...)` gives its path; the rest is of `fcs_bytes`."""

    def write(
        events: NDArray[Any], names: Sequence[str], *, name: str = "tube.fcs", **more: Any
    ) -> Path:
        path = tmp_path / name
        path.write_bytes(fcs_bytes(events, names, **more))
        return path

    return write


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
