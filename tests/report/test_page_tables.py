"""Tables of the page: what they can be filtered by."""

import pandas as pd
import pytest

from coculture.report.page_tables import plain_table, table


def test_contrasts_can_be_filtered_by_kind_and_are_counted_once() -> None:
    frame = pd.DataFrame(
        {
            "contrast": ["a", "b", "c", "a", "b", "c"],
            "family": ["trend over the doses", "between cell types", "between cell types"] * 2,
            "analysis": ["per_experiment"] * 3 + ["pooled_error"] * 3,
        }
    )
    made = table("comparison/contrasts.csv", frame, pd.DataFrame())
    assert made.kinds == ["trend over the doses", "between cell types"]
    assert made.count == 3
    assert table("comparison/arms.csv", frame, pd.DataFrame()).kinds == []


def test_a_unit_that_the_heading_begins_with_is_not_repeated() -> None:
    definitions = pd.DataFrame(
        [
            ("a.csv", "percent_late", "percent", ""),
            ("a.csv", "n_events", "events", ""),
            ("a.csv", "mean_pg_ml", "pg/mL", ""),
        ],
        columns=["table", "column", "unit", "definition"],
    )
    frame = pd.DataFrame({"percent_late": [1.0], "n_events": [2], "mean_pg_ml": [3.0]})
    shown = [(one.heading, one.unit) for one in table("a.csv", frame, definitions).columns]
    assert shown == [("percent late", ""), ("n events", "events"), ("mean", "pg/mL")]


@pytest.mark.parametrize(
    ("rows", "tall", "long"),
    [(12, False, False), (13, True, False), (50, True, False), (51, True, True)],
)
def test_more_than_12_rows_scroll_and_more_than_50_are_shown_in_parts(
    rows: int, tall: bool, long: bool
) -> None:
    made = plain_table([("n", "")], [(number,) for number in range(rows)])
    assert (made.is_tall, made.is_long) == (tall, long)
