"""The config of the comparison as settings."""

from dataclasses import replace

import pytest

from coculture.comparison import ComparisonError, ComparisonSettings


def test_findings_may_have_limits_of_their_own(settings: ComparisonSettings) -> None:
    section = {
        "analytes": ["IL-6"],
        "margin_points": 5,
        "residual_fraction": 0.25,
        "alpha_difference": 0.025,
        "alpha_margin": 0.05,
        "contrasts": [],
        "findings": [
            {
                "id": "x",
                "kind": "not_raised",
                "endpoint": "apoptosis",
                "statement": "x",
                "arm": {"cells": "il1b", "dex_nM": 1000},
                "compared_with": [{"cells": "il1b"}],
                "margin_points": 3,
            }
        ],
    }
    made = ComparisonSettings.from_config(section, [], {"reference": "control"})
    assert made.findings[0].margin.points == 3
    assert made.findings[0].alpha_margin == 0.05
    assert replace(made, findings=settings.findings).findings[1].margin.points == 5


def _with_analytes(analytes: list[str]) -> ComparisonSettings:
    section = {"analytes": analytes, "findings": [], "contrasts": []}
    return ComparisonSettings.from_config(section, [], {"reference": "control"})


@pytest.mark.parametrize(
    ("analytes", "said"),
    [
        (["IL-6", "TNF-α", "IL6"], 'the analyte "IL6" differs from "IL-6" only in characters'),
        (["apoptosis"], 'the analyte "apoptosis" is the name of a flow cytometry measurement'),
        (["Viable"], 'the analyte "Viable" is the name of a flow cytometry measurement'),
    ],
)
def test_analytes_without_columns_of_their_own_are_refused(analytes: list[str], said: str) -> None:
    with pytest.raises(ComparisonError, match=said):
        _with_analytes(analytes)


def test_greek_letters_tell_analytes_apart() -> None:
    assert _with_analytes(["IL-1α", "IL-1β"]).analytes == ("IL-1α", "IL-1β")
