"""Group means with wells outside the quantifiable range."""

import numpy as np
import pytest
from scipy import stats

from coculture.comparison.statistics.censoring import SD_FACTOR, censored_mean, group_mean


@pytest.mark.parametrize("direction", [-1, 1])
@pytest.mark.parametrize(
    ("measured", "outside"), [([1.4], [1.0]), ([1.0, 1.4], [0.9]), ([1.4], [1.3, 1.1])]
)
def test_the_censored_likelihood_mean_is_where_the_likelihood_is_flat(
    direction: int, measured: list[float], outside: list[float]
) -> None:
    """The score is zero: the sum of (x - m) / s, and of phi / Phi of the wells outside."""
    x, bounds, sd = -direction * np.array(measured), -direction * np.array(outside), 0.3
    side = np.array([0] * len(x) + [direction] * len(bounds))
    cell = group_mean(np.concatenate([x, bounds]), side, sd / SD_FACTOR)
    assert cell.relation == ""
    z = (bounds - cell.mean) / sd * -direction
    hazard = stats.norm.pdf(z) / stats.norm.cdf(z)
    assert ((x - cell.mean) / sd).sum() + direction * hazard.sum() == pytest.approx(0, abs=1e-8)


def test_wells_far_below_their_fellows_do_not_break_the_search() -> None:
    """Limits 20 SDs from the wells: all of the likelihood is in the tails."""
    cell = group_mean(np.array([2.0, 2.1, -4.0]), np.array([0, 0, -1]), 0.2)
    grid = np.linspace(-4, 2.2, 62_001)[:, None]
    sd = 0.2 * SD_FACTOR
    density = np.asarray(stats.norm.logpdf(np.array([2.0, 2.1]), grid, sd)).sum(axis=1)
    tail = np.asarray(stats.norm.logcdf(-4.0, grid, sd))[:, 0]
    assert cell.mean == pytest.approx(float(grid[int(np.argmax(density + tail)), 0]), abs=2e-4)


def test_a_well_on_either_side_pulls_its_own_way() -> None:
    values, side = np.array([1.0, 1.4, 1.6, 0.8]), np.array([0, 0, 1, -1])
    cell = group_mean(values, side, 0.3)
    assert cell.mean == pytest.approx(1.2)
    assert (cell.low, cell.high) == (-np.inf, np.inf)


@pytest.mark.parametrize(("direction", "relation"), [(-1, "<="), (1, ">=")])
def test_without_a_well_inside_the_range_there_is_a_bound_only(
    direction: int, relation: str
) -> None:
    values = np.array([1.0, 2.0, 3.0])
    cell = group_mean(values, np.full(3, direction), well_sd=0.3)
    assert (cell.mean, cell.relation) == (2.0, relation)
    assert (cell.low, cell.high) == ((-np.inf, 2.0) if direction < 0 else (2.0, np.inf))


def test_wells_of_unknown_scatter_give_a_bound_only() -> None:
    cell = group_mean(np.array([1.0, 2.0]), np.array([0, -1]), well_sd=float("nan"))
    assert (cell.mean, cell.relation) == (1.5, "<=")


def test_wells_below_and_above_without_a_number_give_nothing() -> None:
    cell = group_mean(np.array([1.0, 2.0]), np.array([-1, 1]), well_sd=0.3)
    assert (np.isnan(cell.mean), cell.relation) == (True, "unknown")


def test_many_groups_at_once_have_the_means_of_each() -> None:
    rng = np.random.default_rng(17)
    values = rng.normal(1.0, 0.4, (40, 3))
    side = np.where(values < 0.8, -1, np.where(values > 1.5, 1, 0))
    sd = rng.uniform(0.1, 0.5, 40)
    together = censored_mean(values, side, sd)
    alone = [
        float(censored_mean(v[None], s[None], np.array([one]))[0])
        for v, s, one in zip(values, side, sd, strict=True)
    ]
    assert together == pytest.approx(alone, abs=1e-9, nan_ok=True)
    assert np.isnan(together).sum() == (side != 0).all(axis=1).sum()
