"""Whether the response rises, or falls, with the concentration as the config says.

Standards that were entered in reverse give a curve that fits, and wrong concentrations. The sign of
D - A finds a full reversal only; the rank correlation of the levels above zero finds it also where
the zero is in its place (1,200 of 1,200 simulated reversals, and 0 of 12,000 sound plates;
../shared/measured/elisa_wells.md, section 4).
"""

from collections.abc import Iterator

import pandas as pd

from coculture.elisa.plates.checks.check_result import CheckResult
from coculture.elisa.plates.checks.curve_data import CurveData

CODE = "direction_of_the_curve"

_LEAST = 0.5
"""Size of the rank correlation. A reversal has 0.68 or more, a sound plate 0.86 or more."""
_FEWEST_LEVELS = 3


def results(data: CurveData) -> Iterator[CheckResult]:
    """A failure where the standards run against elisa.direction."""
    levels = data.judged_levels
    found = rank_correlation(levels)
    wanted = 1.0 if data.direction == "rising" else -1.0
    is_against = len(levels) >= _FEWEST_LEVELS and wanted * found <= -_LEAST
    yield CheckResult(
        CODE,
        "direction of the curve",
        found,
        wanted * _LEAST,
        "(rank correlation)",
        "fail" if is_against else "pass",
        "Rank correlation of the standards' concentrations and mean responses, above zero.",
        _sentence(data.direction) if is_against else "",
    )


def rank_correlation(levels: pd.DataFrame) -> float:
    """Of nominal_pg_ml and mean_response (Spearman); NaN if one of them does not vary."""
    ranks = levels[["nominal_pg_ml", "mean_response"]].rank()
    return float(ranks["nominal_pg_ml"].corr(ranks["mean_response"]))


def _sentence(direction: str) -> str:
    runs, other = ("falls", "falling") if direction == "rising" else ("rises", "rising")
    return (
        f"The response {runs} with the concentration of the standards. They may be in reverse "
        f"order in elisa.csv or on the plate; if the assay is so, write elisa.direction: {other}."
    )
