"""How fragile a finding is, on the page."""

import pandas as pd

from coculture.report.robustness import fragilities

FIRST = {
    "id": "1a",
    "alternative": "as configured",
    "choice": "as_configured",
    "verdict": "shown",
    "estimate": 0.5,
    "relation": "<=",
    "unit": "ratio",
    "p": 0.01234,
    "level": 0.025,
    "counted": True,
    "reason": "",
    "sentence": "Shown by its own test in 1 of 2 analyses; not with 5PL.",
    "without_one_experiment": "",
    "measurement": "Measurement is small.",
    "with_automatic_gates": "",
}
OTHER = FIRST | {
    "alternative": "logits",
    "estimate": 2.0,
    "relation": "",
    "unit": "odds ratio",
    "sentence": "",
    "measurement": "",
}
NONE = OTHER | {
    "alternative": "the sign-flip test",
    "verdict": "",
    "estimate": float("nan"),
    "unit": "",
    "p": float("nan"),
    "counted": False,
    "reason": "its smallest possible p is too large",
}


def test_a_finding_has_its_sentences_and_every_analysis() -> None:
    found = fragilities(pd.DataFrame([FIRST, OTHER, NONE]))["1a"]
    assert found.sentence == FIRST["sentence"]
    assert found.also == ["Measurement is small."]
    assert found.unit == "ratio"
    first, other, none = found.analyses
    assert (first.estimate, first.p, first.is_counted) == ("≤ 0.5", "0.012", True)
    assert other.estimate == "2 odds ratio"
    assert (none.estimate, none.p, none.is_counted) == ("", "", False)
    assert none.reason == "its smallest possible p is too large"


def test_without_the_table_there_is_nothing() -> None:
    assert fragilities(pd.DataFrame()) == {}
