"""How precise a concentration is, and how far a response lies from that at a concentration."""

import numpy as np
import pytest

from coculture.curves.fitting import fit_curve
from coculture.curves.variance_function import VarianceFunction
from coculture.elisa.plates.cultures import Precision
from coculture.elisa.plates.scatter import Scatter

KEY = ("P1", "IL-6")


def precision(factor: float | None) -> Precision:
    """A plate whose curve is exactly y = x, and whose wells have an SD of 0.1."""
    x = np.array([1.0, 2, 4, 8])
    wells = VarianceFunction(0.1, 0.0, 4, 60, "stated")
    return Precision(
        {KEY: fit_curve(x, x, "log_log")},
        Scatter(wells, wells, False),
        factors={} if factor is None else {KEY: factor},
    )


@pytest.mark.parametrize(("factor", "expected"), [(None, 2.0), (1.5, 3.0)])
def test_a_mean_of_four_wells_lies_its_distance_over_half_their_sd_off(
    factor: float | None, expected: float
) -> None:
    """0.3 off is 6 times 0.1 / 2; with a factor the response is that of what was read."""
    deviations_at = precision(factor).deviations_at(*KEY)
    assert deviations_at is not None
    assert deviations_at(np.full(4, expected + 0.3), 2.0, 0.0) == pytest.approx(6)


@pytest.mark.parametrize(("factor", "expected"), [(None, 0.05), (2.0, 0.025)])
def test_the_error_of_a_well_is_its_sd_in_shares_of_what_was_read(
    factor: float | None, expected: float
) -> None:
    error_at = precision(factor).error_at(*KEY)
    assert error_at is not None
    assert error_at(2.0) == pytest.approx(expected)
