"""The readings of cultures from flow/wells.csv, for every quantity that flow cytometry measures.

Several FCS files of one culture are parts of one tube, or replicates that are weighted by their
events: either way the numbers that a quantity is made of are added.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.comparison.quantities.kind import EXCLUDED, OK
from coculture.comparison.quantities.text_columns import filled, joined

NOT_MEASURED = "not measured by flow cytometry"
"""Why a culture without an FCS file has no value."""
SEEN = "_seen"
"""Ending of the columns that are false where a stain may not have stained."""


def of_population(wells: pd.DataFrame, population: str, columns: Sequence[str]) -> pd.DataFrame:
    """The rows of samples of one population, with `columns` as numbers."""
    seen = [column for column in wells if str(column).endswith(SEEN)]
    needed = ["culture", "population", *columns, *seen, "flags", "excluded"]
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
    combined: Callable[[NDArray[np.intp]], dict[str, float]],
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
        The columns of the quantity from the places of the rows that are used; NaN for each if there
        are none.
    columns
        The names that `combined` gives.

    Returns
    -------
    state, `columns`, those that say whether a stain was seen, flags, reason; index culture.
    """
    used = (is_measured & (rows["excluded"] == "")).to_numpy(dtype=bool)
    reasons = rows["excluded"].where(rows["excluded"] != "", why).to_numpy()
    flags = rows["flags"].to_numpy()
    seen = [str(column) for column in rows if str(column).endswith(SEEN)]
    is_unstained = {column: rows[column].eq(False).fillna(False).to_numpy(bool) for column in seen}
    found = {}
    # By place: of many cultures with one file each, pandas would take most of the time.
    for culture, of_culture in rows.groupby("culture").indices.items():
        places = np.asarray(of_culture)
        kept = places[used[places]]
        lost = joined(reasons[places[~used[places]]])
        if lost:
            lost = f"flow: {lost}" + (" (one of several readings)" if len(kept) else "")
        numbers = combined(kept) if len(kept) else dict.fromkeys(columns, float("nan"))
        stained = {
            column: not bool(unstained[kept].any()) if len(kept) else None
            for column, unstained in is_unstained.items()
        }
        found[str(culture)] = {
            "state": OK if len(kept) else EXCLUDED,
            **numbers,
            **stained,
            "flags": joined(flags[places]),
            "reason": lost,
        }
    names = ["state", *columns, *seen, "flags", "reason"]
    return pd.DataFrame.from_dict(found, orient="index", columns=names)
