"""What a gate on one channel keeps, as lower and upper end."""

import math
from typing import Any

import pytest

from coculture.flow.interchange.gating_ml.of_experiment import _intervals


@pytest.mark.parametrize(
    ("block", "kept"),
    [
        ({"threshold": 300}, (300.0, math.inf)),
        ({"threshold": 300, "keep": "above"}, (300.0, math.inf)),
        ({"threshold": 300, "keep": "below"}, (-math.inf, 300.0)),
    ],
)
def test_a_threshold_keeps_one_side(block: dict[str, Any], kept: tuple[float, float]) -> None:
    assert [*_intervals(block)] == [kept]
