"""The endpoints of a comparison: every quantity on each of its scales."""

from collections.abc import Collection, Iterable

import pandas as pd

from coculture.comparison.quantities.endpoint import Endpoint as Endpoint
from coculture.comparison.settings import ComparisonSettings


def endpoints(settings: ComparisonSettings) -> list[Endpoint]:
    """The scales of all quantities, in the order in which they are shown."""
    return [scale for quantity in settings.quantities for scale in quantity.scales]


def primary_endpoint(subject: str, settings: ComparisonSettings) -> Endpoint:
    """The scale on which findings about `subject` are tested.

    Raises
    ------
    ComparisonError
        If the study does not compare it.
    """
    return settings.compared(subject).primary


ENDPOINT_COLUMNS = (
    "endpoint", "name", "is_primary", "scale", "measure", "source", "title", "unit",
    "difference_unit", "value_column", "bound_column", "state_column", "reason_column",
    "is_measured",
)  # fmt: skip


def endpoint_table(
    settings: ComparisonSettings, scales: Iterable[Endpoint], measured: Collection[str]
) -> pd.DataFrame:
    """comparison/endpoints.csv: what the names of endpoints in the other tables mean.

    Parameters
    ----------
    scales
        The endpoints that were analysed.
    measured
        The names of the quantities that any culture was measured for.
    """
    by_name = {quantity.name: quantity for quantity in settings.quantities}
    rows = []
    for scale in scales:
        quantity, columns = by_name[scale.subject], scale.columns
        rows.append(
            {
                "endpoint": scale.name,
                "name": scale.subject,
                "is_primary": scale == quantity.primary,
                "scale": scale.scale,
                "measure": quantity.kind,
                "source": quantity.source,
                "title": scale.title_shown,
                "unit": scale.unit_shown,
                "difference_unit": "ratio" if scale.is_ratio else scale.unit,
                "value_column": columns.value,
                "bound_column": columns.bound,
                "state_column": columns.state,
                "reason_column": columns.reason,
                "is_measured": scale.subject in measured,
            }
        )
    return pd.DataFrame(rows, columns=list(ENDPOINT_COLUMNS))
