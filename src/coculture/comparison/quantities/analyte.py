"""The concentration of an analyte in the supernatant, from the ELISA plates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from coculture.comparison.quantities.declaration import margin_of, title_of
from coculture.comparison.quantities.endpoint import Columns, Endpoint, Scale
from coculture.comparison.quantities.kind import Readings
from coculture.comparison.quantities.measured import Measured
from coculture.comparison.quantities.quantity import Quantity, Source
from coculture.comparison.quantities.text_columns import filled
from coculture.exchange.names import column_prefix
from coculture.exchange.vocabulary import state_in_words

ELISA_COLUMNS = (
    "culture", "analyte", "concentration_pg_ml", "state", "bound_pg_ml", "flags", "excluded",
    "reason",
)  # fmt: skip


@dataclass(frozen=True)
class _Analyte:
    name = "analyte"
    description = "the concentration of an analyte in the supernatant, from the ELISA plates"
    source: ClassVar[Source] = "elisa.csv"
    keys: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "analyte": {
            "description": "The analyte, as the ELISA table names it.",
            "type": "string",
            "minLength": 1,
        }
    }
    required: ClassVar[Sequence[str]] = ("analyte",)
    scales: ClassVar[Sequence[Scale]] = ("log",)

    def made(self, entry: Mapping[str, Any], measured: Measured) -> Quantity:  # noqa: ARG002
        """Per volume, and per viable cell where cells were counted."""
        subject, prefix = entry["name"], column_prefix(entry["name"])
        name = f"ln_{prefix}"
        columns = Columns(
            f"{prefix}_pg_ml",
            f"{prefix}_state",
            f"{prefix}_reason",
            f"{prefix}_bound_pg_ml",
            is_diluted=True,
        )
        title = title_of(entry, f"{subject} (pg/mL)")
        million = "pg per million viable cells"
        per_cell = f"{subject} (pg/million viable cells)"
        return Quantity(
            subject,
            self.name,
            "elisa.csv",
            title,
            "pg/mL",
            columns,
            (
                Endpoint(name, subject, "ln pg/mL", title, "pg/mL", "log", columns),
                Endpoint(
                    f"{name}_per_viable_cell", subject, f"ln {million}", per_cell, million, "log",
                    columns, per_viable_cell=True,
                ),
            ),
            options={"analyte": entry["analyte"]},
            margin=margin_of(entry),
        )  # fmt: skip

    def readings(self, quantity: Quantity, readings: Readings) -> pd.DataFrame:
        """The rows of elisa/cultures.csv of the analyte."""
        analyte, columns = quantity.options["analyte"], quantity.columns
        rows = readings.elisa_cultures.reindex(columns=list(ELISA_COLUMNS))
        rows = rows[rows["analyte"] == analyte].set_index("culture")
        state = filled(rows["state"])
        unusable = rows["concentration_pg_ml"].isna() & rows["bound_pg_ml"].isna()
        # Tables of before the column `reason` say nothing.
        given = filled(rows["reason"])
        why = given.where(given != "", filled(rows["excluded"]))
        in_words = state.map(state_in_words)
        reason = f"{analyte}: " + in_words + (" (" + why + ")").where(why != "", "")
        return pd.DataFrame(
            {
                columns.value: rows["concentration_pg_ml"].astype(float),
                "state": state,
                columns.bound: rows["bound_pg_ml"].astype(float),
                "flags": filled(rows["flags"]),
                "reason": np.where(unusable, reason, ""),
            },
            index=rows.index,
        )

    def missing(self, quantity: Quantity) -> str:
        """Not measured."""
        return f"{quantity.options['analyte']} not measured by ELISA"


ANALYTE = _Analyte()
