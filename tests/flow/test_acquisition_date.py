"""Files of another day than most of their experiment."""

from collections.abc import Callable

from coculture.flow.gating.acquisition_date import other_days
from coculture.flow.tubes import Tube


def test_a_day_apart_is_allowed_and_two_are_told(open_tube: Callable[..., Tube]) -> None:
    """Around 1 March of a leap year: 29 February is one day before, 28 February two."""
    days = ["28-FEB-2024", "29-FEB-2024", *["01-MAR-2024"] * 3, "02-MAR-2024", "03-MAR-2024"]
    tubes = [
        open_tube({"FSC-A": [1.0]}, fcs=f"{row}.fcs", row=row, keywords={"$DATE": day})
        for row, day in enumerate(days)
    ]
    usual = "most of its experiment on 2024-03-01"
    assert other_days(tubes) == {
        0: f"acquired on 2024-02-28, {usual}",
        6: f"acquired on 2024-03-03, {usual}",
    }
