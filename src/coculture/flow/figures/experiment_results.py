"""The data that the figures of one experiment share: tables, gates, tubes and events."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from coculture.drawing import Drawing, style
from coculture.exchange.figure_text import FigureText
from coculture.exchange.outcomes import Outcome, Outcomes, count_column
from coculture.flow.compensation.spillover import spillover_matrix
from coculture.flow.files import FlowFile
from coculture.flow.gating import gates as gate_blocks
from coculture.flow.gating.counting import stage_masks, steady
from coculture.flow.settings import FlowSettings, Population
from coculture.flow.tubes import Tube, open_tubes, read_tube

Values = NDArray[np.float64]
GateRecord = Mapping[str, Any]
"""gates.yaml as read back."""
Percents = Mapping[str, Mapping[str, float]]
LINE: dict[str, Any] = {"color": style.VERMILION, "linewidth": 1.3}
"""How a gate is drawn."""
WHITE: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.5}
"""The background of text that is written over events."""
NO_QUADRANTS = "This study has no stain, or this experiment has no sample."


@dataclass(frozen=True)
class GatedPopulation:
    """One population of an experiment, with its gates."""

    tubes: Sequence[Tube]
    population: Population
    blocks: Mapping[str, gate_blocks.Block]
    spillover: pd.DataFrame | None
    settings: FlowSettings

    def events(self, tube: Tube, stage: str | None, *channels: str) -> pd.DataFrame:
        """Events of a tube after a stage of gating (None: all), in these channels or all."""
        events = read_tube(tube, self.spillover)
        shown = pd.DataFrame(
            {channel: events[channel] for channel in channels or events.columns}, copy=False
        )
        if stage is None:
            return shown
        return shown[stage_masks(events, self.population, self.blocks, steady(tube, events))[stage]]

    @property
    def samples(self) -> list[Tube]:
        return [tube for tube in self.tubes if tube.role == "sample"]

    @property
    def has_quadrants(self) -> bool:
        """Whether its cells are in classes, quadrants or the two sides of one threshold."""
        gates = self.settings.stain_gates
        return bool(gates) and set(gates) <= set(self.blocks)

    @property
    def of_stains(self) -> dict[str, gate_blocks.Block]:
        """The gates of the stains, by name."""
        return {gate: self.blocks[gate] for gate in self.settings.stain_gates}


@dataclass(frozen=True)
class ExperimentResults:
    """What gating wrote for one experiment, read back, with its files and settings.

    A figure is drawn from it without gating again.
    """

    files: Sequence[FlowFile]
    wells: pd.DataFrame
    """flow/wells.csv."""
    gates: GateRecord
    spillover: pd.DataFrame
    """flow/spillover.csv."""
    settings: FlowSettings

    @property
    def name(self) -> str:
        """Name of the experiment."""
        return str(self.gates["experiment"])

    @cached_property
    def tubes(self) -> list[Tube]:
        """The files that are not excluded, opened."""
        return open_tubes(self.files, self.settings)

    @property
    def populations(self) -> list[GatedPopulation]:
        """Every population, in the order of the config."""
        return [
            GatedPopulation(
                tubes=self.tubes,
                population=population,
                blocks=self.gates["populations"][population.name],
                spillover=spillover_matrix(self.spillover),
                settings=self.settings,
            )
            for population in self.settings.populations
        ]

    @property
    def reported(self) -> GatedPopulation:
        """The population that the comparison uses."""
        wanted = self.settings.report_population
        return next(one for one in self.populations if one.population.name == wanted)

    @property
    def samples(self) -> pd.DataFrame:
        """The rows of wells.csv that are samples and not excluded."""
        return self.wells[(self.wells["role"] == "sample") & (self.wells["excluded"] == "")]

    @property
    def first(self) -> Outcome:
        """The first outcome; one of no class without stains."""
        return self.settings.outcomes.first or Outcome("", ())

    def reported_samples(self, column: str) -> pd.DataFrame:
        """The samples of the reported population that have a value in a column."""
        samples = self.samples
        of_population = samples["population"] == self.settings.report_population
        return samples[of_population].dropna(subset=[column])


def nothing_to_draw(why: str, title: str, table: str, columns: Sequence[str]) -> Drawing:
    """A figure without data that says why; its table has no rows."""
    with style.house_style():
        figure = Figure(figsize=(5, 1))
        figure.text(0.02, 0.5, why, va="center")
    return Drawing(
        figure, pd.DataFrame(columns=list(columns)), table, FigureText(title, result=why)
    )


def short_name(tube: Tube) -> str:
    """The name of a tube in a figure: its culture, or its file without one."""
    return tube.culture or Path(tube.fcs).stem


def shortened(name: str, most: int = 30) -> str:
    """The name, with its middle left out if it is long: names of wells often differ at the end."""
    half = most // 2
    return name if len(name) <= most else f"{name[: half - 1]}…{name[-half:]}"


def percents_by_file(wells: pd.DataFrame, population: str, outcomes: Outcomes) -> Percents:
    """File -> class of cells (or outcome) -> percent, of the samples.

    Percents of classes are from their counts, and only where there are outcomes.
    """
    rows = wells[(wells["population"] == population) & (wells["role"] == "sample")]
    found: dict[str, dict[str, float]] = {}
    for row in rows.to_dict("records"):
        own = {one.name: float(row[one.column]) for one in outcomes.outcomes}
        counts = {name: float(row[count_column(name)]) for name in outcomes.classes}
        is_given = not any(map(math.isnan, own.values()))
        whole = sum(counts.values()) if is_given else math.nan
        of_classes = {
            name: 100 * count / whole if whole else math.nan for name, count in counts.items()
        }
        found[str(row["fcs"])] = of_classes | own
    return found
