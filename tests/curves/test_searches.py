"""What the search for a shape rests on, against least squares by numpy and stated limits."""

from dataclasses import replace

import numpy as np
import pytest

from coculture.curves.grid_search import _grid_sums
from coculture.curves.models import Floats
from coculture.curves.separable_problem import SeparableProblem, separable_problem
from coculture.curves.variable_projection import _may_not_be_best, _searched_quickly

CONCENTRATIONS = np.array([0.0, 3.0, 3.0, 10.0, 30.0, 100.0, 300.0, 300.0])
WEIGHTS = np.array([0.5, 1.0, 2.0, 1.5, 1.0, 0.25, 3.0, 0.0])


def _problem(fixed: dict[str, float], y: Floats) -> SeparableProblem:
    with np.errstate(divide="ignore"):
        log_x = np.log(CONCENTRATIONS)
    return separable_problem("4PL", log_x[None], y[None], WEIGHTS[None], fixed)


@pytest.mark.parametrize("fixed", [{}, {"A": 0.07}, {"D": 2.9}, {"A": 0.07, "D": 2.9}], ids=str)
def test_the_sum_of_squares_of_each_shape_is_that_of_a_linear_regression(
    fixed: dict[str, float],
) -> None:
    y = np.array([0.05, 0.11, 0.14, 0.31, 0.9, 1.7, 2.4, 9.0])
    shapes = np.array([[np.log(0.7), np.log(20.0)], [np.log(1.6), np.log(90.0)]])
    expected = []
    for slope, midpoint in np.exp(shapes):
        left = 1 / (1 + (CONCENTRATIONS / midpoint) ** slope)
        columns = {"A": left, "D": 1 - left}
        known = y - sum(value * columns[name] for name, value in fixed.items())
        free = [columns[name] for name in columns if name not in fixed]
        root = np.sqrt(WEIGHTS)
        rest = root * known
        if free:
            design = root[:, None] * np.column_stack(free)
            rest = rest - design @ np.linalg.lstsq(design, rest, rcond=None)[0]
        expected.append(np.sum(rest**2))
    np.testing.assert_allclose(_grid_sums(_problem(fixed, y), shapes), [expected], rtol=1e-9)


@pytest.mark.parametrize(
    ("half_way", "doubtful"), [(-0.15, True), (-0.05, False), (1.25, False), (1.35, True)]
)
def test_curves_whose_middle_is_far_from_the_standards_are_searched_again(
    half_way: float, doubtful: bool
) -> None:
    """Half-way points in ranges of ln x from the lowest standard; usual is -0.1 to 1.3."""
    x = CONCENTRATIONS
    problem = _problem({}, 0.05 + 2.5 * x / (60 + x))
    fits, is_doubtful = _searched_quickly(problem)
    assert not is_doubtful.any()
    shape = fits.shape.copy()
    shape[:, 1] = np.log(3.0) + half_way * np.log(100.0)
    assert _may_not_be_best(problem, replace(fits, shape=shape)).tolist() == [doubtful]
