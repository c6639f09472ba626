"""What a cytometer and a plate reader recorded of a small simulated study, made once."""

import csv
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from coculture import simulate
from coculture.flow.fcs.sample import read_fcs
from coculture.simulate import Arm
from coculture.simulate.events import CHANNELS
from tests.flow.written_fcs import fcs_bytes

UNTREATED, DRUG, SILENCED = Arm("control"), Arm("control", dex=True), Arm("control", il1ra=True)
"""The third arm has cells with another level of a factor that has names."""

SMALLEST = replace(
    simulate.EXAMPLE,
    design=replace(
        simulate.EXAMPLE.design, experiments=2, wells=1, arms=(UNTREATED, DRUG, SILENCED)
    ),
    cytometer=replace(simulate.EXAMPLE.cytometer, events=500, events_control=300),
)

Row = dict[str, str]


@dataclass(frozen=True)
class Recordings:
    """The tables as the simulator wrote them, and what their files hold.

    Attributes
    ----------
    events
        The events of each FCS file, with the time in seconds, by its path in flow.csv.
    exports
        The text of each plate export, by its path in elisa.csv.
    """

    cultures: list[Row]
    flow: list[Row]
    elisa: list[Row]
    events: Mapping[str, NDArray[Any]]
    exports: Mapping[str, str]


@cache
def recordings() -> Recordings:
    """Simulate the study; the same in every session."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "study"
        simulate.study(folder, 7, SMALLEST)
        cultures, flow, elisa = (
            list(csv.DictReader((folder / f"{table}.csv").read_text("utf-8").splitlines()))
            for table in ("cultures", "flow", "elisa")
        )
        exports = list(dict.fromkeys(row["file"] for row in elisa))
        return Recordings(
            cultures,
            flow,
            elisa,
            {row["fcs"]: read_fcs(folder / row["fcs"]).events.to_numpy() for row in flow},
            {name: (folder / name).read_bytes().decode("utf-16") for name in exports},
        )


def fcs_file(
    events: NDArray[Any],
    names: Mapping[str, str],
    labels: Mapping[str, str],
    cytometer: str,
    day: str,
) -> bytes:
    """An FCS file.

    Parameters
    ----------
    names, labels
        What a channel of the simulator is called ($PnN), and its label ($PnS).
    """
    keywords = {
        f"$P{number}S": labels[channel]
        for number, channel in enumerate(CHANNELS, start=1)
        if labels.get(channel)
    }
    keywords |= {"$CYT": cytometer, "$DATE": day, "$TIMESTEP": "1"}
    return fcs_bytes(
        events,
        [names.get(channel, channel) for channel in CHANNELS],
        keywords=keywords,
        delimiter="\x0c",
        errors="surrogatepass",
    )
