"""What a figure shows is said from the table behind it."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coculture.report import Figure, Results
from coculture.report.figure_results import result

MakeResults = Callable[..., Results]


def _figure(kind: str, part: str = "comparison", subject: str = "") -> Figure:
    return Figure(Path(f"{kind}.svg"), part, subject)


def _arms(*rows: tuple[str, str, float, float]) -> pd.DataFrame:
    """arms.csv of one analyte from (arm, relation, low, high) in pg/mL; the mean is the limit."""
    return pd.DataFrame(
        [
            {
                "endpoint": "ln_il6",
                "experiment": f"E{place}",
                "arm": arm,
                "mean": math.log(low if relation == ">=" else high),
                "relation": relation,
                "low": math.log(low) if low else -math.inf,
                "high": math.log(high),
            }
            for place, (arm, relation, low, high) in enumerate(rows)
        ]
    )


def test_a_concentration_is_told_as_its_geometric_mean_or_the_bound_of_it(
    results: MakeResults,
) -> None:
    """The root of 100 x 400 is 200, of 4,000 x 9,000 it is 6,000."""
    arms = _arms(
        *(("plain", "", 100, 400), ("plain", "", 400, 100)),
        *(("little", "<=", 0, 100), ("little", "", 400, 400)),
        *(("much", ">=", 4000, math.inf), ("much", "", 9000, 9000)),
    )
    told = result(_figure("arms_il6"), results(tables={"comparison/arms.csv": arms}))
    assert told == (
        "Geometric mean over experiments: plain 200 pg/mL; little ≤ 200 pg/mL; much ≥ 6,000 pg/mL."
    )


def test_an_excluded_file_is_no_part_of_what_the_gates_kept(results: MakeResults) -> None:
    """Of 1,000 + 3,000 events 900 + 2,100 are kept: 75 %; the excluded file would make it 38 %."""
    wells = pd.DataFrame(
        {
            "experiment": ["E1", "E1", "E1", "E2"],
            "fcs": ["a.fcs", "b.fcs", "c.fcs", "d.fcs"],
            "role": "sample",
            "events_total": [1000.0, 3000.0, 4000.0, 5000.0],
            "events_singlets": [900.0, 2100.0, 0.0, 0.0],
            "excluded": ["", "", "clogged", ""],
        }
    )
    told = result(
        _figure("gating_strategy", "flow", "E1"), results(tables={"flow/wells.csv": wells})
    )
    assert told == ("Of all events of 2 sample files there remained, gate by gate: singlets 75 %.")


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("pass", "IL-6: the curve passes, quantifiable from 9.4 to 600 pg/mL."),
        ("fail", "IL-6: the curve fails."),
    ],
)
def test_a_curve_that_fails_has_no_quantifiable_range(
    results: MakeResults, verdict: str, words: str
) -> None:
    entry: dict[str, Any] = {"verdict": verdict, "limits": {"lloq": 9.4, "uloq": 600.0}}
    study = results(curves={"P1": {"IL-6": entry}})
    assert result(_figure("standard_curve", "elisa", "P1"), study) == words


def test_an_interval_that_ends_at_no_interaction_holds_it(results: MakeResults) -> None:
    lower, upper = [0.0, 1.0, -4.0, -3.0], [4.0, 3.0, 0.0, 3.0]
    contrasts = pd.DataFrame(
        {
            "contrast": list("abcd"),
            "estimate": [2.0, 2.0, -2.5, 0.0],
            "lower": lower,
            "upper": upper,
            "ratio": float("nan"),
            "endpoint": "percent_apoptotic",
            "family": "interaction of two factors",
            "analysis": "per_experiment",
        }
    )
    told = result(
        _figure("interaction_apoptosis"), results(tables={"comparison/contrasts.csv": contrasts})
    )
    assert told.startswith("Of 4 interactions the strongest is c −2.5 points (95 % CI −4 to 0)")
    assert told.endswith("lies inside the interval of 3.")
