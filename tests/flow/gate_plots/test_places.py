"""Places of many values among edges."""

import numpy as np
import pytest
from numpy.typing import NDArray

from coculture.flow.gate_plots.places import Edges
from coculture.flow.gating.logicle import Logicle

LOGICLE = Logicle(262144.0, 0.5).inverse(np.linspace(-0.2, 1.05, 1025))


@pytest.mark.parametrize(
    "edges",
    [LOGICLE, np.linspace(0, 280_000, 129), np.array([0.0]), np.array([-1e30, -0.1, 0.1, 1e30])],
    ids=["logicle", "linear", "zero", "far and near"],
)
def test_places_are_those_of_a_plain_search(edges: NDArray[np.float64]) -> None:
    rng = np.random.default_rng(1)
    near = np.concatenate([edges, np.nextafter(edges, np.inf), np.nextafter(edges, -np.inf)])
    far = [0.0, -0.0, 1e-300, -1e-300, 5e-324, 1e300, -1e300, 2.0**24, -(2.0**24), 0.125, -0.125]
    values = np.concatenate(
        [
            near,
            far,
            rng.lognormal(7, 3, 20_000),
            -rng.lognormal(4, 2, 20_000),
            rng.normal(0, 0.2, 999),
        ]
    )
    found = Edges(edges).places(values)
    assert np.array_equal(found, np.searchsorted(edges, values, side="right"))
