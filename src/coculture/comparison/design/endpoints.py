"""What is compared, on which scale, and the mean of each experiment x arm on it.

The mean of a cell (experiment x arm) is taken over its wells on the analysis scale, so that the
experiment, not the well, is the unit of replication.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
import pandas as pd

from coculture.comparison.design.arms import Design, arms_of
from coculture.comparison.settings import APOPTOSIS, ComparisonSettings
from coculture.comparison.statistics.censoring import ABOVE, BELOW, cell_mean
from coculture.exchange.names import column_prefix
from coculture.exchange.vocabulary import ABOVE_RANGE, BELOW_RANGE

UNKNOWN = "unknown"
"""The relation of a sum to the truth where censored cells pull it both ways."""

PERCENT, LOGIT, LN_VIABLE = "percent_apoptotic", "logit_apoptotic", "ln_viable"
PER_VIABLE_CELL = "_per_viable_cell"
VIABLE_CELLS = "viable_cells_per_ml"
LOST_BY_FLOW = "flow: "
"""How the reason begins for which a culture that was acquired has no percent apoptotic."""
MILLION = 1e6


@dataclass(frozen=True)
class Endpoint:
    """One quantity on one scale.

    `name` is its name in result tables, `subject` what the config calls it (apoptosis or the
    analyte), `unit` that of a difference on it; `title_shown` and `unit_shown` are those of the
    values as figures show them (of the primary scales only).
    """

    name: str
    subject: str
    unit: str
    title_shown: str
    unit_shown: str

    @property
    def is_ratio(self) -> bool:
        """Whether the exponential of a contrast is a ratio (of odds, viability, concentration)."""
        return self.name != PERCENT

    @property
    def per_viable_cell(self) -> bool:
        """Whether a concentration is divided by the cells counted in its culture."""
        return self.name.endswith(PER_VIABLE_CELL)


def endpoints(settings: ComparisonSettings) -> list[Endpoint]:
    """Apoptosis on three scales, then each analyte, per volume and per viable cell."""
    return [
        Endpoint(PERCENT, APOPTOSIS, "percentage points", "Apoptotic cells (%)", "%"),
        Endpoint(LOGIT, APOPTOSIS, "log odds", "Odds of apoptosis", "odds"),
        Endpoint(LN_VIABLE, APOPTOSIS, "ln viable", "Viable cells (fraction)", "fraction"),
        *(endpoint for analyte in settings.analytes for endpoint in _of_analyte(analyte)),
    ]


def _of_analyte(analyte: str) -> tuple[Endpoint, Endpoint]:
    name = f"ln_{column_prefix(analyte)}"
    million, title = "pg per million viable cells", f"{analyte} (pg/million viable cells)"
    return (
        Endpoint(name, analyte, "ln pg/mL", f"{analyte} (pg/mL)", "pg/mL"),
        Endpoint(f"{name}{PER_VIABLE_CELL}", analyte, f"ln {million}", title, million),
    )


def primary_endpoint(subject: str, settings: ComparisonSettings) -> Endpoint:
    """The scale on which findings about `subject` are tested: points, or the log."""
    return next(endpoint for endpoint in endpoints(settings) if endpoint.subject == subject)


def well_values(
    cultures: pd.DataFrame, endpoint: Endpoint, settings: ComparisonSettings
) -> pd.DataFrame:
    """One row a culture: experiment, arm, value on the endpoint's scale, side, note.

    `side` is -1 (1) where the truth lies below (above) the value, else 0; a culture without a
    value has NaN, and `note` says why.
    """
    wells = cultures[["culture", "experiment", "arm"]].copy()
    wells["side"] = 0
    wells["note"] = ""
    if endpoint.subject == APOPTOSIS:
        wells["value"] = _apoptosis(cultures, endpoint.name)
        unmeasured = "no percent apoptotic"
    else:
        prefix = column_prefix(endpoint.subject)
        state = cultures[f"{prefix}_state"].fillna("")
        bound = cultures[f"{prefix}_bound_pg_ml"]
        below, above = state.isin(BELOW_RANGE), state.isin(ABOVE_RANGE)
        wells["side"] = np.select([below, above], [BELOW, ABOVE], 0)
        concentration = bound.where(below | above, cultures[f"{prefix}_pg_ml"])
        wells["value"] = np.log(concentration.where(concentration > 0).astype(float))
        if endpoint.per_viable_cell:
            wells["value"] -= np.log(cultures[VIABLE_CELLS].astype(float) / MILLION)
        added = _added(cultures, endpoint.subject, settings)
        wells.loc[added != "", "value"] = np.nan
        wells["note"] = added
        unmeasured = f"no {endpoint.subject}"
    missing = wells["value"].isna() & (wells["note"] == "")
    reasons = cultures["excluded"].where(cultures["excluded"] != "", unmeasured)
    if endpoint.per_viable_cell:
        reasons = reasons.where(cultures[VIABLE_CELLS].notna(), "no cell count")
    wells.loc[missing, "note"] = cultures["culture"].astype(str) + ": " + reasons
    return wells


def are_counted(cultures: pd.DataFrame) -> bool:
    """Whether the viable cells of any culture were counted."""
    return VIABLE_CELLS in cultures and bool(cultures[VIABLE_CELLS].notna().any())


def is_measured(cultures: pd.DataFrame, subject: str) -> bool:
    """Whether any culture was measured for `subject`, also where its reading was excluded."""
    if subject == APOPTOSIS:
        lost = cultures["excluded"].str.contains(rf"(?:^|; ){LOST_BY_FLOW}")
        return bool((cultures["percent_apoptotic"].notna() | lost).any())
    return not cultures[f"{column_prefix(subject)}_state"].isin(["", "missing"]).all()


def cell_means(
    cultures: pd.DataFrame, endpoint: Endpoint, settings: ComparisonSettings
) -> pd.DataFrame:
    """comparison/arms.csv of one endpoint: one row an experiment x arm that has cultures."""
    wells = well_values(cultures, endpoint, settings)
    usable = wells[wells["value"].notna()]
    well_sd = pooled_well_sd(usable[usable["side"] == 0])
    rows = []
    for (experiment, arm), group in wells.groupby(["experiment", "arm"], sort=False):
        used = group[group["value"].notna()]
        cell = cell_mean(used["value"].to_numpy(float), used["side"].to_numpy(int), well_sd)
        rows.append(
            {
                "endpoint": endpoint.name,
                "experiment": experiment,
                "arm": arm,
                "mean": cell.mean,
                "relation": cell.relation,
                "low": cell.low,
                "high": cell.high,
                "wells": cell.wells,
                "censored": cell.censored,
                "mean_at_limit": cell.at_limit,
                "mean_censored_fit": cell.fitted,
                "note": "; ".join(dict.fromkeys(note for note in group["note"] if note)),
            }
        )
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Cells:
    """The cell means of one endpoint as experiments x arms; every arm of the study is a column.

    `relation` is "" where `mean` is an estimate, "<=" or ">=" where it is a bound.
    """

    mean: pd.DataFrame
    relation: pd.DataFrame
    low: pd.DataFrame
    high: pd.DataFrame
    at_limit: pd.DataFrame
    fitted: pd.DataFrame

    @classmethod
    def of(cls, arms: pd.DataFrame, endpoint: Endpoint, labels: Sequence[str]) -> "Cells":
        """Spread the rows of `endpoint` of comparison/arms.csv."""
        rows = arms[arms["endpoint"] == endpoint.name]

        def spread(column: str) -> pd.DataFrame:
            table = rows.pivot_table(
                index="experiment", columns="arm", values=column, aggfunc="first", dropna=False
            )
            return table.reindex(columns=list(labels)).sort_index()

        columns = ("mean", "low", "high", "mean_at_limit", "mean_censored_fit")
        mean, low, high, at_limit, fitted = (spread(column).astype(float) for column in columns)
        return cls(mean, spread("relation").fillna(""), low, high, at_limit, fitted)

    def within(self, experiments: Iterable[str]) -> "Cells":
        """Those of some experiments only."""
        rows = list(experiments)
        return Cells(*(getattr(self, field.name).loc[rows] for field in fields(self)))

    @cached_property
    def estimates(self) -> pd.DataFrame:
        """The cell means that are estimates; bounds are NaN."""
        return self.mean.where(self.relation == "")

    def extreme(self, weights: Mapping[str, float], highest: bool) -> pd.DataFrame:
        """The estimates, the arms of a weighted sum at the bounds that make it highest (lowest).

        A bound is infinite where censored wells leave that side open.
        """
        means = self.estimates.copy()
        for arm, weight in weights.items():
            means[arm] = self.high[arm] if (weight > 0) == highest else self.low[arm]
        return means

    def relation_of(self, weights: Mapping[str, float]) -> str:
        """What a weighted sum of `mean` is, in the experiments that have every arm of it.

        "" for an estimate, "<=" or ">=" for a bound, `UNKNOWN` where bounds point both ways.
        """
        used = {arm: weight for arm, weight in weights.items() if weight}
        complete = self.mean[list(used)].notna().all(axis=1)
        return self._relation(used, self.relation[complete])

    def unknown_in(self, weights: Mapping[str, float]) -> list[str]:
        """The experiments in which a weighted sum of `mean` has bounds that point both ways."""
        used = {arm: weight for arm, weight in weights.items() if weight}
        each = {str(one): self.relation.loc[[one]] for one in self.relation.index}
        return [one for one, relation in each.items() if self._relation(used, relation) == UNKNOWN]

    @staticmethod
    def _relation(used: Mapping[str, float], relations: pd.DataFrame) -> str:
        directions = {
            relation if weight > 0 else {"<=": ">=", ">=": "<="}[relation]
            for arm, weight in used.items()
            for relation in relations[arm]
            if relation
        }
        return directions.pop() if len(directions) == 1 else UNKNOWN if directions else ""


def _apoptosis(cultures: pd.DataFrame, scale: str) -> pd.Series:
    percent, n, a = (
        cultures[column].astype(float)
        for column in ("percent_apoptotic", "n_events", "n_apoptotic")
    )
    if scale == PERCENT:
        return percent
    # Half an event is added to each count, so that 0 and 100 % have a logarithm.
    odds_or_part = (a + 0.5) / (n - a + 0.5) if scale == LOGIT else (n - a + 0.5) / (n + 1)
    return pd.Series(np.log(odds_or_part.to_numpy()), index=cultures.index)


def _added(cultures: pd.DataFrame, analyte: str, settings: ComparisonSettings) -> pd.Series:
    """For each culture, "" or that the analyte was added to it."""
    design = Design.of(cultures, settings)
    added = [bool(design.added(arm, analyte)) for arm in arms_of(cultures, settings.factors)]
    return pd.Series(np.where(added, f"{analyte} was added", ""), index=cultures.index)


def pooled_well_sd(wells: pd.DataFrame) -> float:
    """SD between the wells of an experiment x arm, pooled over all; NaN without repeated wells.

    Parameters
    ----------
    wells
        experiment, arm and value of each well.
    """
    cells = wells.groupby(["experiment", "arm"])["value"]
    freedom = float((cells.size() - 1).sum())
    squares = float(((wells["value"] - cells.transform("mean")) ** 2).sum())
    return float(np.sqrt(squares / freedom)) if freedom > 0 and squares > 0 else float("nan")
