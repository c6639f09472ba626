"""Two drugs together."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coculture.comparison import ComparisonSettings
from coculture.comparison.design.arms import Design
from coculture.comparison.statistics.combination import combination_table

RATIO = "observed over expected viability"


def _over_all(
    interaction: Sequence[float],
    settings: ComparisonSettings,
    il1ra: Sequence[float] = (-0.3, -0.3, -0.3),
) -> pd.DataFrame:
    """The rows over all experiments, by measure, of experiments with these interactions.

    `il1ra` is ln viable with IL-1Ra alone in each experiment.
    """
    levels = product((0.0, 1000.0), (0.0, 500.0))
    cultures = pd.DataFrame(levels, columns=["dex_nM", "il1ra_ng_ml"])
    cultures = cultures.assign(cells="il1b", stroma="HS-5", hours=48.0, il6_ng_ml=0.0)
    rows: list[dict[str, Any]] = []
    for number, excess in enumerate(interaction, start=1):
        # ln viable; drugs that are independent of one another add up to -0.1 - 0.5 - 0.2.
        for arm, ln_viable in (
            ("untreated", -0.1),
            ("DEX", -0.6),
            ("IL-1Ra", il1ra[number - 1]),
            ("DEX + IL-1Ra", -0.8 + excess),
        ):
            percent = 100 * (1 - np.exp(ln_viable))
            for endpoint, mean in (("ln_viable", ln_viable), ("percent_apoptotic", percent)):
                rows.append(
                    {
                        "endpoint": endpoint,
                        "experiment": f"E{number}",
                        "arm": f"il1b {arm}",
                        "mean": mean,
                        "relation": "",
                        "low": mean,
                        "high": mean,
                        "wells": 3,
                        "mean_at_limit": mean,
                    }
                )
    table = combination_table(pd.DataFrame(rows), Design.of(cultures, settings), settings)
    return table[table["experiment"] == "all"].set_index("measure")


def test_two_experiments_have_an_interval_but_no_p(settings: ComparisonSettings) -> None:
    """The geometric mean of the ratios, and t = 12.706 of one degree of freedom."""
    ratio = _over_all([-0.3, -0.1], settings).loc[RATIO]
    assert np.isnan(ratio["p"])
    assert ratio["df"] == 1
    assert ratio["value"] == pytest.approx(np.exp(-0.2))
    # The SD of -0.3 and -0.1 is 0.1 sqrt(2), so the SE is 0.1.
    assert np.log(ratio["upper"]) == pytest.approx(-0.2 + 0.1 * 12.7062, abs=1e-5)


def test_one_experiment_has_its_value_only(settings: ComparisonSettings) -> None:
    ratio = _over_all([-0.3], settings).loc[RATIO]
    assert ratio["value"] == pytest.approx(np.exp(-0.3))
    assert ratio[["lower", "upper", "df", "p"]].isna().all()


def test_three_experiments_have_a_p_of_the_ratio_and_of_nothing_else(
    settings: ComparisonSettings,
) -> None:
    """With two degrees of freedom the two-sided p is 1 - t / sqrt(t^2 + 2)."""
    table = _over_all([-0.3, -0.2, -0.1], settings)
    t = 0.2 / (0.1 / np.sqrt(3))
    assert table.loc[RATIO, "p"] == pytest.approx(1 - t / np.sqrt(t**2 + 2))
    assert table.loc[RATIO, "wells"] == 3 * 4 * 3
    assert table.drop(index=RATIO)["p"].isna().all()


def test_one_agent_is_the_highest_in_all_experiments(settings: ComparisonSettings) -> None:
    """DEX kills 39 % over untreated in each; IL-1Ra 18, 55 and 18 %: less over all of them.

    The higher one inside each experiment would be 39, 55 and 39 %.
    """
    table = _over_all([0.0, 0.0, 0.0], settings, il1ra=(-0.3, -0.9, -0.3))
    excess = table.loc["excess over the highest single agent, DEX", "value"]
    # Untreated e^-0.1, DEX e^-0.6, both e^-0.8: Abbott's formula divides by the untreated part.
    assert excess == pytest.approx(100 * (np.exp(-0.5) - np.exp(-0.7)))
