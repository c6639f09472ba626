"""Values and tubes whose distribution is known, for the tests of threshold sources."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.special import ndtri

from coculture.flow.gating.logicle import Logicle
from coculture.flow.gating.pool import PooledTube
from coculture.flow.tubes import Tube

Values = NDArray[np.float64]
SCALE = Logicle(262144, 0.5)
CHANNELS = ("FSC-A", "FL1-A", "FL2-A", "FL3-A")


class Pooled(Protocol):
    """Makes a pooled tube."""

    def __call__(
        self, role: str, name: str, channel: str, values: Values, stain: str = ""
    ) -> PooledTube: ...


@pytest.fixture
def scale() -> Logicle:
    """The logicle scale of the made-up values."""
    return SCALE


@pytest.fixture
def well() -> Callable[..., Values]:
    """Negative cells normal on the logicle scale (mean 0.35, SD 0.03), positive ones at 0.8."""

    def of(seed: int, positive: float, events: int = 4000, shift: float = 0.0) -> Values:
        rng = np.random.default_rng(seed)
        above = rng.random(events) < positive
        negative = rng.normal(0.35 + shift, 0.03, events)
        return SCALE.inverse(np.where(above, rng.normal(0.8, 0.04, events), negative))

    return of


@pytest.fixture
def piles() -> Callable[..., Values]:
    """Normal piles (events, mean, SD) on the logicle scale: their quantiles, without noise."""

    def of(*each: tuple[int, float, float]) -> Values:
        places = [mean + sd * ndtri((np.arange(n) + 0.5) / n) for n, mean, sd in each]
        return SCALE.inverse(np.concatenate(places))

    return of


@pytest.fixture
def place() -> Callable[[float | None], float]:
    """Position of a threshold, which must exist, on the logicle scale."""

    def of(threshold: float | None) -> float:
        assert threshold is not None
        return float(SCALE.transform([threshold])[0])

    return of


@pytest.fixture
def pooled(open_tube: Callable[..., Tube]) -> Pooled:
    """A tube of a role whose events have the given values in one channel and 1 in the others."""

    def of(role: str, name: str, channel: str, values: Values, stain: str = "") -> PooledTube:
        tube = open_tube(
            {column: [1.0] for column in CHANNELS}, fcs=name, role=role, stained_channel=stain
        )
        events = pd.DataFrame({column: np.ones(len(values)) for column in CHANNELS})
        return PooledTube(tube, events.assign(**{channel: values}))

    return of
