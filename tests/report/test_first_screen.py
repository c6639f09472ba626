"""The first screen says what was given in the words of the figures' captions."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from coculture.report import Results
from coculture.report.first_screen import cautions, counts, design, without_a_value

MakeResults = Callable[..., Results]


def _told(study: Results, words: str) -> list[str]:
    """The cautions of a study that hold these words."""
    return [one.sentence for one in cautions(study, []) if words in one.sentence]


def test_the_design_names_what_was_added_and_cultures_without_stroma(
    results: Callable[..., Results], config: Callable[..., Any]
) -> None:
    dex = {"name": "DEX", "column": "dex_nM", "unit": "nM", "untreated": 0}
    il6 = {"name": "IL-6", "column": "il6_ng_ml", "unit": "ng/mL", "untreated": 0}
    factors = [dex, il6 | {"adds_analyte": "IL-6"}]
    cultures = pd.DataFrame(
        {
            "dex_nM": [0.0, 1e6, 0.0, 0.5],
            "il6_ng_ml": [0.0, 0.0, 10.0, 0.0],
            "hours": [48.0, 48.0, 72.0, 48.0],
            "stroma": ["HS-5", "HS-5", None, "HS-5"],
        }
    )
    study = results(config=config(factors=factors), tables={"cultures.csv": cultures})
    assert design(study) == (
        "DEX 0.5 and 1,000,000 nM, added IL-6 10 ng/mL; 48 and 72 h without stroma and on HS-5."
    )
    assert design(results(config=config(factors=factors))) == ""


@pytest.mark.parametrize(
    ("experiments", "words"),
    [(1, "There is only 1 experiment"), (2, "There are only 2 experiments"), (3, ""), (4, "")],
)
def test_fewer_experiments_than_a_test_needs_are_told(
    results: MakeResults, experiments: int, words: str
) -> None:
    """Two wells of each: experiments count, not wells."""
    names = [f"E{number}" for number in range(experiments)]
    cultures = pd.DataFrame({"experiment": names * 2, "arm": "DEX", "donor": ""})
    told = _told(results(tables={"cultures.csv": cultures}), "no claim is tested with fewer than")
    assert [one.partition(":")[0] for one in told] == [words] * bool(words)


def _cultures(count: int) -> pd.DataFrame:
    """Cultures without percent apoptotic, with the reason, beside one that has it."""
    return pd.DataFrame(
        {
            "culture": ["measured", *(f"c{number}" for number in range(count))],
            "experiment": "E1",
            "arm": "DEX",
            "donor": "",
            "percent_apoptotic": [12.5, *[float("nan")] * count],
            "excluded": ["", *["flow: clogged"] * count],
        }
    )


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "1 culture without a measurement: c0."),
        (6, "6 cultures without a measurement: c0, c1, c2, c3, c4, c5."),
        (7, "7 cultures without a measurement."),
    ],
)
def test_up_to_six_cultures_without_a_measurement_are_named(
    results: MakeResults, count: int, words: str
) -> None:
    study = results(tables={"cultures.csv": _cultures(count)})
    assert _told(study, "without a measurement") == [words]


def test_a_culture_of_which_a_bound_is_known_is_measured() -> None:
    """All three have a reason, for a well that was left out; only the last has nothing else."""
    missing = float("nan")
    cultures = _cultures(2).assign(
        percent_apoptotic=10.0,
        excluded="IL-6: bubble",
        il6_pg_ml=[250.0, missing, missing],
        il6_bound_pg_ml=[missing, 46.9, missing],
        il6_state=["ok", "below_lloq", "missing"],
    )
    assert without_a_value(cultures)["culture"].tolist() == ["c1"]


def test_a_finding_without_a_second_analysis_disagrees_with_none(
    results: MakeResults, finding: Callable[..., Any]
) -> None:
    rows = [finding(id="1a", pooled_error_verdict=""), finding(id="1b", verdict="shown")]
    study = results(tables={"comparison/findings.csv": pd.DataFrame(rows)})
    assert _told(study, "pooled-error") == [
        "Finding 1b would be “not shown” if the pooled-error analysis decided; it does not."
    ]


def test_a_culture_without_a_donor_adds_no_donor(results: MakeResults) -> None:
    cultures = _cultures(3).assign(donor=["D1", "", "D1", ""])
    found = counts(results(tables={"cultures.csv": cultures}))
    assert found == {"donor": 1, "experiment": 1, "arm": 1, "cultures": 4}
