"""A population's percent of all single cells, from the counts of both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.comparison.quantities import flow_wells
from coculture.comparison.quantities.declaration import chosen_scales, margin_of, title_of
from coculture.comparison.quantities.endpoint import Columns, Scale
from coculture.comparison.quantities.kind import QuantityError, Readings
from coculture.comparison.quantities.measured import Measured
from coculture.comparison.quantities.percent_of_population import (
    POPULATION,
    percent_scales,
    population_of,
)
from coculture.comparison.quantities.quantity import Quantity, Source
from coculture.exchange.names import column_prefix

WHOLE, PART = "events_singlets", "events_population"


@dataclass(frozen=True)
class _ShareOfCells:
    name = "share"
    description = "the percent of all single cells that belong to a population"
    source: ClassVar[Source] = "flow.csv"
    keys: ClassVar[Mapping[str, Mapping[str, Any]]] = POPULATION
    required: ClassVar[Sequence[str]] = ()
    scales: ClassVar[Sequence[Scale]] = ("points", "logit")

    def made(self, entry: Mapping[str, Any], measured: Measured) -> Quantity:
        """Points and the logit."""
        if measured.outcomes is None:
            raise QuantityError("is measured by flow cytometry, and the study has no flow.csv")
        named = population_of(entry, measured)
        prefix, subject = column_prefix(entry["name"]), entry["name"]
        columns = Columns(
            value=f"{prefix}_percent",
            state=f"{prefix}_state",
            reason=f"{prefix}_reason",
            count=f"{prefix}_n",
            total=f"{prefix}_n_all",
        )
        title = title_of(entry, f"{subject} (% of single cells)")
        scales = percent_scales(subject, prefix, title, columns)
        return Quantity(
            subject,
            self.name,
            "flow.csv",
            title,
            "%",
            columns,
            chosen_scales(scales, entry),
            options={"population": named},
            margin=margin_of(entry),
        )

    def readings(self, quantity: Quantity, readings: Readings) -> pd.DataFrame:
        """The sums of all used files of a culture."""
        columns = quantity.columns
        rows = flow_wells.of_population(
            readings.flow_wells,
            readings.population_of(quantity.options["population"]),
            [WHOLE, PART],
        )

        counts = [rows[one].to_numpy(float) for one in (WHOLE, PART)]

        def combined(used: NDArray[np.intp]) -> dict[str, float]:
            whole, part = (float(cells[used].sum()) for cells in counts)
            return {columns.value: 100 * part / whole, columns.total: whole, columns.count: part}

        return flow_wells.by_culture(
            rows,
            rows[WHOLE] > 0,
            pd.Series("no single cells", rows.index),
            combined,
            [columns.value, columns.total, columns.count],
        )

    def missing(self, quantity: Quantity) -> str:  # noqa: ARG002
        """Not measured."""
        return flow_wells.NOT_MEASURED


SHARE_OF_CELLS = _ShareOfCells()
