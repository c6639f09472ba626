"""A number that was measured elsewhere: a row of values.csv for each culture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from coculture.comparison.quantities.declaration import chosen_scales, margin_of, title_of
from coculture.comparison.quantities.endpoint import Columns, Endpoint, Scale
from coculture.comparison.quantities.kind import EXCLUDED, OK, QuantityError, Readings
from coculture.comparison.quantities.measured import Measured
from coculture.comparison.quantities.percent_of_population import PERCENT_BOUNDS
from coculture.comparison.quantities.quantity import Quantity, Source
from coculture.comparison.quantities.text_columns import filled, joined
from coculture.exchange.names import column_prefix
from coculture.exchange.vocabulary import ABOVE_LIMIT, BELOW_LIMIT, listed

POINTS_UNITS = ("%", "percent")
"""Units whose values are parts of a count and are compared in percentage points."""


@dataclass(frozen=True)
class _FinishedNumber:
    name = "values"
    description = "a number from values.csv, measured elsewhere"
    source: ClassVar[Source] = "values.csv"
    keys: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "values": {
            "description": (
                "The endpoint in values.csv whose numbers are used; without it that of the same "
                "name."
            ),
            "type": "string",
            "minLength": 1,
        },
        "bounds": {
            "description": (
                "The lowest and highest value that a mean can have, for a part of a count; "
                "without it 0 and 100 for the unit %."
            ),
            "type": "array",
            "items": {"type": "number"},
            "minItems": 2,
            "maxItems": 2,
        },
    }
    required: ClassVar[Sequence[str]] = ()
    scales: ClassVar[Sequence[Scale]] = ("points", "logit", "log")

    def made(self, entry: Mapping[str, Any], measured: Measured) -> Quantity:
        """Percent in points, everything else on the log scale, unless the config says otherwise."""
        subject, prefix = entry["name"], column_prefix(entry["name"])
        named = str(entry.get("values") or subject)
        if named not in measured.finished:
            known = listed(measured.finished) if measured.finished else "no endpoint"
            raise QuantityError(f'takes "{named}" from values.csv, which has {known}')
        unit = measured.finished[named]
        is_part = unit in POINTS_UNITS
        scale: Scale = entry.get("scale") or ("points" if is_part else "log")
        written = "%" if is_part else unit
        columns = Columns(
            value=f"{prefix}_value",
            state=f"{prefix}_state",
            reason=f"{prefix}_reason",
            bound=f"{prefix}_bound",
            count=f"{prefix}_n",
            total=f"{prefix}_n_all",
        )
        title = title_of(entry, f"{subject} ({written})" if written else subject)
        bounds = entry.get("bounds") or (PERCENT_BOUNDS if is_part else None)
        points = "percentage points" if is_part else written
        made = {
            "points": Endpoint(
                f"{prefix}_value", subject, points, title, written, "points", columns,
                (float(bounds[0]), float(bounds[1])) if bounds else None,
            ),
            "log": Endpoint(
                f"ln_{prefix}", subject, f"ln {written}".strip(), title, written, "log", columns
            ),
            "logit": Endpoint(
                f"logit_{prefix}", subject, "log odds", f"Odds of {subject}", "odds", "logit",
                columns,
            ),
        }  # fmt: skip
        scales = [made[scale]] if scale != "logit" else [made["points"], made["logit"]]
        return Quantity(
            subject,
            self.name,
            "values.csv",
            title,
            written,
            columns,
            chosen_scales(scales, entry),
            options={"values": named},
            margin=margin_of(entry),
        )

    def readings(self, quantity: Quantity, readings: Readings) -> pd.DataFrame:
        """The mean of a culture's rows on its scale; a bound if one of them is a bound."""
        columns = quantity.columns
        rows = readings.finished.reindex(
            columns=["culture", "endpoint", "value", "count", "relation", "exclude", "note"]
        )
        rows = rows[rows["endpoint"] == quantity.options["values"]]
        rows = rows.assign(
            exclude=filled(rows["exclude"]),
            relation=filled(rows["relation"]),
            value=rows["value"].astype(float),
            count=rows["count"].astype(float),
        )
        is_log = quantity.primary.scale == "log"
        found = {
            str(culture): _of_culture(group, columns, is_log)
            for culture, group in rows.groupby("culture", sort=False)
        }
        names = [
            *("state", columns.value, columns.bound, columns.total, columns.count),
            *("flags", "reason"),
        ]
        return pd.DataFrame.from_dict(found, orient="index", columns=names)

    def missing(self, quantity: Quantity) -> str:
        """No row."""
        return f"values.csv has no {quantity.options['values']} of it"


FINISHED_NUMBER = _FinishedNumber()


def _of_culture(rows: pd.DataFrame, columns: Columns, is_log: bool) -> dict[str, Any]:
    nothing = float("nan")
    used = rows[(rows["exclude"] == "") & rows["value"].notna()]
    reason = joined(rows.loc[rows["exclude"] != "", "exclude"])
    made: dict[str, Any] = dict.fromkeys(
        (columns.value, columns.bound, columns.total, columns.count), nothing
    )
    if not len(used):
        return made | {"state": EXCLUDED, "flags": "", "reason": reason or "no value"}
    values = used["value"].to_numpy(float)
    mean = float(np.exp(np.log(values).mean())) if is_log and (values > 0).all() else values.mean()
    sides = set(used["relation"]) - {""}
    state = OK
    if len(sides) == 1:
        state = BELOW_LIMIT if sides == {"<="} else ABOVE_LIMIT
        made[columns.bound] = float(mean)
    elif sides:
        return made | {
            "state": EXCLUDED, "flags": "", "reason": "one value is below a limit, another above",
        }  # fmt: skip
    else:
        made[columns.value] = float(mean)
    if used["count"].notna().all():
        made[columns.total] = float(used["count"].sum())
        made[columns.count] = float((used["count"] * values / 100).sum())
    return made | {"state": state, "flags": "", "reason": ""}
