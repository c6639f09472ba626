"""What the figures of one experiment share: its tubes, gates and events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from coculture.drawing import Drawing, style
from coculture.flow.compensation.spillover import spillover_matrix
from coculture.flow.gating import gates as gate_blocks
from coculture.flow.gating.experiment import stage_masks, steady
from coculture.flow.gating.gates import QUADRANTS
from coculture.flow.settings import FlowSettings, Population
from coculture.flow.tubes import Tube, open_tubes, read_tube

Values = NDArray[np.float64]
Record = Mapping[str, Any]
"""gates.yaml as read back."""
Percents = Mapping[str, Mapping[str, float]]
STAIN_NAMES = {gate_blocks.ANNEXIN: "Annexin V", gate_blocks.VIABILITY_DYE: "viability dye"}
"""Gate -> what to call its stain; a marker is called as the config does."""
LINE: dict[str, Any] = {"color": style.VERMILION, "linewidth": 1.3}
"""How a gate is drawn."""
WHITE: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.5}
"""The ground of text that is written over events."""


@dataclass(frozen=True)
class DrawnExperiment:
    """What the figures of one experiment share."""

    tubes: Sequence[Tube]
    population: Population
    blocks: Mapping[str, Mapping[str, Any]]
    spillover: pd.DataFrame | None
    settings: FlowSettings

    def events(self, tube: Tube, stage: str | None, *channels: str) -> pd.DataFrame:
        """Events of a tube after a stage of gating (None: all), in these channels or all."""
        events = read_tube(tube, self.spillover)
        shown = events[list(channels)] if channels else events
        if stage is None:
            return shown
        return shown[stage_masks(events, self.population, self.blocks, steady(tube, events))[stage]]


def drawn_experiment(
    files: pd.DataFrame,
    gates: Record,
    spillover: pd.DataFrame,
    settings: FlowSettings,
    population: Population | None = None,
) -> DrawnExperiment:
    chosen = population or next(
        p for p in settings.populations if p.name == settings.report_population
    )
    return DrawnExperiment(
        tubes=open_tubes(files, settings),
        population=chosen,
        blocks=gates["populations"][chosen.name],
        spillover=spillover_matrix(spillover),
        settings=settings,
    )


def nothing_to_draw(why: str, table: str, columns: Sequence[str]) -> Drawing:
    """A figure that only says why it shows nothing, and no rows."""
    with style.house_style():
        figure = Figure(figsize=(5, 1))
        figure.text(0.02, 0.5, why, va="center")
    return Drawing(figure, pd.DataFrame(columns=list(columns)), table)


def has_quadrants(experiment: DrawnExperiment) -> bool:
    return {gate_blocks.ANNEXIN, gate_blocks.VIABILITY_DYE} <= set(experiment.blocks)


def short_name(tube: Tube) -> str:
    """What to call a tube in a figure: its culture, else its file."""
    return tube.culture or Path(tube.fcs).stem


def fitted(name: str, most: int = 30) -> str:
    """The name, its middle left out where it is long: wells often differ at the end."""
    half = most // 2
    return name if len(name) <= most else f"{name[: half - 1]}…{name[-half:]}"


def percents_by_file(wells: pd.DataFrame, population: str) -> Percents:
    """file -> quadrant (or "apoptotic") -> percent, of the samples."""
    rows = wells[(wells["population"] == population) & (wells["role"] == "sample")]
    return {
        str(row["fcs"]): {name: float(row[f"percent_{name}"]) for name in (*QUADRANTS, "apoptotic")}
        for row in rows.to_dict("records")
    }
