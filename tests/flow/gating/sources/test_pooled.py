"""The valley between two peaks."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from coculture.flow.gating.logicle import Logicle
from coculture.flow.gating.sources import pooled

Values = NDArray[np.float64]
Wells = Callable[..., Values]
Place = Callable[[float | None], float]


def test_valley_lies_between_two_peaks_and_is_refused_for_one(well: Wells, scale: Logicle) -> None:
    found = pooled.valley(well(1, 0.4), scale)
    assert found is not None
    assert 0.45 < float(scale.transform([found])[0]) < 0.68
    assert pooled.valley(well(1, 0.0), scale) is None


def test_a_nearly_negative_well_is_not_split_in_two(well: Wells, scale: Logicle) -> None:
    assert pooled.valley(well(3, 0.002), scale) is None


@pytest.mark.parametrize(("apart", "is_deep"), [(3.2, False), (3.8, True)])
def test_a_valley_must_be_below_half_of_the_peaks(
    apart: float, is_deep: bool, piles: Wells, place: Place, scale: Logicle
) -> None:
    """Two equal normal piles d SD apart: between them 2 exp(-d^2 / 8) of a peak's height.

    3.2 SD: 0.55, 3.8 SD: 0.33 (summed in full); the smoothing raises both, to 0.58 and 0.36.
    """
    both = piles((20_000, 0.3, 0.03), (20_000, 0.3 + 0.03 * apart, 0.03))
    found = pooled.valley(both, scale)
    assert (found is not None) == is_deep
    if is_deep:
        assert place(found) == pytest.approx(0.3 + 0.015 * apart, abs=0.004)


@pytest.mark.parametrize(("apart", "is_deep"), [(3.7, False), (4.5, True)])
def test_a_valley_is_judged_by_the_lower_of_the_peaks(
    apart: float, is_deep: bool, piles: Wells, scale: Logicle
) -> None:
    """A fifth of the events in the upper pile: a peak of about a quarter of the main one's height.

    The valley is then 0.17 of the main peak, far below half, but 0.68 of the low one; at 4.5 SD
    it is about a third of the low one.
    """
    uneven = piles((32_000, 0.3, 0.03), (8000, 0.3 + 0.03 * apart, 0.03))
    assert (pooled.valley(uneven, scale) is not None) == is_deep


@pytest.mark.parametrize("empty", ["lower", "upper"])
def test_the_valley_of_three_peaks_is_the_emptiest_place_between_first_and_last(
    empty: str, piles: Wells, place: Place, scale: Logicle
) -> None:
    middle = 0.42 if empty == "upper" else 0.68
    three = piles((4000, 0.3, 0.03), (4000, middle, 0.03), (4000, 0.8, 0.03))
    low, high = (0.3, middle) if empty == "lower" else (middle, 0.8)
    assert low + 0.09 < place(pooled.valley(three, scale)) < high - 0.09
