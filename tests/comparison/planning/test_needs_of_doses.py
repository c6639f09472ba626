"""What planning says of findings about doses."""

import pytest

from coculture.comparison.planning import assumptions_of, needs, stated_effects
from coculture.comparison.settings import ComparisonError
from tests.comparison.doses.dose_studies import SIX, dose_study

ON, OFF = {"stroma": "HS-5"}, {"stroma": ""}
STATED = {"endpoint": "apoptosis", "statement": "So"}


def test_a_trend_is_planned_and_an_ec50_is_not() -> None:
    shift = {"id": "1", "kind": "ec50_lower", "arm": OFF, "compared_with": ON}
    trend = {
        "id": "2",
        "kind": "dose_trend",
        "arm": {**ON, "btz_nM": 50},
        "compared_with": ON,
        "direction": "rise",
    }
    study = dose_study(SIX, findings=[shift | STATED, trend | STATED])
    assumed = assumptions_of(study.cultures, study.settings)
    found = {one.id: one for one in needs(study.cultures, study.design, study.settings, assumed)}
    assert found["1"].range is None
    assert found["1"].reason.startswith("not planned")
    assert found["2"].range is not None
    with pytest.raises(ComparisonError, match="about several doses"):
        stated_effects([("2", "5")], study.settings, study.design)
