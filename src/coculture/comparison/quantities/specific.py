"""Percent specific apoptosis, or of another outcome: what a treatment adds to the untreated wells.

100 (treated - untreated) / (100 - untreated), with the mean of the untreated wells of the same
cells, stroma and hours in the same experiment (W. S. Abbott, J. Econ. Entomol. 18 (1925) 265). It
is negative where a treatment protects.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from coculture.comparison.quantities.declaration import margin_of, title_of
from coculture.comparison.quantities.endpoint import Endpoint, Scale
from coculture.comparison.quantities.kind import Readings
from coculture.comparison.quantities.measured import Measured
from coculture.comparison.quantities.percent_of_population import (
    OUTCOME,
    PERCENT_OF_POPULATION,
    POPULATION,
    percents,
)
from coculture.comparison.quantities.quantity import Quantity, Source


@dataclass(frozen=True)
class _Specific:
    name = "specific"
    description = (
        "100 (treated - untreated) / (100 - untreated) of an outcome, in each experiment; negative "
        "where a treatment protects"
    )
    source: ClassVar[Source] = "flow.csv"
    keys: ClassVar[Mapping[str, Mapping[str, Any]]] = OUTCOME | POPULATION
    required: ClassVar[Sequence[str]] = ("outcome",)
    scales: ClassVar[Sequence[Scale]] = ("specific",)

    def made(self, entry: Mapping[str, Any], measured: Measured) -> Quantity:
        """Without bounds, and without another scale."""
        percent = PERCENT_OF_POPULATION.made({**entry, "scale": None}, measured)
        title = title_of(entry, f"{percent.name} (%)")
        name = f"specific_{percent.columns.value.removeprefix('percent_')}"
        scale = Endpoint(
            name, percent.name, "percentage points", title, "%", "specific", percent.columns
        )
        return Quantity(
            percent.name,
            self.name,
            "flow.csv",
            title,
            "%",
            percent.columns,
            (scale,),
            options=percent.options,
            margin=margin_of(entry),
        )

    def readings(self, quantity: Quantity, readings: Readings) -> pd.DataFrame:
        """Those of the percent that it is made from."""
        return percents(quantity, readings)

    def missing(self, quantity: Quantity) -> str:
        """As of the percent."""
        return PERCENT_OF_POPULATION.missing(quantity)


SPECIFIC = _Specific()
