"""The measurements of a culture in one row: percent apoptotic and each analyte.

The state of a measurement is a code: `apoptosis_state` is ok, excluded or missing; the state of an
analyte is that of elisa/cultures.csv, or missing. Why there is no value is in `apoptosis_reason`
and `{analyte}_reason`, one reason each; `excluded` lists them for people.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from coculture.comparison.design.arms import Design, arms_of
from coculture.comparison.settings import APOPTOSIS, ComparisonSettings, require_own_columns
from coculture.exchange.names import column_prefix
from coculture.exchange.vocabulary import many, state_in_words

QUADRANTS = ("n_viable", "n_early", "n_late", "n_necrotic")
VIABLE_CELLS = "viable_cells_per_ml"
OK, EXCLUDED, MISSING = "ok", "excluded", "missing"
"""States of a reading: used; acquired but not used; not made. Of an analyte there are more."""
NOT_DETERMINED = "not_determined"
"""The state of an analyte that was read without giving a value."""
_REASONS_SHOWN = 3
FLOW_COLUMNS = (
    "culture", "population", *QUADRANTS, "percent_apoptotic", "annexin_seen", "flags", "excluded",
)  # fmt: skip
ELISA_COLUMNS = (
    "culture", "analyte", "concentration_pg_ml", "state", "bound_pg_ml", "flags", "excluded",
    "reason",
)  # fmt: skip


def join_cultures(
    cultures: pd.DataFrame,
    flow_wells: pd.DataFrame,
    elisa_cultures: pd.DataFrame,
    population: str,
    analytes: Sequence[str],
    settings: ComparisonSettings,
) -> pd.DataFrame:
    """Join the results of the two assays, one row for each culture of the study.

    Several FCS files of one culture are parts of one tube, or replicates that are weighted by their
    events: either way their counts are added, and the percent is that of the sum. Cultures that an
    assay did not measure, or with excluded readings, are kept, with the reason.

    Parameters
    ----------
    cultures
        The study's cultures.csv.
    flow_wells
        flow/wells.csv of all experiments; only rows of `population` with a culture are used.
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
    All columns of `cultures`, then arm, apoptosis_state, percent_apoptotic, n_events, n_apoptotic,
    annexin_seen (whether Annexin V stained, as far as dead cells show it),
    and for each analyte (IL-6: il6_) `_pg_ml`, `_state`, `_bound_pg_ml`; then flags (codes),
    excluded, and the reasons for missing values. Sorted by experiment, arm (display order) and
    culture. Counts, doses and hours that are whole numbers are integers.

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
    joined["apoptosis_state"] = _texts(flow["state"].fillna(MISSING))
    for column in ("percent_apoptotic", "n_events", "n_apoptotic"):
        joined[column] = flow[column].to_numpy(dtype=float)
    joined["annexin_seen"] = pd.array(flow["annexin_seen"].tolist(), dtype="boolean")
    flags = [_texts(flow["flags"])]
    reasons = {"apoptosis_reason": _texts(flow["reason"].fillna("not measured by flow cytometry"))}
    for analyte in analytes:
        prefix = column_prefix(analyte)
        elisa = _elisa_readings(elisa_cultures, analyte).reindex(joined["culture"].to_numpy())
        joined[f"{prefix}_pg_ml"] = elisa["concentration_pg_ml"].to_numpy(dtype=float)
        joined[f"{prefix}_state"] = _texts(elisa["state"].fillna(MISSING))
        joined[f"{prefix}_bound_pg_ml"] = elisa["bound_pg_ml"].to_numpy(dtype=float)
        flags.append(_texts(elisa["flags"]))
        reason = elisa["reason"].fillna(f"{analyte} not measured by ELISA")
        reasons[f"{prefix}_reason"] = _texts(reason)
    joined["flags"] = [_joined(row) for row in zip(*flags, strict=True)]
    joined["excluded"] = [_joined(row) for row in zip(*reasons.values(), strict=True)]
    joined = joined.assign(**reasons)
    if not are_counted(joined):
        joined = joined.drop(columns=VIABLE_CELLS, errors="ignore")
    counted = ["hours", "replicate", *(factor.column for factor in settings.factors)]
    counted += ["n_events", "n_apoptotic", VIABLE_CELLS]
    return _whole_numbers(in_order(joined, design), [one for one in counted if one in joined])


def are_counted(cultures: pd.DataFrame) -> bool:
    """Whether the viable cells of any culture were counted."""
    return VIABLE_CELLS in cultures and bool(cultures[VIABLE_CELLS].notna().any())


def is_measured(cultures: pd.DataFrame, subject: str) -> bool:
    """Whether any culture was measured for `subject`, including excluded readings."""
    if subject == APOPTOSIS:
        measured = cultures["percent_apoptotic"].notna()
        return bool((measured | (cultures["apoptosis_state"] == EXCLUDED)).any())
    return not cultures[f"{column_prefix(subject)}_state"].isin(["", MISSING]).all()


def why_not_determined(cultures: pd.DataFrame, subject: str) -> str:
    """Why an analyte that was read has no value in any culture; empty if it has one, or was not."""
    if subject == APOPTOSIS:
        return ""
    prefix = column_prefix(subject)
    state = cultures[f"{prefix}_state"]
    if not state.isin(["", MISSING, NOT_DETERMINED]).all() or not state.eq(NOT_DETERMINED).any():
        return ""
    reasons = cultures.loc[state == NOT_DETERMINED, f"{prefix}_reason"].unique().tolist()
    more = len(reasons) - _REASONS_SHOWN
    shown = "; ".join(reasons[:_REASONS_SHOWN]) + (f"; and {more} more reasons" if more > 0 else "")
    return f"no culture has a value of {subject}: {shown}"


def _whole_numbers(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """`table` with those of `columns` as integers that contain only whole numbers."""
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
    """One row a culture: state, percent_apoptotic, n_events, n_apoptotic, annexin_seen, flags,
    reason."""
    rows = _of(wells, FLOW_COLUMNS)
    rows = rows[(rows["population"] == population) & (_filled(rows["culture"]) != "")]
    rows = rows.assign(excluded=_filled(rows["excluded"]), flags=_filled(rows["flags"]))
    measured = (rows["excluded"] == "") & rows["percent_apoptotic"].notna()
    cells = rows[list(QUADRANTS)].sum(axis=1, min_count=1)
    few = [
        "no percent apoptotic" + ("" if np.isnan(n) else f" ({many(int(n), 'cell')})")
        for n in cells.to_numpy(float, na_value=np.nan)
    ]
    reasons = rows["excluded"].where(rows["excluded"] != "", pd.Series(few, rows.index))
    readings = {
        str(culture): _one_culture(
            group[measured[group.index]], reasons[group.index[~measured[group.index]]], group
        )
        for culture, group in rows.groupby("culture")
    }
    columns = [
        *("state", "percent_apoptotic", "n_events", "n_apoptotic"),
        *("annexin_seen", "flags", "reason"),
    ]
    return pd.DataFrame.from_dict(readings, orient="index", columns=columns)


def _one_culture(
    used: pd.DataFrame, reasons: "pd.Series[str]", all_readings: pd.DataFrame
) -> tuple[str, float, float, float, bool | None, str, str]:
    events = apoptotic = percent = float("nan")
    if len(used):
        events = float(used[list(QUADRANTS)].to_numpy(float).sum())
        apoptotic = float(used[["n_early", "n_late"]].to_numpy(float).sum())
        percent = 100 * apoptotic / events
    reason = _joined(reasons)
    if reason:
        reason = f"flow: {reason}" + (" (one of several readings)" if len(used) else "")
    flags = _joined(all_readings["flags"])
    # A table of before this column says nothing of it.
    seen = not bool(used["annexin_seen"].eq(False).any()) if len(used) else None
    return OK if len(used) else EXCLUDED, percent, events, apoptotic, seen, flags, reason


def _elisa_readings(table: pd.DataFrame, analyte: str) -> pd.DataFrame:
    """One row a culture: concentration_pg_ml, state, bound_pg_ml, flags, reason."""
    rows = _of(table, ELISA_COLUMNS)
    rows = rows[rows["analyte"] == analyte].set_index("culture")
    state = _filled(rows["state"])
    unusable = rows["concentration_pg_ml"].isna() & rows["bound_pg_ml"].isna()
    # Tables of before the column `reason` say nothing.
    why = _filled(rows["reason"]).where(_filled(rows["reason"]) != "", _filled(rows["excluded"]))
    reason = f"{analyte}: " + state.map(state_in_words) + (" (" + why + ")").where(why != "", "")
    return pd.DataFrame(
        {
            "concentration_pg_ml": rows["concentration_pg_ml"],
            "state": state,
            "bound_pg_ml": rows["bound_pg_ml"],
            "flags": _filled(rows["flags"]),
            "reason": np.where(unusable, reason, ""),
        },
        index=rows.index,
    )


def _of(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The columns that are used. An assay that the study did not make has an empty table."""
    return table.reindex(columns=list(columns))


def _filled(texts: pd.Series) -> pd.Series:
    return texts.fillna("").astype(str)


def _texts(values: pd.Series) -> list[str]:
    return list(_filled(values))


def _joined(texts: Iterable[str]) -> str:
    """Different texts in one cell, for people."""
    return "; ".join(dict.fromkeys(text for text in texts if text))
