"""Where a fit ends is decided by the data, not by the rounding of sums."""

import numpy as np
import pytest

from coculture.curves.fitting import fit_curve

LEVELS = np.repeat([0.0, 7.8, 15.6, 31.2, 62.5, 125.0, 250.0, 500.0], 2)


@pytest.mark.parametrize("model", ["4PL", "5PL_pos"])
@pytest.mark.parametrize("weighting", ["none", "1/y", "1/y2"])
def test_a_change_of_the_last_digit_changes_nothing_more(model: str, weighting: str) -> None:
    rng = np.random.default_rng(1)
    mean = 2.5 + (0.05 - 2.5) / (1 + (LEVELS / 200) ** 1.2)
    response = mean * (1 + 0.04 * rng.normal(size=16)) + 0.005 * rng.normal(size=16)
    samples = np.array([0.1, 0.3, 1.0])
    read = [
        fit_curve(
            LEVELS, response * (1 + 2e-16 * rng.choice([-1, 0, 1], 16)), model, weighting
        ).inverse(samples)
        for _ in range(10)
    ]
    assert (np.ptp(read, axis=0) < 1e-11 * read[0]).all()
