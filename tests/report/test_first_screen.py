"""The first screen says what was given in the words of the figures' captions."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from coculture.report import Results
from coculture.report.first_screen import design


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
