"""The numbers behind the quality flags, counted by hand."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from coculture.flow.gating import quality
from coculture.flow.tubes import Tube


@pytest.mark.parametrize(("just_below", "just_above"), [(2, 5), (5, 2)])
def test_sensitivity_is_the_larger_change_of_the_two_shifts(
    just_below: int, just_above: int
) -> None:
    """A tenth of a decade either way moves a threshold of 100 to 79.4 and to 125.9.

    Of 20 events those at 80 are gained by the one, those at 125 lost by the other, at most 5.
    """
    numbers = {79.0: 6, 80.0: just_below, 125.0: just_above, 126.0: 7}
    events = pd.DataFrame({"FL1-A": np.repeat(list(numbers), list(numbers.values()))})
    block = {"channels": ["FL1-A"], "threshold": 100.0, "keep": "above"}
    found = quality.sensitivity(events, block, just_above + 7)
    assert found == pytest.approx(100 * 5 / 20)


def test_margin_counts_events_out_of_scatter_range_and_saturated_ones(
    open_tube: Callable[..., Tube],
) -> None:
    """$PnR is 262144, so 262143 is the largest value and saturated, 262142 is not.

    Of 50 events 4 are out of the scatter range, 2 saturated in Annexin V, 2 in the dye, 1 in both.
    """
    top = 262_143.0
    annexin = np.full(50, 100.0)
    dye = np.full(50, 100.0)
    annexin[[0, 1, 2]] = top
    dye[[2, 3, 4]] = top
    annexin[5], dye[6] = top - 1, top - 1
    signals = {"FSC-A": np.full(50, 1000.0), "FL1-A": annexin, "FL2-A": dye}
    tube = open_tube(signals)
    found = quality.margin_percent(tube, pd.DataFrame(signals), in_range=46, total=50)
    assert found == pytest.approx(100 * (4 + 2 + 2 + 1) / 50)
