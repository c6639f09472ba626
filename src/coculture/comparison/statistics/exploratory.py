"""comparison/contrasts.csv: every contrast the design calls for, by both analyses."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coculture.comparison.design.arms import Design, net_weights
from coculture.comparison.design.endpoints import UNKNOWN, Cells, Endpoint
from coculture.comparison.design.families import AGAINST_UNTREATED, OWN, NamedContrast, contrasts_of
from coculture.comparison.findings.claims import FEWEST_EXPERIMENTS
from coculture.comparison.settings import ComparisonSettings
from coculture.comparison.statistics.contrasts import (
    Contrast,
    PooledError,
    Weights,
    per_experiment_contrast,
)
from coculture.comparison.statistics.dunnett import dunnett_p
from coculture.comparison.statistics.multiplicity import holm

PER_EXPERIMENT, POOLED_ERROR = "per_experiment", "pooled_error"


@dataclass(frozen=True)
class _Row:
    """One contrast by one analysis, before the corrections for multiplicity."""

    named: NamedContrast
    analysis: str
    contrast: Contrast
    cells: Cells
    relation: str
    n: int
    """Experiments that have every arm."""


def contrast_table(
    arms: pd.DataFrame,
    scales: Iterable[Endpoint],
    design: Design,
    settings: ComparisonSettings,
) -> pd.DataFrame:
    """Every contrast on every scale; exploratory, Holm inside endpoint x family x analysis."""
    labels = [design.label(arm) for arm in design.arms]
    tables = []
    for endpoint in scales:
        cells = Cells.of(arms, endpoint, labels)
        named = [
            *contrasts_of(design, settings.reference_cells),
            *_own(endpoint, design, settings),
        ]
        tables.append(_of_endpoint(endpoint, cells, named))
    return pd.concat(tables, ignore_index=True)


def _own(endpoint: Endpoint, design: Design, settings: ComparisonSettings) -> list[NamedContrast]:
    return [
        NamedContrast(OWN, "", contrast.name, net_weights(contrast, design))
        for contrast in settings.contrasts
        if contrast.endpoint == endpoint.subject
    ]


def _of_endpoint(endpoint: Endpoint, cells: Cells, named: Iterable[NamedContrast]) -> pd.DataFrame:
    pooled = PooledError.fit(cells.estimates)
    rows, pooled_rows = [], []
    for contrast in named:
        measured = cells.mean[list(contrast.weights)].notna()
        if not measured.any().all():
            continue
        relation, inside = _inside(cells, contrast.weights)
        rows.append(_Row(contrast, PER_EXPERIMENT, inside, cells, relation, inside.n))
        by_pooled = pooled.contrast(contrast.weights)
        if by_pooled is not None:
            # Without its lowest cells a mean would be too high: no number is better.
            bounded = (cells.relation[list(contrast.weights)] != "").any(axis=None)
            relation = UNKNOWN if bounded else ""
            pooled_rows.append(_Row(contrast, POOLED_ERROR, by_pooled, cells, relation, inside.n))
    everything = [*rows, *pooled_rows]
    table = pd.DataFrame([_numbers(endpoint, row) for row in everything], columns=list(COLUMNS))
    table["p_dunnett"] = _dunnett(everything, pooled)
    for _, family in table.groupby(["family", "analysis"], sort=False):
        table.loc[family.index, "p_holm"] = np.minimum(holm(family["p"]), 1.0)
    return table


def _inside(cells: Cells, weights: Weights) -> tuple[str, Contrast]:
    """The contrast inside experiments and what it is: an estimate, a bound, or not known.

    A bound takes every censored well at its limit, also those that an estimate would put below it.
    """
    relation = cells.relation_of(weights)
    inside = per_experiment_contrast(cells.mean, weights)
    if relation not in ("<=", ">="):
        return relation, inside
    means = cells.extreme(weights, highest=relation == "<=")
    if np.isinf(means[list(weights)].dropna().to_numpy()).any():
        return UNKNOWN, inside
    return relation, per_experiment_contrast(means, weights)


COLUMNS = (
    "endpoint", "contrast", "family", "analysis", "estimate", "relation", "se", "df", "t", "p",
    "p_greater", "p_less", "lower", "upper", "lower_90", "upper_90", "ratio", "ratio_lower",
    "ratio_upper", "n", "values", "left_out", "p_holm", "p_dunnett", "estimate_at_limit",
    "estimate_censored_fit", "note",
)  # fmt: skip


def _numbers(endpoint: Endpoint, row: _Row) -> dict[str, object]:
    contrast = row.contrast
    bound = row.relation != ""
    tested = contrast.n >= FEWEST_EXPERIMENTS and contrast.varies and not bound
    interval = contrast.varies and not bound
    nothing = (np.nan, np.nan)
    lower, upper = contrast.ci95 if interval else nothing
    lower_90, upper_90 = contrast.ci90 if interval else nothing
    none_known = row.relation == UNKNOWN
    estimate = np.nan if none_known else contrast.estimate
    ratio = np.exp([estimate, lower, upper]) if endpoint.is_ratio else np.full(3, np.nan)
    valueless = row.cells.unknown_in(row.named.weights) if none_known else ()
    sensitivity = _sensitivity(row) if row.analysis == PER_EXPERIMENT else nothing
    return {
        "endpoint": endpoint.name,
        "contrast": row.named.name,
        "family": row.named.family,
        "analysis": row.analysis,
        "estimate": estimate,
        "relation": "" if none_known else row.relation,
        "se": np.nan if bound else contrast.se,
        "df": contrast.df if contrast.df > 0 else np.nan,
        "t": contrast.t if tested else np.nan,
        "p": contrast.p if tested else np.nan,
        "p_greater": contrast.p_greater if tested else np.nan,
        "p_less": contrast.p_less if tested else np.nan,
        "lower": lower,
        "upper": upper,
        "lower_90": lower_90,
        "upper_90": upper_90,
        "ratio": ratio[0],
        "ratio_lower": ratio[1],
        "ratio_upper": ratio[2],
        "n": row.n,
        "values": contrast.values_as_text(valueless),
        "left_out": contrast.left_out_as_text(),
        "p_holm": np.nan,
        "p_dunnett": np.nan,
        "estimate_at_limit": sensitivity[0],
        "estimate_censored_fit": sensitivity[1],
        "note": _note(row),
    }


def _sensitivity(row: _Row) -> tuple[float, float]:
    """The estimate with censored wells at their limit, and by the censored-likelihood fit."""
    used = [arm for arm, weight in row.named.weights.items() if weight]
    differs = (row.cells.estimates[used] != row.cells.at_limit[used]) & row.cells.estimates[
        used
    ].notna()
    if row.relation or not differs.to_numpy().any():
        return (np.nan, np.nan)
    at_limit = per_experiment_contrast(row.cells.at_limit, row.named.weights)
    fitted = per_experiment_contrast(row.cells.fitted, row.named.weights)
    return (at_limit.estimate, fitted.estimate)


def _note(row: _Row) -> str:
    contrast = row.contrast
    if row.relation and row.analysis == POOLED_ERROR:
        return "only a bound is known of a cell, and this analysis takes no bounds: no estimate"
    if row.relation == UNKNOWN:
        return "wells outside the quantifiable range in arms of both signs: no estimate"
    if row.relation:
        return "more than half of a cell's wells outside the quantifiable range: a bound only"
    if contrast.n == 0:
        return "no experiment has every arm"
    if contrast.n == 1:
        return "one experiment: its value only"
    if not contrast.varies:
        return "no variation between experiments: nothing to test against"
    if contrast.n < FEWEST_EXPERIMENTS:
        return "two experiments: no claim"
    return ""


def _dunnett(rows: list[_Row], pooled: PooledError) -> list[float]:
    """Dunnett's p of the pooled-error rows against untreated, one family a background."""
    adjusted = [float("nan")] * len(rows)
    families: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        if row.analysis == POOLED_ERROR and row.named.family == AGAINST_UNTREATED:
            families.setdefault(row.named.background, []).append(index)
    for members in families.values():
        correlation = pooled.correlation([rows[index].named.weights for index in members])
        if correlation is None or not all(rows[index].contrast.varies for index in members):
            continue
        p = dunnett_p([rows[index].contrast.t for index in members], correlation, pooled.df)
        for index, value in zip(members, p, strict=True):
            adjusted[index] = float(value) if not rows[index].relation else float("nan")
    return adjusted
