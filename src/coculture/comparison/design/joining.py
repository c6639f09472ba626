"""Both measurements of a culture in one row: percent apoptotic and each analyte."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from coculture.comparison.design.arms import Design, arms_of
from coculture.comparison.design.endpoints import LOST_BY_FLOW, VIABLE_CELLS, are_counted
from coculture.comparison.settings import ComparisonSettings, require_own_columns
from coculture.exchange.names import column_prefix

QUADRANTS = ("n_viable", "n_early", "n_late", "n_necrotic")
FLOW_COLUMNS = (
    "culture", "population", *QUADRANTS, "percent_apoptotic", "flags", "excluded",
)  # fmt: skip
ELISA_COLUMNS = (
    "culture", "analyte", "concentration_pg_ml", "state", "bound_pg_ml", "flags", "excluded",
)  # fmt: skip


def join_cultures(
    cultures: pd.DataFrame,
    flow_wells: pd.DataFrame,
    elisa_cultures: pd.DataFrame,
    population: str,
    analytes: Sequence[str],
    settings: ComparisonSettings,
) -> pd.DataFrame:
    """One row a culture of the study, with what the two assays measured in it.

    Several FCS files of one culture are repeated readings: their percents are averaged, their
    events added up, and `n_apoptotic` is that percent of those events. A culture that an assay
    did not measure, or whose reading was excluded, stays, and `excluded` says why.

    Parameters
    ----------
    cultures
        The study's cultures.csv.
    flow_wells
        flow/wells.csv of all experiments; only rows of `population` with a culture count.
    elisa_cultures
        elisa/cultures.csv.
    population
        The population whose percent apoptotic is compared.
    analytes
        The analytes that the ELISA measured; those that `settings` compares come first.
    settings
        Names the analytes to compare and the factors.

    Returns
    -------
    Every column of `cultures`, then arm, percent_apoptotic, n_events, n_apoptotic, and for each
    analyte (IL-6: il6_) `_pg_ml`, `_state`, `_bound_pg_ml`; then flags and excluded. Sorted by
    experiment, arm (display order) and culture. Counts, doses and hours that are whole numbers are
    integers.

    Raises
    ------
    ComparisonError
        If two analytes would have the same columns.
    """
    analytes = list(dict.fromkeys([*settings.analytes, *analytes]))
    require_own_columns(analytes)
    design = Design.of(cultures, settings)
    arms = arms_of(cultures, settings.factors)
    joined = cultures.copy()
    joined["arm"] = [design.label(arm) for arm in arms]
    flow = _flow_readings(flow_wells, population).reindex(joined["culture"].to_numpy())
    notes = [_texts(flow["flags"])]
    reasons = [_texts(flow["excluded"].fillna("not measured by flow cytometry"))]
    for column in ("percent_apoptotic", "n_events", "n_apoptotic"):
        joined[column] = flow[column].to_numpy(dtype=float)
    for analyte in analytes:
        prefix = column_prefix(analyte)
        elisa = _elisa_readings(elisa_cultures, analyte).reindex(joined["culture"].to_numpy())
        joined[f"{prefix}_pg_ml"] = elisa["concentration_pg_ml"].to_numpy(dtype=float)
        joined[f"{prefix}_state"] = _texts(elisa["state"].fillna("missing"))
        joined[f"{prefix}_bound_pg_ml"] = elisa["bound_pg_ml"].to_numpy(dtype=float)
        notes.append(_texts(elisa["flags"], f"{analyte}: "))
        reasons.append(_texts(elisa["excluded"].fillna(f"{analyte} not measured by ELISA")))
    joined["flags"] = ["; ".join(filter(None, row)) for row in zip(*notes, strict=True)]
    joined["excluded"] = ["; ".join(filter(None, row)) for row in zip(*reasons, strict=True)]
    if not are_counted(joined):
        joined = joined.drop(columns=VIABLE_CELLS, errors="ignore")
    counted = ["hours", "replicate", *(factor.column for factor in settings.factors)]
    counted += ["n_events", "n_apoptotic", VIABLE_CELLS]
    return _whole_numbers(in_order(joined, design), [one for one in counted if one in joined])


def _whole_numbers(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """`table` with those of `columns` as integers that hold whole numbers only."""
    numbers = {column: table[column].astype(float) for column in columns}
    whole = [name for name, values in numbers.items() if (values.dropna() % 1 == 0).all()]
    return table.assign(**{column: numbers[column].astype("Int64") for column in whole})


def in_order(joined: pd.DataFrame, design: Design) -> pd.DataFrame:
    """Rows by experiment, arm (display order) and culture."""
    position = {label: place for place, label in enumerate(design.by_label)}
    places = joined["arm"].map(position)
    return (
        joined.assign(_place=places)
        .sort_values(["experiment", "_place", "culture"], kind="stable")
        .drop(columns="_place")
        .reset_index(drop=True)
    )


def _flow_readings(wells: pd.DataFrame, population: str) -> pd.DataFrame:
    """One row a culture: percent_apoptotic, n_events, n_apoptotic, flags, excluded."""
    rows = _of(wells, FLOW_COLUMNS)
    rows = rows[(rows["population"] == population) & (_filled(rows["culture"]) != "")]
    rows = rows.assign(excluded=_filled(rows["excluded"]), flags=_filled(rows["flags"]))
    measured = (rows["excluded"] == "") & rows["percent_apoptotic"].notna()
    lost = (
        rows["excluded"].where(rows["excluded"] != "", "no percent apoptotic").where(~measured, "")
    )
    readings = {
        str(culture): _one_culture(group[measured[group.index]], lost[group.index], group["flags"])
        for culture, group in rows.groupby("culture")
    }
    columns = ["percent_apoptotic", "n_events", "n_apoptotic", "flags", "excluded"]
    return pd.DataFrame.from_dict(readings, orient="index", columns=columns)


def _one_culture(
    used: pd.DataFrame, lost: "pd.Series[str]", flags: "pd.Series[str]"
) -> tuple[float, float, float, str, str]:
    percent = float(used["percent_apoptotic"].mean()) if len(used) else float("nan")
    events = float(used[list(QUADRANTS)].to_numpy(float).sum()) if len(used) else float("nan")
    # One reading keeps its whole number of events; the mean of several need not be one.
    counted = float(used[["n_early", "n_late"]].to_numpy(float).sum())
    apoptotic = counted if len(used) == 1 else percent / 100 * events
    reasons = _distinct(lost)
    if reasons:
        reasons = f"{LOST_BY_FLOW}{reasons}" + (" (one of several readings)" if len(used) else "")
    return percent, events, apoptotic, _distinct(flags), reasons


def _elisa_readings(table: pd.DataFrame, analyte: str) -> pd.DataFrame:
    """One row a culture: concentration_pg_ml, state, bound_pg_ml, flags, excluded."""
    rows = _of(table, ELISA_COLUMNS)
    rows = rows[rows["analyte"] == analyte].set_index("culture")
    state = _filled(rows["state"])
    unusable = rows["concentration_pg_ml"].isna() & rows["bound_pg_ml"].isna()
    why = _filled(rows["excluded"])
    lost = f"{analyte}: " + state + (" (" + why + ")").where(why != "", "")
    return pd.DataFrame(
        {
            "concentration_pg_ml": rows["concentration_pg_ml"],
            "state": state,
            "bound_pg_ml": rows["bound_pg_ml"],
            "flags": _filled(rows["flags"]),
            "excluded": np.where(unusable, lost, ""),
        },
        index=rows.index,
    )


def _of(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The columns that are used; an assay that the study did not make has an empty table."""
    return table.reindex(columns=list(columns))


def _filled(texts: pd.Series) -> pd.Series:
    return texts.fillna("").astype(str)


def _texts(values: pd.Series, prefix: str = "") -> list[str]:
    return [f"{prefix}{value}" if value else "" for value in values.fillna("").astype(str)]


def _distinct(texts: pd.Series) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))
