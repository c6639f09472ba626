"""Paths written with relative commands; the expected steps are worked out by hand."""

import pytest

from coculture.report.svg_path import compact


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        # Every point of a curve is counted from the point where the curve starts.
        ("M 10 20 C 11 22 13 25 16 29", "m10 20c1 2 3 5 6 9"),
        ("M 10 20 Q 11 22 13 25 L 14 27", "m10 20q1 2 3 5l1 2"),
        # After a closed shape the next move starts from the first point of that shape.
        ("M 1 2 L 4 6 z M 2 4", "m1 2 3 4zm1 2"),
    ],
)
def test_points_become_steps(path: str, steps: str) -> None:
    assert compact(path) == steps
