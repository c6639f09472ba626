"""Which events of a control were carried over from stained cells."""

import numpy as np
import pytest

from coculture.flow.gating.carry_over import is_own, most_allowed


def _pile(seed: int, events: int, middle: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.random.default_rng(seed).normal(middle, 0.1, events)


STAINED = np.concatenate([_pile(1, 400, 0.4), _pile(2, 600, 2.0)])
"""Six in ten are stained."""


@pytest.mark.parametrize("carried", [20, 100, 250])
def test_bright_events_among_many_dim_ones_were_carried_over(carried: int) -> None:
    control = np.concatenate([_pile(3, 1000 - carried, 0.4), _pile(4, carried, 2.0)])
    own = is_own(control, STAINED)
    assert own[: 1000 - carried].all()
    assert not own[1000 - carried :].any()


@pytest.mark.parametrize("carried", [0, 5, 400, 1000])
def test_a_clean_control_and_one_that_is_stained_itself_stay_as_they_are(carried: int) -> None:
    control = np.concatenate([_pile(3, 1000 - carried, 0.4), _pile(4, carried, 2.0)])
    assert is_own(control, STAINED).all()


def test_without_a_stain_nothing_can_be_said() -> None:
    control = np.concatenate([_pile(3, 900, 0.4), _pile(4, 100, 2.0)])
    assert is_own(control, _pile(5, 1000, 0.4)).all()
    assert is_own(control, np.empty(0)).all()
    assert is_own(np.empty(0), STAINED).shape == (0,)


def test_more_may_be_carried_over_into_a_larger_tube() -> None:
    assert [most_allowed(events) for events in (0, 300, 3000, 30_000)] == [0, 3, 10, 48]
