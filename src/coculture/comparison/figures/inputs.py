"""What the figures of the comparison are drawn from."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from coculture.comparison.comparison import Comparison
from coculture.comparison.design.arms import Design
from coculture.comparison.settings import ComparisonSettings

SUPERPLOT, BARS = "superplot", "bars"
"""How arms are drawn (`figures.style` of the config)."""


@dataclass(frozen=True)
class FigureInputs:
    """The tables and settings of a study, so that figures can be drawn without comparing again.

    Attributes
    ----------
    cultures
        cultures.csv.
    tables
        The tables of the comparison (`compare`, or `read_tables` from disk).
    flow_wells
        flow/wells.csv of all experiments; may be empty.
    style
        `SUPERPLOT` or `BARS`.
    """

    cultures: pd.DataFrame
    tables: Comparison
    settings: ComparisonSettings
    flow_wells: pd.DataFrame
    style: str = SUPERPLOT

    @cached_property
    def design(self) -> Design:
        """The arms of the study."""
        return Design.of(self.cultures, self.settings)

    def arms_of_experiments(self, endpoint: str) -> list[set[str]]:
        """The names of the arms of each experiment that have a mean of an endpoint (its column)."""
        arms = self.tables.arms
        valued = arms[(arms["endpoint"] == endpoint) & arms["mean"].notna()]
        return [set(of_experiment) for _, of_experiment in valued.groupby("experiment")["arm"]]
