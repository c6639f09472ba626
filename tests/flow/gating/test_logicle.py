"""The logicle scale against flowutils, and its own contract."""

import flowutils
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coculture.flow.gating.logicle import Logicle, logicle_for

LINEAR = np.concatenate([-np.geomspace(1e-3, 1e5, 300), [0.0], np.geomspace(1e-3, 3e6, 400)])


@pytest.mark.parametrize(
    ("top", "width", "decades", "negative"),
    [
        (262144, 0.5, 4.5, 0),
        (262144, 0.0, 4.5, 0),
        (1000, 1.0, 4.0, 0),
        (262144, 1.0, 4.5, 0.5),
        (1e6, 2.0, 4.5, 0),
        (16777216, 0.3, 7.2, 0.2),
    ],
)
def test_as_flowutils(top: float, width: float, decades: float, negative: float) -> None:
    ours = Logicle(top, width, decades, negative).transform(LINEAR)
    theirs = flowutils.transforms.logicle(
        LINEAR.reshape(-1, 1).copy(), [0], t=top, w=width, m=decades, a=negative
    ).ravel()
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9)


@given(
    width=st.floats(0, 2),
    decades=st.floats(4, 7),
    value=st.floats(-1e5, 1e6),
)
def test_there_and_back(width: float, decades: float, value: float) -> None:
    scale = Logicle(262144, width, decades)
    back = float(scale.inverse(scale.transform([value]))[0])
    assert back == pytest.approx(value, rel=1e-9, abs=1e-6)


def test_monotone_and_anchored() -> None:
    scale = Logicle(262144, 0.5)
    assert np.all(np.diff(scale.transform(np.sort(LINEAR))) > 0)
    assert float(scale.transform([262144.0])[0]) == pytest.approx(1)
    assert float(scale.transform([0.0])[0]) == pytest.approx(scale.zero)


def test_width_follows_the_negative_tail() -> None:
    values = np.concatenate([np.full(100, -200.0), np.full(100, 500.0)])
    scale = logicle_for(values, 262144)
    assert scale.width == pytest.approx((4.5 - np.log10(262144 / 200)) / 2)
    assert logicle_for(np.array([5.0]), 262144).width == 0.1


def test_impossible_parameters_are_refused() -> None:
    with pytest.raises(ValueError, match="width from 0 to decades / 2"):
        Logicle(262144, 3, 4.5)
