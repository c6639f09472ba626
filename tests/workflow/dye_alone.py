"""A study of a dye alone: cells in suspension, stained with PI and with nothing else.

Four experiments of untreated and of treated cells, with an unstained tube on each day. The events
are those of `coculture.simulate`, in the channels that such a panel has.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import flowio
import numpy as np

from coculture.simulate import Cells, Cytometer, Particle, events, files

CHANNELS = ("FSC-A", "FSC-H", "SSC-A", "B675-A", "Time")
LABELS = ("", "", "", "PI", "")
KEPT = [events.CHANNELS.index(channel) for channel in CHANNELS]
"""The columns of the simulated events that this panel records."""
EXPERIMENTS = ("E1", "E2", "E3", "E4")
WELLS = 2
EVENTS = 900
DYING = {0: (8.0, 7.0, 10.0, 9.0), 5: (35.0, 31.0, 42.0, 36.0)}
"""Dose in µM -> percent of the cells that take PI up, in each experiment."""
CONFIG = """\
study: dye
title: Bortezomib and the uptake of PI by RPMI-8226 cells
tables: {cultures: cultures.csv, flow: flow.csv}
factors: [{name: BTZ, column: btz_nM, unit: nM}]
cells: {reference: RPMI-8226}
flow:
  channels: {annexin: null, viability_dye: PI, time: Time}
comparison:
  findings:
    - id: "1"
      kind: higher
      endpoint: PI-positive
      statement: Bortezomib kills RPMI-8226 cells
      arm: {cells: RPMI-8226, btz_nM: 5}
      compared_with: [{cells: RPMI-8226}]
"""


@dataclass(frozen=True)
class _File:
    """A tube with its row of flow.csv."""

    experiment: str
    name: str
    role: str
    culture: str
    tube: events.Tube

    @property
    def fcs(self) -> str:
        return f"flow/{self.experiment}-{self.name}.fcs"


def write(folder: Path) -> Path:
    """Write the study into a new folder. Returns its config."""
    cultures = ["culture,experiment,cells,hours,replicate,btz_nM"]
    flow = ["fcs,experiment,role,cells,channel,culture"]
    cells, cytometer = _without_reporter(Cells()), Cytometer()
    for number, experiment in enumerate(EXPERIMENTS):
        cultures += [
            f"{experiment}-{dose}-{well},{experiment},RPMI-8226,24,{well},{dose}"
            for dose in DYING
            for well in range(1, WELLS + 1)
        ]
        for place, one in enumerate(_files(number, experiment)):
            is_sample = one.role == "sample"
            named = "" if is_sample else "RPMI-8226"
            flow.append(f"{one.fcs},{experiment},{one.role},{named},,{one.culture}")
            rng = np.random.default_rng([number, place])
            recorded = events.acquire(one.tube, EVENTS, cells, cytometer, rng)[:, KEPT]
            _write_fcs(folder / one.fcs, recorded, files.day(number), cytometer.maximum)
    (folder / "cultures.csv").write_text("\n".join(cultures) + "\n")
    (folder / "flow.csv").write_text("\n".join(flow) + "\n")
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    return folder / "config.yaml"


def _files(number: int, experiment: str) -> Iterator[_File]:
    dead = {dose: percents[number] for dose, percents in DYING.items()}
    yield _File(experiment, "unstained", "unstained", "", replace(_tube(dead[0]), dye=False))
    for dose, percent in dead.items():
        for well in range(1, WELLS + 1):
            culture = f"{experiment}-{dose}-{well}"
            yield _File(experiment, f"{dose}-{well}", "sample", culture, _tube(percent))


def _tube(percent: float) -> events.Tube:
    mix = {"live": 1 - percent / 100, "necrotic": percent / 100}
    return events.Tube(mix, annexin=False)


def _without_reporter(cells: Cells) -> Cells:
    kinds: dict[str, Particle] = {
        kind: replace(getattr(cells, kind), gfp=0.0) for kind in ("live", "necrotic", "debris")
    }
    return replace(cells, **kinds)  # type: ignore[arg-type]


def _write_fcs(path: Path, recorded: events.Values, day: str, maximum: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    ranges = {f"p{n}r": f"{maximum + 1:.0f}" for n in range(1, len(CHANNELS) + 1)}
    keywords = {"cyt": "Simulated cytometer", "timestep": f"{events.TICK_SECONDS:g}", "date": day}
    with path.open("wb") as handle:
        flowio.create_fcs(handle, recorded.ravel(), CHANNELS, LABELS, keywords | ranges)
