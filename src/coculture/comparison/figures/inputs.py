"""What the figures of the comparison are drawn from."""

from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from coculture.comparison.comparison import TABLES, Comparison
from coculture.comparison.design.arms import Design
from coculture.comparison.design.joining import VIABLE_CELLS
from coculture.comparison.settings import ComparisonSettings
from coculture.running import fingerprint

_OF_CULTURES = (
    *("culture", "experiment", "donor", "date", "cells", "stroma", "medium", "hours"),
    *("replicate", "arm", VIABLE_CELLS),
)
"""Columns of cultures.csv that a figure of any endpoint may show, besides the factors."""

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

    def of(self, subject: str) -> "FigureInputs":
        """What a figure of one endpoint is drawn from; all of it if `subject` is empty.

        Nothing of another endpoint is in it: such a figure does not change with the others.
        """
        if not subject:
            return self
        quantity = self.settings.compared(subject)
        scales = [scale.name for scale in quantity.scales]
        known = [
            *_OF_CULTURES,
            *(factor.column for factor in self.settings.factors),
            *(*quantity.columns.numbers, quantity.columns.state, quantity.columns.reason),
        ]
        columns = [name for name in self.cultures if name in known]
        tables = {name: _of_endpoint(getattr(self.tables, name), scales) for name in TABLES}
        return replace(
            self,
            cultures=self.cultures[columns],
            tables=Comparison(**tables),  # type: ignore[arg-type]
            flow_wells=self.flow_wells.iloc[:0],
        )

    @property
    def fingerprint(self) -> str:
        """Fingerprint of every table."""
        tables = [self.cultures, self.flow_wells, *(getattr(self.tables, name) for name in TABLES)]
        return fingerprint.of_texts(*map(fingerprint.of_table, tables))

    @cached_property
    def design(self) -> Design:
        """The arms of the study."""
        return Design.of(self.cultures, self.settings)

    def arms_of_experiments(self, endpoint: str) -> list[set[str]]:
        """The names of the arms of each experiment that have a mean of an endpoint (its column)."""
        arms = self.tables.arms
        valued = arms[(arms["endpoint"] == endpoint) & arms["mean"].notna()]
        return [set(of_experiment) for _, of_experiment in valued.groupby("experiment")["arm"]]


def _of_endpoint(table: pd.DataFrame, scales: list[str]) -> pd.DataFrame:
    """The rows of an endpoint's scales; none of a table without endpoints."""
    return table[table["endpoint"].isin(scales)] if "endpoint" in table else table.iloc[:0]
