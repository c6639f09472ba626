"""Where each reading of a culture was made: plate, well and time, for both assays.

A reading is a row of `READING_COLUMNS`. `material` is what has the same true value on a plate: the
same supernatant at the same dilution, the same standard; of flow cytometry the wells of an arm in
an experiment. `value` is on a scale on which differences mean the same everywhere (ln pg/mL in the
well, logit of a percent of cells); NaN if the reading has none.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from coculture.comparison.design.arms import Design
from coculture.comparison.findings.evaluation import pairs_of
from coculture.comparison.findings.kind import Pair
from coculture.comparison.layout.acquired_plates import acquired_plates
from coculture.comparison.quantities.quantity import Quantity
from coculture.comparison.settings import ComparisonError, ComparisonSettings, Finding
from coculture.exchange.outcomes import count_column
from coculture.exchange.vocabulary import ABOVE_RANGE, BELOW_RANGE

READING_COLUMNS = (
    "endpoint", "experiment", "arm", "culture", "plate", "well", "acquired", "material", "value",
)  # fmt: skip
_MEASURED = ("ok", *BELOW_RANGE, *ABOVE_RANGE)


def readings_of(
    elisa_wells: pd.DataFrame | None,
    flow_wells: pd.DataFrame | None,
    cultures: pd.DataFrame,
    settings: ComparisonSettings,
) -> pd.DataFrame:
    """The readings of each endpoint; None or an empty table for an assay that the study lacks."""
    made = []
    if elisa_wells is not None and not elisa_wells.empty:
        made.append(elisa_readings(elisa_wells, cultures, settings))
    if flow_wells is not None and not flow_wells.empty:
        made += [
            flow_readings(flow_wells, cultures, quantity)
            for quantity in settings.quantities
            if quantity.source == "flow.csv"
        ]
    return pd.concat(made, ignore_index=True) if made else pd.DataFrame(columns=READING_COLUMNS)


def elisa_readings(
    wells: pd.DataFrame, cultures: pd.DataFrame, settings: ComparisonSettings
) -> pd.DataFrame:
    """The readings of elisa/wells.csv; standards and controls have no arm.

    `cultures` has culture, experiment and arm.
    """
    rows = wells[wells["state"].isin(_MEASURED)]
    names = {
        one.options["analyte"]: one.name for one in settings.quantities if one.source == "elisa.csv"
    }
    used = rows.merge(cultures[["culture", "experiment", "arm"]], on="culture", how="left")
    keys = ["role", "culture", "dilution", "nominal_pg_ml"]
    parts = [used.get(key, pd.Series("", used.index)).map(str) for key in keys]
    material = [" ".join(row) for row in zip(*parts, strict=True)]
    in_well = used.get("in_well_pg_ml", pd.Series(np.nan, used.index)).astype(float)
    is_inside = (used["state"] == "ok") & (in_well > 0)
    is_sample = used["role"] == "sample"
    return pd.DataFrame(
        {
            "endpoint": used["analyte"].map(names).fillna(used["analyte"]),
            "experiment": used["experiment"].where(is_sample, ""),
            "arm": used["arm"].where(is_sample, ""),
            "culture": used["culture"],
            "plate": used["plate"],
            "well": used["well"],
            "acquired": pd.NaT,
            "material": material,
            "value": np.log(in_well.where(is_inside)),
        }
    )


def flow_readings(wells: pd.DataFrame, cultures: pd.DataFrame, quantity: Quantity) -> pd.DataFrame:
    """The readings of flow/wells.csv: one row for each file of a culture.

    `wells` are the rows of one population. Only a percent has values.
    """
    samples = wells[(wells["role"] == "sample") & (wells["excluded"].fillna("") == "")]
    used = samples.drop(columns="experiment").merge(
        cultures[["culture", "experiment", "arm"]], on="culture"
    )
    counted, every = (
        used.reindex(columns=[*map(count_column, names)]).astype(float).sum(axis=1, min_count=1)
        for names in (quantity.options.get("classes", ()), quantity.options.get("all_classes", ()))
    )
    # Half an event is added to each count, as in the endpoint on the logit scale.
    odds = (counted + 0.5) / (every - counted + 0.5)
    acquired = used.get("acquired", pd.Series("", used.index)).fillna("").map(str)
    # A day without a time says nothing about the order of files.
    acquired = acquired.where(acquired.str.contains("T"), "")
    return pd.DataFrame(
        {
            "endpoint": quantity.name,
            "experiment": used["experiment"],
            "arm": used["arm"],
            "culture": used["culture"],
            "plate": acquired_plates(used),
            "well": used["well"],
            "acquired": pd.to_datetime(acquired.replace("", None), errors="coerce"),
            "material": used["experiment"] + " " + used["arm"],
            "value": np.log(odds),
        }
    )


def pairs_of_findings(
    settings: ComparisonSettings, design: Design
) -> Iterable[tuple[Finding, Pair]]:
    """Every pair of arms that a finding compares; none of findings whose arms do not exist."""
    for finding in settings.findings:
        try:
            pairs = pairs_of(finding, design)
        except ComparisonError:
            continue
        for pair in pairs:
            yield finding, pair
