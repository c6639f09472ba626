"""Standards that a log-log line cannot use."""

import numpy as np

from coculture.elisa import fit_standard_curve
from coculture.elisa.plates.checks import subjects, wells_not_fitted

X = np.array([0, 0, 1, 3, 10, 30.0])


def test_zeros_are_counted_for_a_line_alone() -> None:
    (result,) = wells_not_fitted.results(fit_standard_curve(X, 0.2 * X**0.8, "log_log"))
    flag = result.flag(subjects.curve("P1", "IL-6"))
    assert (flag.code, flag.value, flag.severity) == ("wells_not_fitted", 2, "caution")
    assert flag.sentence.startswith("2 standard wells")
    assert list(wells_not_fitted.results(fit_standard_curve(X, 0.05 + X / (X + 5)))) == []
