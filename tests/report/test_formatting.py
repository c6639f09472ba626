"""Names sort by the numbers in them, and are not broken at the end of a line."""

from coculture.exchange.names import natural_key
from coculture.report.formatting import unbroken_names


def test_numbers_inside_names_are_sorted_as_numbers() -> None:
    names = ["E10-1", "E9-10", "E9-9", "E1-2"]
    assert sorted(names, key=natural_key) == ["E1-2", "E9-9", "E9-10", "E10-1"]


def test_html_in_a_name_is_escaped() -> None:
    assert "<b>" not in unbroken_names("<b>IL-6</b> n = 4")
    assert '<span class="whole">n = 4</span>' in unbroken_names("<b>IL-6</b> n = 4")
