"""Asymptotes that the standards do not determine."""

import numpy as np
import pytest

from coculture.elisa import fit_standard_curve
from coculture.elisa.plates.checks import asymptotes, subjects

X = np.array([0, 1, 3, 10, 30, 100.0])


def test_a_curve_without_an_upper_plateau_is_flagged() -> None:
    curve = fit_standard_curve(X, 0.05 + 0.01 * X)
    assert "upper_asymptote_not_identified" in curve.flags


def test_a_curve_with_two_plateaus_is_not_flagged() -> None:
    noise = 1 + 0.01 * np.array([1, -1, 1, -1, 1, -1])
    curve = fit_standard_curve(X, (0.05 + 2 * X / (X + 10)) * noise)
    assert [result.verdict for result in asymptotes.results(curve)] == ["pass", "pass"]


def test_a_standard_error_is_compared_with_half_the_distance_of_the_asymptotes() -> None:
    curve = fit_standard_curve(X, 0.05 + 0.01 * X)
    upper = list(asymptotes.results(curve))[1]
    span = abs(curve.parameters["D"] - curve.parameters["A"])
    flag = upper.flag(subjects.curve("P1", "IL-6"))
    assert flag.value == pytest.approx(curve.standard_errors["D"] / span)
    assert (flag.limit, flag.severity) == (0.5, "caution")
    assert "upper asymptote" in flag.sentence


def test_a_line_has_no_asymptotes() -> None:
    assert list(asymptotes.results(fit_standard_curve(X[1:], X[1:], "log_log"))) == []
