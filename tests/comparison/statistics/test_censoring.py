"""Group means with wells outside the quantifiable range."""

import numpy as np
import pytest
from scipy import stats

from coculture.comparison.statistics.censoring import group_mean


@pytest.mark.parametrize(
    ("values", "side", "expected"),
    [
        # 80 stays, and the limit of 20 counts as 20 / sqrt(2): the root of their product.
        ([80.0, 20.0], [0, -1], np.sqrt(80 * 20 / np.sqrt(2))),
        # 20 stays, and the limit of 80 counts as 80 sqrt(2).
        ([20.0, 80.0], [0, 1], np.sqrt(20 * 80 * np.sqrt(2))),
        # Two of four: sqrt(2) enters twice, under the fourth root.
        ([80.0, 20.0, 40.0, 20.0], [0, -1, 0, -1], (80 * 20 * 40 * 20 / 2) ** 0.25),
        # One below and one above: their factors cancel.
        ([30.0, 50.0, 20.0, 90.0], [0, 0, -1, 1], (30.0 * 50 * 20 * 90) ** 0.25),
    ],
)
def test_half_of_the_wells_censored_still_give_an_estimate(
    values: list[float], side: list[int], expected: float
) -> None:
    cell = group_mean(np.log(values), np.array(side), well_sd=0.3)
    assert cell.relation == ""
    assert np.exp(cell.mean) == pytest.approx(expected)
    assert 2 * cell.censored == cell.wells


@pytest.mark.parametrize("direction", [-1, 1])
def test_half_of_the_wells_censored_have_a_censored_fit(direction: int) -> None:
    """At the fit m the score is zero: (x - m)/s of the one well, the hazard of the other."""
    x, bound, sd = 1.4, 1.4 + 0.4 * direction, 0.3
    fitted = group_mean(np.array([x, bound]), np.array([0, direction]), sd).fitted
    z = (bound - fitted) / sd * -direction
    hazard = stats.norm.pdf(z) / stats.norm.cdf(z)
    assert (x - fitted) / sd + direction * hazard == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("direction", "relation"), [(-1, "<="), (1, ">=")])
def test_more_than_half_of_the_wells_censored_give_a_bound_only(
    direction: int, relation: str
) -> None:
    values = np.array([1.0, 2.0, 3.0, 4.0, 6.0])
    cell = group_mean(values, np.array([0, 0, 1, 1, 1]) * direction, well_sd=0.3)
    assert cell.relation == relation
    assert cell.mean == pytest.approx(16 / 5)
    assert np.isnan(cell.fitted)


def test_a_cell_mean_with_censored_wells_is_an_interval() -> None:
    values, side = np.log([40.0, 50.0, 20.0]), np.array([0, 0, -1])
    minority = group_mean(values, side, well_sd=0.1)
    assert minority.mean == pytest.approx(np.log([40, 50, 20 / np.sqrt(2)]).mean())
    assert minority.relation == ""
    assert minority.low == -np.inf
    assert minority.high == pytest.approx(values.mean())
    majority = group_mean(values, np.array([-1, 0, -1]))
    assert majority.relation == "<="
    assert majority.mean == pytest.approx(values.mean())
    above = group_mean(values, np.array([0, 1, 0]))
    assert above.mean == pytest.approx(np.log([40, 50 * np.sqrt(2), 20]).mean())
    assert above.high == np.inf
    both = group_mean(values, np.array([-1, 1, 0]))
    assert np.isnan(both.mean)


def test_the_censored_fit_is_where_the_likelihood_is_flat() -> None:
    """The score at the fit is zero: sum of (x - m)/s - phi/Phi of the censored well."""
    from scipy import stats

    values, side, sd = np.array([1.0, 1.4, 0.9]), np.array([0, 0, -1]), 0.3
    fitted = group_mean(values, side, sd).fitted
    z = (values[2] - fitted) / sd
    score = ((values[:2] - fitted) / sd).sum() - stats.norm.pdf(z) / stats.norm.cdf(z)
    assert score == pytest.approx(0, abs=1e-6)
