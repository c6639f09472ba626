"""A fit that stopped at a bound of its search."""

from dataclasses import replace

import numpy as np

from coculture.elisa import fit_standard_curve
from coculture.elisa.plates.checks import parameter_at_bound, subjects

X = np.array([0, 1, 3, 10, 30, 100, 300.0])


def test_each_parameter_at_a_bound_is_flagged_by_its_name() -> None:
    curve = replace(fit_standard_curve(X, 0.05 + 2 * X / (X + 10)), at_bound=("b", "c"))
    found = list(parameter_at_bound.results(curve))
    assert [result.code for result in found] == ["slope_at_bound", "mid_point_at_bound"]
    assert set(curve.flags) >= {"slope_at_bound", "mid_point_at_bound"}
    flag = found[1].flag(subjects.curve("P1", "IL-6"))
    assert (flag.severity, flag.concerns.kind) == ("caution", "curve")
    assert "mid-point" in flag.sentence
    # One parameter is at its bound, and none may be.
    assert (flag.value, flag.limit) == (1, 0)


def test_a_sound_curve_has_no_parameter_at_a_bound() -> None:
    curve = fit_standard_curve(X, 0.05 + 2 * X / (X + 10))
    assert curve.at_bound == ()
    assert list(parameter_at_bound.results(curve)) == []
