"""The median signal of a stain or marker in a population (MFI), compared as ratios.

A median at or below that of the FMO or unstained tube of the experiment is only a bound: the true
signal of the stain is below the background.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.comparison.quantities import flow_wells
from coculture.comparison.quantities.endpoint import Columns, Scale
from coculture.comparison.quantities.flow_logarithm import ratio_quantity
from coculture.comparison.quantities.kind import OK, Readings
from coculture.comparison.quantities.measured import Measured
from coculture.comparison.quantities.percent_of_population import POPULATION
from coculture.comparison.quantities.quantity import Quantity, Source
from coculture.exchange.names import column_prefix
from coculture.exchange.outcomes import background_column, median_column
from coculture.exchange.vocabulary import BELOW_BACKGROUND

EVENTS = "events_population"


@dataclass(frozen=True)
class _MedianSignal:
    name = "median"
    description = "the median signal of a channel in a population (MFI)"
    source: ClassVar[Source] = "flow.csv"
    keys: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "channel": {
            "description": (
                "The channel whose median is compared, as the flow section names it: a stain or a "
                "marker of a population."
            ),
            "type": "string",
            "minLength": 1,
        }
    } | POPULATION
    required: ClassVar[Sequence[str]] = ("channel",)
    scales: ClassVar[Sequence[Scale]] = ("log",)

    def made(self, entry: Mapping[str, Any], measured: Measured) -> Quantity:
        """On the log scale, with the background as a bound."""
        prefix = column_prefix(entry["name"])
        columns = Columns(
            f"{prefix}_median", f"{prefix}_state", f"{prefix}_reason", f"{prefix}_bound"
        )
        options = {"channel": entry["channel"]}
        return ratio_quantity(self.name, entry, measured, "median signal", columns, options)

    def readings(self, quantity: Quantity, readings: Readings) -> pd.DataFrame:
        """The geometric mean of a culture's files, weighted by their cells."""
        channel = quantity.options["channel"]
        value, background = median_column(channel), background_column(channel)
        columns = quantity.columns
        rows = flow_wells.of_population(
            readings.flow_wells,
            readings.population_of(quantity.options["population"]),
            [value, background, EVENTS],
        )

        cells, signals = (rows[one].to_numpy(float) for one in (EVENTS, value))

        def combined(used: NDArray[np.intp]) -> dict[str, float]:
            signal = float(np.average(signals[used], weights=cells[used]))
            zero = rows[background].iloc[used].max()
            is_below = bool(signal <= zero) or signal <= 0
            return {
                columns.value: float("nan") if is_below else signal,
                columns.bound: float(zero) if is_below else float("nan"),
            }

        found = flow_wells.by_culture(
            rows,
            rows[value].notna() & (rows[EVENTS] > 0),
            pd.Series("no cells of the population", rows.index),
            combined,
            [columns.value, columns.bound],
        )
        is_bound = (found["state"] == OK) & found[columns.value].isna()
        return found.assign(state=found["state"].mask(is_bound, BELOW_BACKGROUND))

    def missing(self, quantity: Quantity) -> str:  # noqa: ARG002
        """Not measured."""
        return flow_wells.NOT_MEASURED


MEDIAN_SIGNAL = _MedianSignal()
