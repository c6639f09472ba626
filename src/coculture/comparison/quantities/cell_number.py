"""The number of a population's cells for each counting bead, or in each µL of the sample."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.comparison.quantities import flow_wells
from coculture.comparison.quantities.endpoint import Columns, Scale
from coculture.comparison.quantities.flow_logarithm import ratio_quantity
from coculture.comparison.quantities.kind import Readings
from coculture.comparison.quantities.measured import Measured
from coculture.comparison.quantities.percent_of_population import POPULATION
from coculture.comparison.quantities.quantity import Quantity, Source
from coculture.exchange.names import column_prefix

CELLS, DENSITY, UNIT = "events_population", "cell_density", "cell_density_unit"
_UNITS = {"bead": "counting bead", "volume": "µL ($VOL)"}
"""`per` -> how flow/wells.csv names what the cells are counted per."""
_SHOWN = {"bead": "cells per bead", "volume": "cells per µL"}


@dataclass(frozen=True)
class _CellNumber:
    name = "cells"
    description = "the number of a population's cells per counting bead or volume"
    source: ClassVar[Source] = "flow.csv"
    keys: ClassVar[Mapping[str, Mapping[str, Any]]] = POPULATION | {
        "per": {
            "description": (
                "What the cells are counted per: bead (flow.counting_beads) or volume ($VOL of the "
                "files, in µL)."
            ),
            "enum": [*_UNITS],
        }
    }
    required: ClassVar[Sequence[str]] = ("per",)
    scales: ClassVar[Sequence[Scale]] = ("log",)

    def made(self, entry: Mapping[str, Any], measured: Measured) -> Quantity:
        """On the log scale."""
        prefix = column_prefix(entry["name"])
        columns = Columns(f"{prefix}_cells", f"{prefix}_state", f"{prefix}_reason")
        unit = _SHOWN[entry["per"]]
        return ratio_quantity(self.name, entry, measured, unit, columns, {"per": entry["per"]})

    def readings(self, quantity: Quantity, readings: Readings) -> pd.DataFrame:
        """All cells of a culture's files over all beads or the whole volume."""
        columns = quantity.columns
        rows = flow_wells.of_population(
            readings.flow_wells,
            readings.population_of(quantity.options["population"]),
            [CELLS, DENSITY],
        )
        per = quantity.options["per"]
        units = readings.flow_wells.reindex(columns=[UNIT]).loc[rows.index, UNIT]
        is_counted = units.eq(_UNITS[per]) & (rows[DENSITY] > 0)

        cells, density = (rows[one].to_numpy(float) for one in (CELLS, DENSITY))

        def combined(used: NDArray[np.intp]) -> dict[str, float]:
            whole = float(np.sum(cells[used] / density[used]))
            return {columns.value: float(cells[used].sum()) / whole}

        return flow_wells.by_culture(
            rows,
            is_counted,
            pd.Series(f"its file gives no {_SHOWN[per]}", rows.index),
            combined,
            [columns.value],
        )

    def missing(self, quantity: Quantity) -> str:  # noqa: ARG002
        """Not measured."""
        return flow_wells.NOT_MEASURED


CELL_NUMBER = _CellNumber()
