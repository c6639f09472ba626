"""What a design tells the simulator; the raw files are written in the same way for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
import pandas as pd

from coculture.simulate.parameters import Mishaps, Parameters


@dataclass(frozen=True)
class Table:
    """A table that is written beside those of every study: its rows, and its columns in order."""

    rows: pd.DataFrame
    columns: tuple[str, ...]


class SimulatedDesign(Protocol):
    """A study with known truth."""

    @property
    def parameters(self) -> Parameters:
        """The cells, the cytometer and the plate reader."""
        ...

    @property
    def mishaps(self) -> Mishaps:
        """What went wrong on the bench."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of cultures.csv."""
        ...

    def cultures(self, rng: np.random.Generator) -> pd.DataFrame:
        """The cultures that were measured, with what is true of each.

        Returns
        -------
        `columns`, then percent_apoptotic (NaN where there are no cells to count), il6_pg_ml (NaN
        where no supernatant was taken), treated (whether a drug was given) and much_il6 (whether
        the supernatant is expected to need the higher dilutions).
        """
        ...

    def other_tables(self, rng: np.random.Generator) -> Mapping[str, Table]:
        """Further tables by their file names, such as clinical.csv."""
        ...

    def readme(self, seed: int, cultures: pd.DataFrame, wells: pd.DataFrame) -> str:
        """The README: that it is simulated, how it was made, and what is true.

        `wells` is elisa.csv.
        """
        ...

    def config(self, name: str, tables: str) -> str:
        """The config of the study `name`, whose tables are in the folder `tables`."""
        ...

    def of_size(
        self, experiments: int | None = None, wells: int | None = None, events: int | None = None
    ) -> Self:
        """The same design with other numbers of experiments, wells an arm, and events a culture.

        None leaves a number as it is.
        """
        ...
