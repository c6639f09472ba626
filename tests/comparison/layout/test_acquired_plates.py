"""The plates of samples, where flow.csv leaves their names empty."""

import pandas as pd

from coculture.comparison.layout.acquired_plates import acquired_plates


def test_one_well_with_several_cultures_was_on_as_many_plates() -> None:
    """Without days and names, the second culture in A1 is the first sample of a second plate."""
    samples = pd.DataFrame(
        {
            "experiment": "E1",
            "plate": ["", "", "", "P", "P", ""],
            "well": ["A1", "A2", "A1", "A1", "A1", ""],
            "culture": ["a", "b", "c", "d", "e", "f"],
        }
    )
    assert acquired_plates(samples).to_list() == [
        "E1",
        "E1",
        "E1 (plate 2)",
        "P",
        "P (plate 2)",
        "E1",
    ]
