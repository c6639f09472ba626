"""The tubes of one experiment's flow cytometry: its cultures and its controls."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pandas as pd

from coculture.simulate import events
from coculture.simulate.events import Tube
from coculture.simulate.parameters import Parameters
from coculture.simulate.plates import WELLS

KILLED_PERCENT = 60.0
"""Apoptosis in the single stains, which need stained cells."""

TREATED_PERCENT = 30.0
"""Apoptosis in the fluorescence-minus-one controls: a mix of treated cultures."""


@dataclass(frozen=True)
class Acquisition:
    """A tube, how many events are recorded of it, and what flow.csv says of it."""

    tube: Tube
    events: int
    name: str
    role: str
    cells: str = ""
    channel: str = ""
    culture: str = ""
    experiment: str = ""
    plate: str = ""
    well: str = ""

    @property
    def fcs(self) -> str:
        """The file, relative to the study's folder."""
        name = self.name if self.culture else f"{self.experiment}-{self.name}"
        return f"flow/{self.experiment}/{name}.fcs"


def of_experiment(cultures: pd.DataFrame, parameters: Parameters) -> list[Acquisition]:
    """Controls first, then the experiment's `cultures`.

    Read are culture, experiment, cells, stroma (empty for none), percent_apoptotic and treated.
    """
    experiment = str(cultures["experiment"].iloc[0])
    lines = tuple(dict.fromkeys(cultures["cells"]))
    acquisitions = [*_controls(lines, parameters), *_samples(cultures, parameters)]
    several = len(acquisitions) > len(WELLS)
    return [
        replace(
            acquisition,
            experiment=experiment,
            plate=f"flow-{experiment}" + (f"-{place // len(WELLS) + 1}" if several else ""),
            well=WELLS[place % len(WELLS)],
        )
        for place, acquisition in enumerate(acquisitions)
    ]


def _controls(lines: tuple[str, ...], parameters: Parameters) -> Iterator[Acquisition]:
    cells, count = parameters.cells, parameters.cytometer.events_control
    gfp, annexin, dye = events.LABELS[3:6]
    untreated = events.myeloma_alone(100 * parameters.apoptosis.untreated, cells)
    killed = events.myeloma_alone(KILLED_PERCENT, cells)
    treated = events.coculture(TREATED_PERCENT, cells, treated=True)
    for line in lines:
        yield Acquisition(
            events.unstained(untreated), count, f"unstained-{line}", "unstained", line
        )
    yield Acquisition(
        events.unstained(events.stroma_alone(cells)), count, "stroma-alone", "population_negative"
    )
    stains = {
        gfp: events.unstained(untreated),
        annexin: replace(killed, dye=False),
        dye: replace(killed, annexin=False),
    }
    for channel, tube in stains.items():
        name = f"single-{channel.replace(' ', '-')}"
        yield Acquisition(tube, count, name, "single_stain", lines[0], channel)
    for line in lines:
        without_annexin, without_dye = replace(treated, annexin=False), replace(treated, dye=False)
        yield Acquisition(without_annexin, count, f"FMO-annexin-{line}", "fmo_annexin", line)
        yield Acquisition(without_dye, count, f"FMO-dye-{line}", "fmo_dye", line)


def _samples(cultures: pd.DataFrame, parameters: Parameters) -> Iterator[Acquisition]:
    columns = ["culture", "stroma", "percent_apoptotic", "treated"]
    for culture, stroma, percent, treated in cultures[columns].itertuples(index=False, name=None):
        fill = events.coculture if stroma else events.myeloma_alone
        tube = replace(fill(percent, parameters.cells), treated=bool(treated))
        count = parameters.cytometer.events
        yield Acquisition(tube, count, culture, "sample", culture=culture)
