"""The figure of the interactions: its result."""

import pandas as pd

from coculture.comparison import ComparisonSettings
from coculture.comparison.design.arms import Design
from coculture.comparison.design.endpoints import primary_endpoint
from coculture.comparison.figures.interaction import result_of_interactions

NO_ARMS = Design((), (), {"il1b": "IL-1β"})


def _interactions(*rows: tuple[str, float, float, float], endpoint: str) -> pd.DataFrame:
    """Rows of contrasts.csv from (contrast, estimate, lower, upper)."""
    table = pd.DataFrame(list(rows), columns=["contrast", "estimate", "lower", "upper"])
    return table.assign(
        endpoint=endpoint, family="interaction of two factors", analysis="per_experiment"
    )


def test_an_interval_that_ends_at_no_interaction_includes_it(
    settings: ComparisonSettings,
) -> None:
    contrasts = _interactions(
        *(("a", 2.0, 0.0, 4.0), ("b", 2.0, 1.0, 3.0)),
        *(("c", -2.5, -4.0, 0.0), ("d", 0.0, -3.0, 3.0)),
        endpoint="percent_apoptotic",
    )
    text = result_of_interactions(contrasts, primary_endpoint("apoptosis", settings), NO_ARMS)
    assert "strongest of 4 interactions is c −2.5 points (95 % CI −4 to 0)" in text
    assert "includes 0 points (no interaction) in 3 of" in text


def test_interactions_of_concentrations_are_ratios(settings: ComparisonSettings) -> None:
    contrasts = _interactions(
        ("il1b: A × B", 0.6931471805599453, 0.0, 1.3862943611198906), endpoint="ln_il6"
    )
    il6 = primary_endpoint("IL-6", settings)
    assert result_of_interactions(contrasts, il6, NO_ARMS) == (
        "Interactions (1-fold is none): IL-1β: A × B 2-fold (95 % CI 1 to 4)."
    )
    assert result_of_interactions(contrasts.assign(family="other"), il6, NO_ARMS) == ""
