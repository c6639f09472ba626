"""ISAC's compliance set for Gating-ML 2.0: every gate keeps its events, to the event."""

from pathlib import Path

import numpy as np

from coculture.flow.fcs.header import read_header
from coculture.flow.interchange.gating_ml import reading
from coculture.flow.interchange.gating_ml.applying import FileEvents


def test_every_gate_of_the_set_keeps_the_events_of_its_truth(reference: Path) -> None:
    folder = reference / "gatingml"
    header = read_header(reference / "fcs/gatingml_ref_data1.fcs")
    tested = set()
    for path in sorted((folder / "gml").glob("*.xml")):
        document = reading.read(path)
        events = FileEvents(header, document)
        for name in document.gates:
            truth = folder / "truth" / f"Results_{name}.txt"
            if not truth.exists():
                continue
            expected = np.loadtxt(truth) == 1
            kept = events.mask(name)
            assert int(np.sum(kept != expected)) == 0, f"{path.name}: {name}"
            tested.add(name)
    stated = {one.stem.removeprefix("Results_") for one in (folder / "truth").glob("*.txt")}
    assert tested == stated
