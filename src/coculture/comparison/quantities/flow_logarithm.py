"""What the quantities of flow cytometry have in common that are compared as ratios."""

from collections.abc import Mapping
from typing import Any

from coculture.comparison.quantities.declaration import margin_of, title_of
from coculture.comparison.quantities.endpoint import Columns, Endpoint
from coculture.comparison.quantities.kind import QuantityError
from coculture.comparison.quantities.measured import Measured
from coculture.comparison.quantities.percent_of_population import population_of
from coculture.comparison.quantities.quantity import Quantity


def ratio_quantity(
    kind: str,
    entry: Mapping[str, Any],
    measured: Measured,
    unit: str,
    columns: Columns,
    options: Mapping[str, Any],
) -> Quantity:
    """A positive quantity of flow cytometry on the log scale.

    Raises
    ------
    QuantityError
        If the study has no FCS files, or not the population that the entry names.
    """
    if measured.outcomes is None:
        raise QuantityError("is measured by flow cytometry, and the study has no flow.csv")
    named = population_of(entry, measured)
    title = title_of(entry, f"{entry['name']} ({unit})")
    name = f"ln_{columns.state.removesuffix('_state')}"
    scale = Endpoint(name, entry["name"], f"ln {unit}", title, unit, "log", columns)
    return Quantity(
        entry["name"],
        kind,
        "flow.csv",
        title,
        unit,
        columns,
        (scale,),
        options={**options, "population": named},
        margin=margin_of(entry),
    )
