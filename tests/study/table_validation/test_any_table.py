"""What holds in every table, checked on rows made by hand."""

from coculture.study.table_validation import any_table
from tests.study.table_validation.made_up_rows import numbered


def test_hyphens_tell_dates_apart_unless_asked_not_to() -> None:
    table = numbered({"experiment": "2024-1-11"}, {"experiment": "2024-11-1"})
    assert list(any_table.names_alike("cultures.csv", table, ["experiment"])) == []
    found = any_table.names_alike("cultures.csv", table, ["experiment"], hyphens=False)
    assert [(one.row, one.value) for one in found] == [(3, "2024-11-1")]
