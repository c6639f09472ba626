"""Tables of the page: what they can be filtered by."""

import pandas as pd

from coculture.report.page_tables import table


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
