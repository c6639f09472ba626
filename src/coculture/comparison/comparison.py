"""The whole comparison of one study, from the joined cultures to its tables."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from coculture.comparison.design.arms import Design
from coculture.comparison.design.endpoints import are_counted, cell_means, endpoints, is_measured
from coculture.comparison.design.joining import in_order
from coculture.comparison.findings.judging import judge_findings
from coculture.comparison.settings import APOPTOSIS, ComparisonSettings
from coculture.comparison.statistics.combination import combination_table
from coculture.comparison.statistics.exploratory import contrast_table
from coculture.exchange import result_tables


@dataclass(frozen=True)
class Comparison:
    """The result tables under comparison/, by their names there."""

    arms: pd.DataFrame
    contrasts: pd.DataFrame
    findings: pd.DataFrame
    finding_tests: pd.DataFrame
    combination: pd.DataFrame


def compare(cultures: pd.DataFrame, settings: ComparisonSettings) -> Comparison:
    """Arms, contrasts, pre-stated findings and combinations of one study.

    Parameters
    ----------
    cultures
        The joined cultures.csv (`join_cultures`), also as `result_tables.read` reads it back.
    settings
        The config's section, factors and cells.
    """
    design = Design.of(cultures, settings)
    # Sums in one order: shuffled rows give the same bytes.
    cultures = in_order(cultures, design)
    scales = [
        endpoint
        for endpoint in endpoints(settings)
        if are_counted(cultures) or not endpoint.per_viable_cell
    ]
    arms = pd.concat(
        [cell_means(cultures, endpoint, settings) for endpoint in scales], ignore_index=True
    )
    subjects = (APOPTOSIS, *settings.analytes)
    measured = [subject for subject in subjects if is_measured(cultures, subject)]
    findings, tests = judge_findings(arms, design, settings, measured)
    return Comparison(
        arms=arms,
        contrasts=contrast_table(arms, scales, design, settings),
        findings=findings,
        finding_tests=tests,
        combination=combination_table(arms, design, settings),
    )


def read_tables(paths: Iterable[str | Path]) -> Comparison:
    """Read back the tables of `compare`; each path ends with its name, as arms.csv."""
    tables = {Path(path).stem: result_tables.read(path) for path in paths}
    return Comparison(**tables)
