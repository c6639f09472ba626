"""Whether the replicates of a plate agree."""

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from coculture.elisa.plates.checks import subjects
from coculture.elisa.plates.checks.curve_data import WellData
from coculture.elisa.plates.checks.replicates_disagree import CODE
from coculture.elisa.plates.concentrations import pg_ml
from coculture.elisa.plates.dilution_groups import dilution_group
from coculture.elisa.plates.roles import STANDARD_ROLES
from coculture.exchange.flags import Flag

_REPLICATES = ["role", "nominal_pg_ml", "culture", "dilution"]
"""Wells that are equal in these columns are replicates."""


def flags(data: WellData) -> Iterator[Flag]:
    """A caution for each well that disagrees with its replicates.

    What follows for a culture is that of `replicates_disagree`, which has the same code. The
    standards have limits of their own (`standard_levels`).
    """
    wells = data.wells[~data.wells["state"].isin(["missing", "excluded"])]
    wells = wells[~wells["role"].isin(STANDARD_ROLES)]
    for _, replicates in wells.groupby(_REPLICATES, dropna=False, sort=True):
        if len(replicates) < 2:
            continue
        errors = data.scatter.errors_by_chance
        group = dilution_group(replicates, data.error_at, errors=errors)
        if group.state != "discordant" and group.stands.all():
            continue
        doubtful = group.wells if group.state == "discordant" else group.left_out
        for row in doubtful.to_dict("records"):
            others = _others(group.wells if group.state != "discordant" else replicates, row)
            yield Flag(
                subjects.well(row),
                CODE,
                "caution",
                f"Disagrees with its replicates by more than chance ({others}).",
                float(row["in_well_pg_ml"]),
                unit="pg/mL",
            )


def _others(wells: pd.DataFrame, row: Mapping[Hashable, Any]) -> str:
    """The concentrations of the other replicates, undiluted."""
    return ", ".join(
        f"{other['well']} {pg_ml(other['in_well_pg_ml'] * other['dilution'])}"
        for other in wells.to_dict("records")
        if other["well"] != row["well"]
    )
