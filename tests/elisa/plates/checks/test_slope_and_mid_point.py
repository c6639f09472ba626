"""Slope and mid-point that the standards do not determine are named."""

import numpy as np

from coculture.elisa import fit_standard_curve
from coculture.elisa.plates.checks import slope_and_mid_point

LEVELS = np.repeat([0, 9.375, 18.75, 37.5, 75, 150, 300, 600], 2)


def verdicts(top: float, noise: float) -> dict[str, str]:
    """Code -> verdict, for standards up to `top` of an assay whose mid-point is 200."""
    x = LEVELS * top / 600
    mean = 3.0 + (0.05 - 3.0) / (1 + (x / 200) ** 1.2)
    y = mean + noise * np.tile([1, -1], len(x) // 2)
    return {one.code: one.verdict for one in slope_and_mid_point.results(fit_standard_curve(x, y))}


def test_they_are_determined_by_standards_on_both_sides() -> None:
    assert verdicts(600, 0.01) == {
        "slope_not_identified": "pass",
        "mid_point_not_identified": "pass",
    }


def test_the_mid_point_is_not_known_far_below_it() -> None:
    assert verdicts(6, 0.01)["mid_point_not_identified"] == "warning"
