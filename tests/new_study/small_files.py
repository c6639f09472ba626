"""FCS files of a few events, with keywords of choice."""

from pathlib import Path

import flowio
import numpy as np

from coculture.flow.fcs.header import FcsHeader, read_header

CHANNELS = ["FSC-A", "SSC-A", "B530-A", "R660-A", "B675-A", "Time"]
LABELS = ["", "", "GFP", "Annexin V-APC", "7-AAD", ""]


def fcs_file(path: Path, **keywords: str) -> FcsHeader:
    path.parent.mkdir(parents=True, exist_ok=True)
    keys = {key.replace("_", " ") if key.isupper() else key: v for key, v in keywords.items()}
    with path.open("wb") as handle:
        flowio.create_fcs(handle, np.ones(6 * 4), CHANNELS, LABELS, keys)
    return read_header(path)
