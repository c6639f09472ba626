"""The curves of a series in every experiment that has it."""

from typing import Any

from coculture.comparison.doses.dose_curve import UNKNOWN, dose_curve
from coculture.comparison.doses.experiment_curves import ExperimentCurves

DOSES = [1.0, 4.0, 16.0, 64.0]


def test_a_drug_without_an_effect_has_no_ec50_in_any_experiment() -> None:
    rising = [10 + 60 * dose / (dose + 6) for dose in DOSES]
    curves = {name: dose_curve(DOSES, rising, 10.0, 1, (0, 100)) for name in ("E1", "E2")}
    nothing: Any = None
    found = ExperimentCurves(nothing, nothing, 1, curves, has_effect=False)
    assert found.ec50 == {"E1": UNKNOWN, "E2": UNKNOWN}
    assert found.ic50 == {}
    with_effect = ExperimentCurves(nothing, nothing, 1, curves)
    assert {name: round(one.value, 3) for name, one in with_effect.ec50.items()} == {
        "E1": 6.0,
        "E2": 6.0,
    }
