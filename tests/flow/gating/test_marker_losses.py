"""What a marker's gate loses of the dying cells, worked out by hand."""

import math

import pytest

from coculture.flow.gating import marker_losses
from coculture.flow.gating.marker_losses import _Others, _Seen

SEEN = _Seen(
    inside=400,
    dying=50,
    bright=50,
    outside_positive=60,
    outside_negative=90,
    cut_dying=0.0,
    cut_others=0.0,
)


def test_as_many_dying_cells_outside_as_inside_are_half_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """50 of 400 cells inside are dying: 12.5 %. With the 50 outside it is 100 of 450."""
    monkeypatch.setattr(marker_losses, "_excess", lambda *_: (50.0, 9.0))
    loss = marker_losses._loss("DEX", SEEN, SEEN, _Others(10, 90))
    assert (loss.evidence, loss.lost) == ("excess", 0.5)
    assert (loss.percent, loss.percent_with) == pytest.approx((12.5, 100 * 100 / 450))
    assert (loss.outside_percent, loss.expected_percent) == pytest.approx((40.0, 10.0))


def test_the_excess_is_counted_in_standard_errors() -> None:
    """Of 90 negative cells outside 10 positive ones are expected; 50 more are seen.

    A tenth of other cells is positive, by 100 of them: the SE of the ratio 1 to 9 is
    sqrt(.1 x .9 / 100) / .9^2 = .037037, by the delta method. The share may also be off by 5 %.
    """
    excess, errors = marker_losses._excess(SEEN, _Others(10, 90))
    error = math.sqrt(60 + (90 * 0.03 / 0.81) ** 2 + (0.05 * 10) ** 2)
    assert (excess, errors) == pytest.approx((50.0, 50 / error))
