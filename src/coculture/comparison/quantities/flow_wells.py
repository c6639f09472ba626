"""The readings of cultures from flow/wells.csv, for every quantity that flow cytometry measures.

Several FCS files of one culture are parts of one tube, or replicates that are weighted by their
events: either way the numbers that a quantity is made of are added.
"""

from collections.abc import Callable, Sequence

import pandas as pd

from coculture.comparison.quantities.kind import EXCLUDED, OK
from coculture.comparison.quantities.text_columns import filled, joined

ANNEXIN_SEEN = "annexin_seen"


def of_population(wells: pd.DataFrame, population: str, columns: Sequence[str]) -> pd.DataFrame:
    """The rows of samples of one population, with `columns` as numbers."""
    needed = ["culture", "population", *columns, ANNEXIN_SEEN, "flags", "excluded"]
    rows = wells.reindex(columns=list(dict.fromkeys(needed)))
    if population:
        rows = rows[rows["population"] == population]
    rows = rows[filled(rows["culture"]) != ""]
    numbers = {column: rows[column].astype(float) for column in columns}
    return rows.assign(excluded=filled(rows["excluded"]), flags=filled(rows["flags"]), **numbers)


def by_culture(
    rows: pd.DataFrame,
    is_measured: "pd.Series[bool]",
    why: "pd.Series[str]",
    combined: Callable[[pd.DataFrame], dict[str, float]],
    columns: Sequence[str],
) -> pd.DataFrame:
    """One row a culture.

    Parameters
    ----------
    rows
        From `of_population`.
    is_measured
        Whether a row gives the quantity, apart from being excluded.
    why
        Why it does not.
    combined
        The columns of the quantity from the rows that are used; NaN for each if there are none.
    columns
        The names that `combined` gives.

    Returns
    -------
    state, `columns`, annexin_seen, flags, reason; index culture.
    """
    used = is_measured & (rows["excluded"] == "")
    reasons = rows["excluded"].where(rows["excluded"] != "", why)
    found = {}
    for culture, group in rows.groupby("culture"):
        kept = group[used[group.index]]
        lost = joined(reasons[group.index[~used[group.index]]])
        if lost:
            lost = f"flow: {lost}" + (" (one of several readings)" if len(kept) else "")
        numbers = combined(kept) if len(kept) else dict.fromkeys(columns, float("nan"))
        # A table of before this column says nothing of it.
        seen = not bool(kept[ANNEXIN_SEEN].eq(False).any()) if len(kept) else None
        found[str(culture)] = {
            "state": OK if len(kept) else EXCLUDED,
            **numbers,
            ANNEXIN_SEEN: seen,
            "flags": joined(group["flags"]),
            "reason": lost,
        }
    names = ["state", *columns, ANNEXIN_SEEN, "flags", "reason"]
    return pd.DataFrame.from_dict(found, orient="index", columns=names)
