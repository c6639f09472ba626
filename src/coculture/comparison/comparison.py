"""The whole comparison of one study, from the joined cultures to its tables and flags."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from coculture.comparison.combinations.tables import synergy_tables
from coculture.comparison.design.arms import Design
from coculture.comparison.design.endpoints import endpoint_table, endpoints
from coculture.comparison.design.joining import (
    are_counted,
    in_order,
    is_measured,
    why_not_determined,
)
from coculture.comparison.doses.tables import dose_tables
from coculture.comparison.findings.eliminated_baseline import baseline_flags
from coculture.comparison.findings.evaluation import (
    claim_table,
    evaluate_findings,
    finding_table,
    unstained_arms,
)
from coculture.comparison.findings.margins_beyond_effects import margins_beyond_effects
from coculture.comparison.findings.wide_margins import wide_margins
from coculture.comparison.findings.zeros_of_ratios import zeros_of_ratios
from coculture.comparison.flags import comparison_flags
from coculture.comparison.independence.registry import independence_flags
from coculture.comparison.independence.shared_days import dependent, shared_days
from coculture.comparison.layout.readings import readings_of
from coculture.comparison.pin import Pin, measured_days
from coculture.comparison.robustness.alternative_cultures import AlternativeTables
from coculture.comparison.robustness.analyses import Study, analyses
from coculture.comparison.robustness.table import robustness_table
from coculture.comparison.settings import ComparisonSettings
from coculture.comparison.statistics.combination import combination_table
from coculture.comparison.statistics.exploratory import contrast_tables
from coculture.comparison.statistics.group_means import group_means
from coculture.exchange import result_tables
from coculture.exchange.flags import Flag

TABLES = (
    "endpoints",
    "arms",
    "contrasts",
    "contrast_values",
    "findings",
    "finding_tests",
    "combination",
    "robustness",
    "dose_curves",
    "dose_summary",
    "dose_pairs",
    "synergy",
)
"""The tables of a `Comparison`, by their names in the folder comparison/."""


@dataclass(frozen=True)
class Comparison:
    """The result tables in the folder comparison/, by their names there, and the flags."""

    endpoints: pd.DataFrame
    arms: pd.DataFrame
    contrasts: pd.DataFrame
    contrast_values: pd.DataFrame
    findings: pd.DataFrame
    finding_tests: pd.DataFrame
    combination: pd.DataFrame
    robustness: pd.DataFrame
    dose_curves: pd.DataFrame
    dose_summary: pd.DataFrame
    dose_pairs: pd.DataFrame
    synergy: pd.DataFrame
    flags: tuple[Flag, ...] = field(default=())


def compare(
    cultures: pd.DataFrame,
    settings: ComparisonSettings,
    elisa_wells: pd.DataFrame | None = None,
    flow_wells: pd.DataFrame | None = None,
    plate_factors: pd.DataFrame | None = None,
    stated: Mapping[str, Any] = MappingProxyType({}),
    alternatives: AlternativeTables | None = None,
) -> Comparison:
    """Arms, contrasts, pre-stated findings, combinations and flags of one study.

    Parameters
    ----------
    cultures
        The joined cultures.csv (`join_cultures`), also as `result_tables.read` reads it back.
    settings
        The config's section, factors and cells.
    elisa_wells
        elisa/wells.csv of all plates, for the flags of layouts and of copies.
    flow_wells
        The rows of flow/wells.csv of the compared population, likewise.
    plate_factors
        elisa/plate_factors.csv, likewise.
    stated
        When the findings were pinned, and what has changed since (`Pin.of`).
    alternatives
        What flow cytometry and ELISA would have measured with other defensible choices.
    """
    design = Design.of(cultures, settings)
    # Sums in a fixed order: shuffled rows give the same bytes.
    cultures = in_order(cultures, design)
    scales = [
        endpoint
        for endpoint in endpoints(settings)
        if are_counted(cultures) or not endpoint.per_viable_cell
    ]
    arms = pd.concat(
        [group_means(cultures, endpoint, settings) for endpoint in scales], ignore_index=True
    )
    measured = [one.name for one in settings.quantities if is_measured(cultures, one)]
    without = {
        one.name: why for one in settings.quantities if (why := why_not_determined(cultures, one))
    }
    unstained = {one.name: unstained_arms(cultures, one) for one in settings.quantities}
    has_values = any(one.source == "values.csv" for one in settings.quantities)
    pin = Pin.of(stated, measured_days(flow_wells, elisa_wells, has_values=has_values))
    shared = shared_days(cultures, flow_wells)
    results = evaluate_findings(
        arms,
        design,
        settings,
        measured,
        unstained,
        without,
        pin.stated_in_advance,
        dependent(shared),
    )
    read_wells = pd.DataFrame() if elisa_wells is None else elisa_wells
    study = Study(cultures, design, settings, measured, unstained, without, read_wells)
    robustness = analyses(results, study, alternatives or AlternativeTables())
    contrasts, contrast_values = contrast_tables(arms, scales, design, settings)
    dose_curves, dose_summary = dose_tables(arms, design, settings)
    dose_pairs, synergy = synergy_tables(arms, design, settings)
    return Comparison(
        endpoints=endpoint_table(settings, scales, measured),
        arms=arms,
        contrasts=contrasts,
        contrast_values=contrast_values,
        findings=finding_table(results),
        finding_tests=claim_table(results, design),
        combination=combination_table(arms, design, settings),
        robustness=robustness_table(robustness, settings),
        dose_curves=dose_curves,
        dose_summary=dose_summary,
        dose_pairs=dose_pairs,
        synergy=synergy,
        flags=(
            *pin.flags,
            *independence_flags(shared, cultures, settings, elisa_wells, flow_wells),
            *baseline_flags(results, arms, design),
            *wide_margins(results, arms),
            *margins_beyond_effects(results),
            *zeros_of_ratios(results, cultures),
            *comparison_flags(
                results,
                design,
                settings,
                cultures,
                readings_of(elisa_wells, flow_wells, cultures, settings),
                pd.DataFrame() if plate_factors is None else plate_factors,
            ),
        ),
    )


def read_tables(paths: Iterable[str | Path]) -> Comparison:
    """Read the tables of `compare`; the name of each file is that of its table, as arms.csv."""
    by_name = {Path(path).stem: path for path in paths}
    return Comparison(
        **{name: result_tables.read(by_name[name]) for name in TABLES},  # type: ignore[arg-type]
    )
