"""Small studies with doses whose truth is known: stroma shifts the curve."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from coculture.comparison import ComparisonSettings
from coculture.comparison.design.arms import Design
from coculture.comparison.design.endpoints import endpoints
from coculture.comparison.doses.tables import dose_tables
from coculture.comparison.findings.evaluation import evaluate_findings, finding_table
from coculture.comparison.statistics.group_means import group_means
from tests.comparison.small_studies import Row, joined

BTZ = {"name": "BTZ", "column": "btz_nM", "unit": "nM", "untreated": 0}
TCZ = {"name": "TCZ", "column": "tcz", "unit": "µg/mL", "untreated": 0}
SIX = (1.0, 2.5, 5.0, 10.0, 25.0, 50.0)
EC50 = 4.0
SHIFT = 3.0
"""Of the EC50 on stroma."""


def true_percent(arm: Row) -> float:
    """Rises from 10 to 70 percent."""
    dose = float(arm["btz_nM"])
    middle = EC50 * (SHIFT if arm["stroma"] else 1.0)
    return float(10 + 60 * dose**1.5 / (dose**1.5 + middle**1.5))


def true_il6(arm: Row) -> float:
    """Falls from 400 to 50 pg/mL, a sigmoid on the log scale."""
    dose = float(arm["btz_nM"])
    return float(400 * (1 / 8) ** (dose**1.5 / (dose**1.5 + EC50**1.5)))


@dataclass(frozen=True, eq=False)
class DoseStudy:
    """Joined cultures; each part of the comparison is made when it is asked for."""

    cultures: pd.DataFrame
    settings: ComparisonSettings

    @property
    def design(self) -> Design:
        """Its arms."""
        return Design.of(self.cultures, self.settings)

    @cached_property
    def arms(self) -> pd.DataFrame:
        """comparison/arms.csv."""
        every = [
            group_means(self.cultures, one, self.settings)
            for one in endpoints(self.settings)
            if not one.per_viable_cell
        ]
        return pd.concat(every, ignore_index=True)

    @cached_property
    def tables(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """dose_curves.csv and dose_summary.csv."""
        return dose_tables(self.arms, self.design, self.settings)

    @property
    def findings(self) -> pd.DataFrame:
        """findings.csv, by id."""
        results = evaluate_findings(
            self.arms, self.design, self.settings, list(self.settings.subjects)
        )
        return finding_table(results).set_index("id")


def dose_arms(
    doses: Sequence[float] = SIX,
    stromas: Sequence[str] = ("", "HS-5"),
    second: Sequence[float] = (0.0,),
) -> list[dict[str, Any]]:
    """Every dose, and untreated, on each stroma and with each dose of the second drug."""
    return [
        {"stroma": stroma, "btz_nM": dose, "tcz": other}
        for stroma in stromas
        for other in second
        for dose in (0.0, *doses)
    ]


def dose_study(
    doses: Sequence[float] = SIX,
    stromas: Sequence[str] = ("", "HS-5"),
    findings: Sequence[dict[str, Any]] = (),
    second: Sequence[float] = (0.0,),
    flat: bool = False,
) -> DoseStudy:
    """Four experiments with these doses beside untreated; with `flat` the drug does nothing."""
    return DoseStudy(
        *joined(
            dose_arms(doses, stromas, second),
            [BTZ, TCZ],
            {"findings": list(findings)},
            percent=(lambda _: 20.0) if flat else true_percent,
            il6=(lambda _: 300.0) if flat else true_il6,
        )
    )
