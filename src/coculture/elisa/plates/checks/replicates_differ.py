"""Whether the replicates of a plate agree."""

from collections.abc import Iterator

from coculture.elisa.plates.checks import subjects
from coculture.elisa.plates.checks.curve_data import WellData
from coculture.exchange.flags import Flag

_REPLICATES = ["role", "nominal_pg_ml", "culture", "dilution"]
"""Wells that are equal in these columns are replicates."""


def flags(data: WellData) -> Iterator[Flag]:
    """A caution for each well in range whose replicates have a CV above limits.cv_percent."""
    limit = data.settings.limits.cv_percent
    in_range = data.wells[data.wells["state"] == "ok"]
    groups = in_range.groupby(_REPLICATES, dropna=False)["concentration_pg_ml"]
    cv = 100 * groups.transform("std") / groups.transform("mean")
    for row, value in zip(in_range.to_dict("records"), cv, strict=True):
        if value > limit:
            yield Flag(
                subjects.well(row),
                "replicates_differ",
                "caution",
                f"Replicates differ (CV {value:.0f} %, limit {limit:g} %).",
                float(value),
                limit,
                "%",
            )
