"""What a page says of the culture under the pointer: its arm, values, flags and pages."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from coculture.exchange.offline_page import json_in_html
from coculture.exchange.vocabulary import BELOW_RANGE, is_missing, number
from coculture.report.flags import ListedFlag, flags_by_culture
from coculture.report.results import Results, with_labels
from coculture.report.table_labels import MeasuredColumns, measured_columns

PagesOf = Mapping[str, Sequence[tuple[str, str]]]
"""Culture -> (title, address) of each other page that shows it."""


def culture_data(
    cultures: pd.DataFrame, found: Sequence[ListedFlag], pages: PagesOf, results: Results
) -> Markup:
    """The rows `cultures` of cultures.csv as the page's script reads them.

    Each is [name, place of its arm in `arms`, values, flags, places of its pages in `pages`].
    """
    flagged = flags_by_culture(found)
    measured = measured_columns(results)
    arms: dict[str, int] = {}
    places: dict[tuple[str, str], int] = {}
    listed = []
    for row in (one for one in cultures.to_dict("records") if "culture" in one):
        name = str(row["culture"])
        arm = arms.setdefault(with_labels(str(row["arm"]), results), len(arms))
        on = [places.setdefault(page, len(places)) for page in pages.get(name, ())]
        listed.append([name, arm, _values(row, measured), flagged.get(name, []), on])
    return json_in_html({"arms": list(arms), "pages": list(places), "cultures": listed})


def _values(row: Mapping[Any, Any], measured: Sequence[MeasuredColumns]) -> list[str]:
    values = []
    for one in measured:
        value, bound = row.get(one.value), row.get(one.bound)
        if not is_missing(value):
            values.append(f"{one.name} {number(value)} {one.unit}".rstrip())
        elif not is_missing(bound):
            side = "below" if row[one.state] in BELOW_RANGE else "above"
            values.append(f"{one.name} {side} {number(bound)} {one.unit}".rstrip())
    if not is_missing(row.get("excluded")):
        values.append(str(row["excluded"]))
    return values
