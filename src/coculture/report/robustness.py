"""How fragile each finding is, as the page shows it under the finding."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coculture.exchange.vocabulary import is_missing, number

AS_CONFIGURED = "as_configured"
"""The choice of the first row of each finding in comparison/robustness.csv."""

_ALSO = ("with_automatic_gates", "without_one_experiment", "measurement")
"""Its columns with further sentences."""


@dataclass(frozen=True)
class AnalysisRow:
    """One analysis of a finding.

    `reason` is why it is not counted, or what else is to be said of it.
    """

    alternative: str
    verdict: str
    estimate: str
    p: str
    is_counted: bool
    reason: str


@dataclass(frozen=True)
class Fragility:
    """What varies the verdict of one finding: a sentence, further ones, and every analysis."""

    sentence: str
    also: Sequence[str]
    unit: str
    analyses: Sequence[AnalysisRow]


def fragilities(table: pd.DataFrame) -> dict[str, Fragility]:
    """The id of each finding with what varies its verdict, from comparison/robustness.csv."""
    found: dict[str, Fragility] = {}
    for name, rows in table.groupby("id", sort=False) if len(table) else ():
        analyses = rows.to_dict("records")
        first = analyses[0]
        found[str(name)] = Fragility(
            sentence=str(first["sentence"]),
            also=[one for one in (first[column] for column in _ALSO) if one],
            unit=str(first["unit"]),
            analyses=[_row(one, first) for one in analyses],
        )
    return found


def _row(one: dict[Any, Any], first: dict[Any, Any]) -> AnalysisRow:
    relation = {"<=": "≤ ", ">=": "≥ "}.get(str(one["relation"]), "")
    estimate = "" if is_missing(one["estimate"]) else f"{relation}{number(one['estimate'])}"
    if estimate and one["unit"] != first["unit"]:
        estimate += f" {one['unit']}"
    return AnalysisRow(
        alternative=str(one["alternative"]),
        verdict=str(one["verdict"]),
        estimate=estimate,
        p="" if is_missing(one["p"]) else number(one["p"], 2),
        is_counted=bool(one["counted"]),
        reason=str(one["reason"]),
    )
