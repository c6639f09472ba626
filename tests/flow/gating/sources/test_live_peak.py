"""The peak of the live cells, in values whose negative part is known."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from coculture.flow.gating.densities import Distribution
from coculture.flow.gating.logicle import Logicle
from coculture.flow.gating.sources import live_peak
from coculture.flow.gating.sources.threshold import FEWEST_EVENTS

Values = NDArray[np.float64]
Wells = Callable[..., Values]
Place = Callable[[float | None], float]


def live_threshold(
    wells: Sequence[Values], reference: Values, scale: Logicle, highest: float = np.inf
) -> float | None:
    """The threshold from linear values."""
    return live_peak.live_threshold(
        [Distribution(scale.transform(well)) for well in wells],
        Distribution(scale.transform(reference)),
        scale,
        highest,
    )


@pytest.mark.parametrize("positive", [0.01, 0.2, 0.6])
def test_negative_peak_is_found_whatever_lies_above(
    positive: float, well: Wells, scale: Logicle
) -> None:
    peak = live_peak.negative_peak(Distribution(scale.transform(well(1, positive))))
    assert peak.mode == pytest.approx(0.35, abs=0.006)
    assert peak.sd == pytest.approx(0.03, abs=0.006)
    assert peak.share == pytest.approx(1 - positive, abs=0.12)


def test_live_peak_is_the_median_of_the_wells(well: Wells, scale: Logicle) -> None:
    wells = [well(seed, positive) for seed, positive in enumerate([0.05, 0.05, 0.3, 0.5, 0.7])]
    found = live_threshold(wells, wells[0], scale)
    assert found is not None
    expected = 0.35 + live_peak.LIVE_SDS * 0.03
    assert float(scale.transform([found])[0]) == pytest.approx(expected, abs=0.01)


def test_a_well_without_live_cells_does_not_count(well: Wells, scale: Logicle) -> None:
    live, dead = well(1, 0.05), well(2, 0.99)
    assert live_threshold([live, dead, dead], live, scale) == live_threshold([live], live, scale)
    assert live_threshold([dead], live, scale) is None


def test_one_dim_or_bright_well_among_five_does_not_move_the_live_peak(
    piles: Wells, place: Place, scale: Logicle
) -> None:
    usual, bright = piles((4000, 0.35, 0.03)), piles((4000, 0.43, 0.03))
    alone = place(live_threshold([usual], usual, scale))
    assert place(live_threshold([bright], usual, scale)) == pytest.approx(alone + 0.08, abs=0.005)
    assert place(live_threshold([*[usual] * 4, bright], usual, scale)) == pytest.approx(alone)


@pytest.mark.parametrize(("highest", "is_live"), [(0.32, False), (0.38, True)])
def test_no_live_peak_above_the_highest_value_of_live_cells(
    highest: float, is_live: bool, piles: Wells, scale: Logicle
) -> None:
    usual = piles((4000, 0.35, 0.03))
    limit = float(scale.inverse([highest])[0])
    assert (live_threshold([usual], usual, scale, limit) is not None) == is_live


@pytest.mark.parametrize(("sds", "counts"), [(3.5, True), (4.5, False)])
def test_a_wells_peak_counts_up_to_four_sds_above_the_references(
    sds: float, counts: bool, piles: Wells, scale: Logicle
) -> None:
    usual, other = piles((4000, 0.35, 0.03)), piles((4000, 0.35 + 0.03 * sds, 0.03))
    assert (live_threshold([other], usual, scale) is not None) == counts


@pytest.mark.parametrize(("share", "counts"), [(0.19, False), (0.2, True)])
def test_a_wells_peak_counts_from_a_fifth_of_its_events(
    share: float, counts: bool, scale: Logicle, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference, sample = (Distribution(np.full(FEWEST_EVENTS, 0.35)) for _ in range(2))
    peaks = {
        reference: live_peak.NegativePeak(0.35, 0.03, 0.9),
        sample: live_peak.NegativePeak(0.35, 0.03, share),
    }
    monkeypatch.setattr(live_peak, "negative_peak", peaks.__getitem__)
    assert (live_peak.live_threshold([sample], reference, scale) is not None) == counts
