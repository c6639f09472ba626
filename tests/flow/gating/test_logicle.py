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


@pytest.mark.parametrize(
    "scale",
    [
        *(Logicle(262144, width) for width in (0.0, 0.1, 0.5, 1.0, 2.0, 2.25)),
        Logicle(1000, 1.0, 4.0),
        Logicle(262144, 1.0, 4.5, 0.5),
        Logicle(262144, 1.0, 4.5, -1.0),
        Logicle(16777216, 0.3, 7.2, 0.2),
        Logicle(262144, 1.0, 20.0),
    ],
    ids=str,
)
def test_exact_to_the_last_digits_also_far_above_the_top(scale: Logicle) -> None:
    """The scale values that the inverse was made from; 1.9 is about top * 10^4."""
    places = np.linspace(-0.9 + 2 * scale.zero, 1.9, 30_001)
    found = scale.transform(scale.inverse(places))
    np.testing.assert_allclose(found, places, rtol=0, atol=4e-15)
    beyond = np.array([2.5, 3.0])
    np.testing.assert_allclose(scale.transform(scale.inverse(beyond)), beyond, rtol=4e-15)


def test_a_value_has_one_place_whatever_else_is_transformed() -> None:
    """Many values are transformed in blocks."""
    scale = Logicle(262144, 0.5)
    many = np.random.default_rng(3).normal(200, 3000, 20_001)
    places = scale.transform(many)
    for number in (0, 8191, 8192, 16384, 20_000):
        assert float(scale.transform(many[number])) == pytest.approx(places[number], abs=1e-15)
    np.testing.assert_array_equal(scale.transform(many[:20_000].reshape(100, 200)).ravel(),
                                  places[:20_000])  # fmt: skip
    assert scale.transform([]).shape == (0,)


def test_width_follows_the_negative_tail() -> None:
    values = np.concatenate([np.full(100, -200.0), np.full(100, 500.0)])
    scale = logicle_for(values, 262144)
    assert scale.width == pytest.approx((4.5 - np.log10(262144 / 200)) / 2)
    assert logicle_for(np.array([5.0]), 262144).width == 0.1


def test_impossible_parameters_are_refused() -> None:
    with pytest.raises(ValueError, match="width from 0 to decades / 2"):
        Logicle(262144, 3, 4.5)
