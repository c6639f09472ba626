"""Excluded finished numbers put back: those of each culture together."""

from collections.abc import Iterator

import pandas as pd

from coculture.comparison.quantities.text_columns import filled
from coculture.exchange.alternatives import PUT_BACK, Alternative
from coculture.exchange.vocabulary import listed


def others(numbers: pd.DataFrame) -> Iterator[tuple[Alternative, pd.DataFrame]]:
    """The numbers of each culture with those put back that were excluded; then all together.

    Parameters
    ----------
    numbers
        The rows of the tables of values, as `join_cultures` takes them.

    Returns
    -------
    Each alternative with all numbers of its cultures.
    """
    # A control has no culture, and is no measurement of one.
    is_excluded = (filled(numbers["exclude"]) != "") & (filled(numbers["culture"]) != "")
    excluded = numbers[is_excluded & numbers["value"].notna()]
    for culture, rows in excluded.groupby("culture", sort=False):
        name = f"{_rows(rows)} ({culture}) put back"
        yield Alternative(name, PUT_BACK), _put_back(numbers, {str(culture)})
    cultures = set(excluded["culture"].astype(str))
    if len(cultures) > 1:
        yield Alternative("all excluded numbers put back", PUT_BACK), _put_back(numbers, cultures)


def _put_back(numbers: pd.DataFrame, cultures: set[str]) -> pd.DataFrame:
    return numbers[numbers["culture"].isin(cultures)].assign(exclude="")


def _rows(rows: pd.DataFrame) -> str:
    """ "rows 3 and 4 of values.csv"."""
    places = rows[["table", "row"]].drop_duplicates()
    return listed(
        f"{'row' if len(of_table) == 1 else 'rows'} {listed(of_table['row'])} of {table}"
        for table, of_table in places.groupby("table", sort=False)
    )
