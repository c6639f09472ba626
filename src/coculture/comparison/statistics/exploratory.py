"""Every contrast of the design by both analyses: contrasts.csv and contrast_values.csv."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from coculture.comparison.design.arms import Design, net_weights
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.design.families import AGAINST_UNTREATED, OWN, NamedContrast, contrasts_of
from coculture.comparison.design.interference import labels_of
from coculture.comparison.settings import ComparisonSettings
from coculture.comparison.statistics.between_experiments import contrast_of
from coculture.comparison.statistics.censoring import UNKNOWN
from coculture.comparison.statistics.contrasts import (
    MIN_EXPERIMENTS_BETWEEN,
    Contrast,
    Part,
    PooledError,
    Weights,
)
from coculture.comparison.statistics.dunnett import dunnett_p
from coculture.comparison.statistics.group_means import GroupMeans
from coculture.comparison.statistics.multiplicity import holm
from coculture.comparison.statistics.outside_range import (
    estimated_contrast,
    has_outside,
    limits,
    tested_contrast,
)
from coculture.exchange.vocabulary import listed

PER_EXPERIMENT, POOLED_ERROR = "per_experiment", "pooled_error"
VALUE_COLUMNS = (
    "endpoint", "contrast", "family", "analysis", "experiment", "value", "part", "part_weight",
)  # fmt: skip
COLUMNS = (
    "endpoint", "contrast", "family", "analysis", "estimate", "relation", "se", "df", "t", "p",
    "p_greater", "p_less", "lower", "upper", "lower_90", "upper_90", "ratio", "ratio_lower",
    "ratio_upper", "n", "donors", "tested", "compared", "n_each", "values", "left_out", "p_holm",
    "p_dunnett", "estimate_at_limit", "note", "interference",
)  # fmt: skip


@dataclass(frozen=True)
class _Row:
    """One contrast by one analysis, before corrections for multiple testing."""

    named: NamedContrast
    analysis: str
    contrast: Contrast
    means: GroupMeans
    relation: str
    primary: Contrast
    """The same contrast by the primary analysis, whose experiments are counted."""

    @property
    def unknown_in(self) -> list[str]:
        """The experiments in which the contrast is not known."""
        return self.means.unknown_in(self.named.weights) if self.relation == UNKNOWN else []

    @cached_property
    def has_outside(self) -> bool:
        """Whether the primary analysis has wells outside the range in it."""
        if self.analysis != PER_EXPERIMENT:
            return False
        return has_outside(self.means, self.named.weights)

    @cached_property
    def one_sided_p(self) -> tuple[float, float]:
        """p of the claims that the contrast is below zero, and above it; NaN without a test."""
        if not self.has_outside:
            one = self.contrast
            has_p = one.has_enough and one.varies and self.relation == ""
            return (one.p_less, one.p_greater) if has_p else (np.nan, np.nan)
        p = [np.nan, np.nan]
        for i, relation in enumerate(("<=", ">=")):
            if self.relation in ("", relation):
                one_side = tested_contrast(self.means, self.named.weights, relation == "<=")
                if one_side is not None and one_side.has_enough and one_side.varies:
                    p[i] = one_side.p_less if relation == "<=" else one_side.p_greater
        return p[0], p[1]

    def limits(self, confidence: float) -> tuple[float, float]:
        """The confidence limits; beside a bound only one."""
        if self.has_outside:
            return limits(self.means, self.named.weights, self.relation, confidence)
        return self.contrast.interval(confidence) if self.relation == "" else (np.nan, np.nan)

    @property
    def at_limit(self) -> float:
        """The estimate with wells outside the range at their limit; NaN if there are none."""
        if self.relation or not self.has_outside:
            return float("nan")
        weights = self.named.weights
        return contrast_of(self.means.at_limit, weights, self.means.groups(weights)).estimate


def contrast_tables(
    arms: pd.DataFrame,
    scales: Iterable[Endpoint],
    design: Design,
    settings: ComparisonSettings,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every contrast on every scale, for exploration.

    Returns
    -------
    comparison/contrasts.csv, corrected by Holm within endpoint x family x analysis, and
    comparison/contrast_values.csv, one row for each contrast and experiment.
    """
    labels = [design.label(arm) for arm in design.arms]
    tables, values = [], []
    for endpoint in scales:
        means = GroupMeans.of(arms, endpoint, labels)
        named = [
            *contrasts_of(design, settings.reference_cells),
            *_own(endpoint, design, settings),
        ]
        rows, pooled = _rows(means, named)
        table = _table(endpoint, rows, pooled)
        table["interference"] = [
            labels_of(design, _used(row.named.weights), endpoint.subject) for row in rows
        ]
        tables.append(table)
        values += [one for row in rows for one in _values(endpoint, row)]
    return (
        pd.concat(tables, ignore_index=True),
        pd.DataFrame(values, columns=list(VALUE_COLUMNS)),
    )


def _own(endpoint: Endpoint, design: Design, settings: ComparisonSettings) -> list[NamedContrast]:
    return [
        NamedContrast(OWN, "", contrast.name, net_weights(contrast, design))
        for contrast in settings.contrasts
        if contrast.endpoint == endpoint.subject
    ]


def _rows(means: GroupMeans, named: Iterable[NamedContrast]) -> tuple[list[_Row], PooledError]:
    """Each contrast that some experiment has, by the primary analysis, then by the other."""
    pooled = PooledError.fit(means.by_unit(means.estimates))
    rows, pooled_rows = [], []
    for contrast in named:
        arms = list(contrast.weights)
        if not means.mean[arms].notna().any().all():
            continue
        relation, inside = estimated_contrast(means, contrast.weights)
        rows.append(_Row(contrast, PER_EXPERIMENT, inside, means, relation, inside))
        by_pooled = pooled.contrast(contrast.weights)
        if by_pooled is not None:
            # Without its lowest groups the mean of an arm would be too high: give no number.
            bounded = (means.relation[arms] != "").any(axis=None)
            relation = UNKNOWN if bounded else ""
            pooled_rows.append(_Row(contrast, POOLED_ERROR, by_pooled, means, relation, inside))
    return [*rows, *pooled_rows], pooled


def _table(endpoint: Endpoint, rows: list[_Row], pooled: PooledError) -> pd.DataFrame:
    table = pd.DataFrame([_numbers(endpoint, row) for row in rows], columns=list(COLUMNS))
    table["p_dunnett"] = _dunnett(rows, pooled)
    for _, family in table.groupby(["family", "analysis"], sort=False):
        table.loc[family.index, "p_holm"] = np.minimum(holm(family["p"]), 1.0)
    return table


def _values(endpoint: Endpoint, row: _Row) -> Iterator[dict[str, object]]:
    known = row.contrast.known_values(row.unknown_in)
    part_of = {str(one): part for part in row.contrast.parts for one in part.by_experiment.index}
    for experiment, value in known.items():
        yield {
            "endpoint": endpoint.name,
            "contrast": row.named.name,
            "family": row.named.family,
            "analysis": row.analysis,
            "experiment": experiment,
            **_value(value, part_of.get(experiment)),
        }


def _value(value: float, part: Part | None) -> dict[str, object]:
    """The contrast inside an experiment, or the value of the part that the experiment enters."""
    if part is None:
        return {"value": value, "part": "", "part_weight": np.nan}
    return {"value": part.sign * value, "part": part.text, "part_weight": float(part.sign)}


def _numbers(endpoint: Endpoint, row: _Row) -> dict[str, object]:
    contrast = row.contrast
    bound = row.relation != ""
    # With wells outside the range each side has a test of its own, and there is no common t.
    common = not bound and not row.has_outside
    tested = contrast.has_enough and contrast.varies and common
    p_less, p_greater = row.one_sided_p
    (lower, upper), (lower_90, upper_90) = row.limits(0.95), row.limits(0.90)
    if _is_mean(row.named.weights) and endpoint.bounds is not None:
        ends = np.clip([lower, upper, lower_90, upper_90], *endpoint.bounds)
        lower, upper, lower_90, upper_90 = map(float, ends)
    none_known = row.relation == UNKNOWN
    estimate = np.nan if none_known else contrast.estimate
    ratio = np.exp([estimate, lower, upper]) if endpoint.is_ratio else np.full(3, np.nan)
    return {
        "endpoint": endpoint.name,
        "contrast": row.named.name,
        "family": row.named.family,
        "analysis": row.analysis,
        "estimate": estimate,
        "relation": "" if none_known else row.relation,
        "se": contrast.se if common else np.nan,
        "df": contrast.df if contrast.df > 0 else np.nan,
        "t": contrast.t if tested else np.nan,
        "p": contrast.p if tested else float(np.minimum(2 * np.minimum(p_less, p_greater), 1.0)),
        "p_greater": p_greater,
        "p_less": p_less,
        "lower": lower,
        "upper": upper,
        "lower_90": lower_90,
        "upper_90": upper_90,
        "ratio": ratio[0],
        "ratio_lower": ratio[1],
        "ratio_upper": ratio[2],
        "n": row.primary.n,
        "donors": row.primary.n_donors or np.nan,
        "tested": row.primary.unit,
        "compared": contrast.compared,
        "n_each": contrast.n_each_as_text,
        "values": contrast.values_as_text(row.unknown_in),
        "left_out": contrast.left_out_as_text(),
        "p_holm": np.nan,
        "p_dunnett": np.nan,
        "estimate_at_limit": row.at_limit,
        "note": _note(row),
    }


def _is_mean(weights: Weights) -> bool:
    """Whether a contrast is a mean of arms, which has the bounds of its endpoint."""
    return min(weights.values(), default=-1.0) >= 0 and bool(np.isclose(sum(weights.values()), 1.0))


def _used(weights: Weights) -> list[str]:
    return [arm for arm, weight in weights.items() if weight]


def _note(row: _Row) -> str:
    contrast = row.contrast
    if row.relation and row.analysis == POOLED_ERROR:
        return "some group means are only bounds, which this analysis cannot use: no estimate"
    if row.relation == UNKNOWN:
        return "wells outside the quantifiable range on both sides of the comparison: no estimate"
    if row.relation:
        return (
            "no well of one arm in one experiment is inside the quantifiable range: only a bound, "
            "with a limit on one side"
        )
    if contrast.is_between:
        return _note_between(contrast)
    if contrast.n == 0:
        return "no experiment has every arm"
    if contrast.n == 1:
        return "one experiment: only its value"
    if not contrast.varies:
        return "no variation between experiments: cannot be tested"
    if not contrast.has_enough:
        return "two experiments: too few for a test"
    return ""


def _note_between(contrast: Contrast) -> str:
    """Why a comparison between experiments lacks numbers."""
    empty = [arm for part in contrast.parts if part.by_experiment.empty for arm in part.weights]
    if empty:
        return f"no experiment has {listed(empty)}"
    if not contrast.has_enough:
        return (
            f"too few experiments for a test: between experiments each arm needs "
            f"{MIN_EXPERIMENTS_BETWEEN}"
        )
    return "" if contrast.varies else "no variation between experiments: cannot be tested"


def _dunnett(rows: list[_Row], pooled: PooledError) -> list[float]:
    """Dunnett's p of the pooled-error rows against untreated, one family for each background."""
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
