"""Group means: the mean of the wells of one arm in one experiment.

Means are taken on the analysis scale, so that the experiment, not the well, is the unit of
replication.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, DTypeLike, NDArray

from coculture.comparison.design.arms import Design, arms_of
from coculture.comparison.design.donors_inside_experiments import SHARED
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.design.joining import VIABLE_CELLS
from coculture.comparison.settings import ComparisonSettings
from coculture.comparison.statistics.between_experiments import ArmGroup, arm_groups, entering
from coculture.comparison.statistics.censoring import ABOVE, BELOW, UNKNOWN, group_mean
from coculture.comparison.statistics.donors import Donors, by_unit, donor_of_each, donor_of_wells
from coculture.exchange.names import natural_key
from coculture.exchange.vocabulary import ABOVE_RANGE, BELOW_RANGE

_OPPOSITE = {"<=": ">=", ">=": "<="}
MILLION = 1e6

ADDED, UNMEASURED, UNCOUNTED = "added", "unmeasured", "uncounted"
"""Why a culture has no value: the analyte was added to it; it has no usable reading; its cells were
not counted."""


def well_values(
    cultures: pd.DataFrame, endpoint: Endpoint, settings: ComparisonSettings
) -> pd.DataFrame:
    """The value of every culture on the scale of an endpoint.

    Parameters
    ----------
    cultures
        cultures.csv (`join_cultures`).

    Returns
    -------
    One row a culture, with columns culture, experiment, arm, donor, value, side, missing, note, and
    shared_experiment if `cultures` has it.
    `side` is -1 (1) if the true value is below (above) `value`, else 0. For a culture without a
    value, which is NaN, `missing` is the code of the reason (`ADDED`, `UNMEASURED`,
    `UNCOUNTED`) and `note` the reason in words; both are empty otherwise.
    """
    wells = cultures[["culture", "experiment", "arm"]].copy()
    wells["donor"] = cultures["donor"].fillna("") if "donor" in cultures else ""
    if SHARED in cultures:
        wells[SHARED] = cultures[SHARED].fillna("")
    wells["side"] = _sides(cultures, endpoint)
    wells["missing"] = ""
    wells["note"] = ""
    wells["value"] = _values(cultures, endpoint, settings)
    added = _is_added(cultures, endpoint.subject, settings)
    wells.loc[added, "value"] = np.nan
    wells.loc[added, "missing"] = ADDED
    wells.loc[added, "note"] = f"{endpoint.subject} was added"
    reasons = cultures[endpoint.columns.reason]
    unmeasured = f"no {endpoint.subject}"
    missing = wells["value"].isna() & (wells["missing"] == "")
    codes = pd.Series(UNMEASURED, index=cultures.index)
    reasons = reasons.where(reasons != "", unmeasured)
    if endpoint.per_viable_cell:
        counted = cultures[VIABLE_CELLS].notna()
        codes, reasons = codes.where(counted, UNCOUNTED), reasons.where(counted, "no cell count")
    wells.loc[missing, "missing"] = codes
    wells.loc[missing, "note"] = cultures["culture"].astype(str) + ": " + reasons
    return wells


def group_means(
    cultures: pd.DataFrame, endpoint: Endpoint, settings: ComparisonSettings
) -> pd.DataFrame:
    """comparison/arms.csv of one endpoint: one row for each experiment x arm with cultures."""
    wells = well_values(cultures, endpoint, settings)
    usable = wells[wells["value"].notna()]
    well_sd = pooled_well_sd(usable[usable["side"] == 0])
    values, sides = wells["value"].to_numpy(float), wells["side"].to_numpy(int)
    is_zero = without_logarithm(cultures, endpoint).to_numpy(bool)
    experiments, arms, donors, notes = (
        wells[column].to_numpy() for column in ("experiment", "arm", "donor", "note")
    )
    rows = []
    for places in _places(wells):
        used = places[~np.isnan(values[places])]
        mean = group_mean(values[used], sides[used], well_sd)
        if is_zero[used].any():
            # No distribution of logarithms has a zero: of such a group only a bound is known.
            mean = replace(mean, mean=mean.at_limit, relation="<=")
        rows.append(
            {
                "endpoint": endpoint.name,
                "experiment": experiments[places[0]],
                "arm": arms[places[0]],
                "donor": donor_of_wells(donors[places]),
                "mean": mean.mean,
                "relation": mean.relation,
                "low": mean.low,
                "high": mean.high,
                "wells": mean.wells,
                "censored": mean.censored,
                "mean_at_limit": mean.at_limit,
                "note": "; ".join(dict.fromkeys(note for note in notes[places] if note)),
            }
        )
    table = pd.DataFrame(rows)
    if SHARED in wells and len(table):
        shared = dict(zip(wells["experiment"], wells[SHARED], strict=True))
        table[SHARED] = table["experiment"].map(shared)
    return table


def _places(wells: pd.DataFrame) -> list[NDArray[np.intp]]:
    """The places of the wells of each experiment x arm, in the order in which these come.

    Findings are tested under dozens of alternatives, each with means of its own; a table for each
    group would take most of the time.
    """
    numbers = wells.groupby(["experiment", "arm"], sort=False).ngroup().to_numpy()
    in_order = np.argsort(numbers, kind="stable")
    in_order = in_order[numbers[in_order] >= 0]
    starts = np.flatnonzero(np.diff(numbers[in_order])) + 1
    return np.split(in_order, starts) if len(in_order) else []


@dataclass(frozen=True)
class GroupMeans:
    """The group means of one endpoint, each table with experiments x arms.

    Every arm of the study is a column. `relation` is "" if `mean` is an estimate, "<=" or ">=" if
    it is a bound; the true mean is between `low` and `high`, which are infinite on a side on which
    wells are outside the range, and `at_limit` is the mean with these wells at their limit.
    `cultured` is whether the experiment has cultures of the arm, also if none of them has a value.
    """

    mean: pd.DataFrame
    relation: pd.DataFrame
    low: pd.DataFrame
    high: pd.DataFrame
    at_limit: pd.DataFrame
    cultured: pd.DataFrame
    donors: Donors = field(default_factory=lambda: MappingProxyType({}))
    """The donor of each experiment that has one."""

    @classmethod
    def of(cls, arms: pd.DataFrame, endpoint: Endpoint, labels: Sequence[str]) -> "GroupMeans":
        """Read the rows of `endpoint` from comparison/arms.csv."""
        rows = arms[arms["endpoint"] == endpoint.name]
        experiments = pd.Index(sorted(set(rows["experiment"]), key=natural_key), name="experiment")
        columns = pd.Index(list(labels), name="arm")
        at = tuple(
            names.get_indexer(pd.Index(rows[names.name])) for names in (experiments, columns)
        )
        known = at[1] >= 0
        place = (at[0][known], at[1][known])

        def spread(values: ArrayLike, empty: object, dtype: DTypeLike) -> pd.DataFrame:
            table = np.full((len(experiments), len(columns)), empty, dtype=dtype)
            table[place] = np.asarray(values)[known]
            return pd.DataFrame(table, experiments, columns, copy=False)

        mean, low, high, at_limit = (
            spread(rows[column].to_numpy(float), np.nan, float)
            for column in ("mean", "low", "high", "mean_at_limit")
        )
        relation = spread(rows["relation"].fillna("").to_numpy(object), "", object)
        cultured = spread(np.ones(len(rows)), 0.0, bool)
        donors = donor_of_each(rows) if "donor" in rows else {}
        return cls(mean, relation, low, high, at_limit, cultured, donors)

    def groups(self, weights: Mapping[str, float]) -> tuple[ArmGroup, ...]:
        """The arms of a weighted sum in groups that share no experiment."""
        arms = [arm for arm, weight in weights.items() if weight]
        return arm_groups(self.cultured, arms, self.donors)

    def by_unit(self, means: pd.DataFrame) -> pd.DataFrame:
        """A table of experiments x arms by independent units: the means of donors if tested."""
        return by_unit(means, self.donors)

    def within(self, experiments: Iterable[str]) -> "GroupMeans":
        """The means of some experiments only."""
        rows = list(experiments)
        tables = {
            one.name: getattr(self, one.name).loc[rows]
            for one in fields(self)
            if one.name != "donors"
        }
        return replace(self, **tables)

    @cached_property
    def estimates(self) -> pd.DataFrame:
        """The means that are estimates; bounds are NaN."""
        return self.mean.where(self._is_estimate)

    @cached_property
    def _is_estimate(self) -> NDArray[np.bool_]:
        """Where `mean` is an estimate, as a plain array."""
        return np.asarray(self.relation.to_numpy() == "", dtype=bool)

    def for_test(self, weights: Mapping[str, float], highest: bool) -> pd.DataFrame:
        """The means for a test that a weighted sum is low (`highest`), or that it is high.

        In each arm of the sum, wells outside the range whose values favour the claim are at their
        limit. Where wells argue against it, the mean is the censored-likelihood mean. It is
        infinite, and the claim cannot be tested, where no well of such a group has a number, or
        where a group has wells beyond both limits.
        """
        means = self.estimates.to_numpy(copy=True)
        low, high, own = (table.to_numpy() for table in (self.low, self.high, self.mean))
        is_estimate = self._is_estimate
        for arm, weight in weights.items():
            column = self.mean.columns.get_loc(arm)
            is_low = (weight > 0) == highest
            against, favouring = (high, low) if is_low else (low, high)
            fitted = np.isinf(against[:, column]) & np.isfinite(favouring[:, column])
            fitted &= is_estimate[:, column]
            means[:, column] = np.where(fitted, own[:, column], against[:, column])
        return pd.DataFrame(means, self.mean.index, self.mean.columns)

    @cached_property
    def is_outside(self) -> pd.DataFrame:
        """Whether any well of a group is outside the range."""
        return pd.DataFrame(np.isinf(self.low) | np.isinf(self.high))

    @cached_property
    def has_any_outside(self) -> bool:
        """Whether any group of the study has wells outside the range."""
        return bool(self.is_outside.to_numpy().any())

    def extreme(self, weights: Mapping[str, float], highest: bool) -> pd.DataFrame:
        """The estimates, with the arms of a weighted sum at the bounds that make it highest.

        With `highest` false: lowest. A bound is infinite on a side that is not limited.
        """
        means = self.estimates.copy()
        for arm, weight in weights.items():
            means[arm] = self.high[arm] if (weight > 0) == highest else self.low[arm]
        return means

    def relation_of(self, weights: Mapping[str, float]) -> str:
        """What a weighted sum of `mean` is, in the experiments that enter it.

        "" for an estimate, "<=" or ">=" for a bound, `UNKNOWN` if bounds point both ways.
        """
        used = {arm: weight for arm, weight in weights.items() if weight}
        return self._relation(used, self.relation[entering(self.at_limit, self.groups(used))])

    def unknown_in(self, weights: Mapping[str, float]) -> list[str]:
        """The experiments in which a weighted sum of `mean` has bounds that point both ways."""
        used = {arm: weight for arm, weight in weights.items() if weight}
        each = {str(one): self.relation.loc[[one]] for one in self.relation.index}
        return [one for one, relation in each.items() if self._relation(used, relation) == UNKNOWN]

    @staticmethod
    def _relation(used: Mapping[str, float], relations: pd.DataFrame) -> str:
        directions = {
            relation if weight > 0 else _OPPOSITE.get(relation, relation)
            for arm, weight in used.items()
            for relation in relations[arm]
            if relation
        }
        return directions.pop() if len(directions) == 1 else UNKNOWN if directions else ""


def pooled_well_sd(wells: pd.DataFrame) -> float:
    """SD between the wells of an experiment x arm, pooled over all; NaN without repeated wells.

    Parameters
    ----------
    wells
        experiment, arm and value of each well.
    """
    groups = wells.groupby(["experiment", "arm"])["value"]
    df = float((groups.size() - 1).sum())
    squares = float(((wells["value"] - groups.transform("mean")) ** 2).sum())
    return float(np.sqrt(squares / df)) if df > 0 and squares > 0 else float("nan")


def _sides(cultures: pd.DataFrame, endpoint: Endpoint) -> NDArray[np.int_]:
    """-1 (1) where the true value is below (above) the bound."""
    state = cultures[endpoint.columns.state].fillna("")
    below, above = state.isin(BELOW_RANGE), state.isin(ABOVE_RANGE)
    return np.select([below | without_logarithm(cultures, endpoint), above], [BELOW, ABOVE], 0)


def without_logarithm(cultures: pd.DataFrame, endpoint: Endpoint) -> "pd.Series[bool]":
    """Whether a culture has a value of zero or less on a logarithmic scale.

    Leaving it out would raise the mean of its arm. All that is known of its logarithm is that it is
    below those of the others: it counts as at most the lowest of them, and so does its group.
    """
    if endpoint.scale != "log":
        return pd.Series(False, cultures.index)
    columns = endpoint.columns
    inside = ~cultures[columns.state].isin([*BELOW_RANGE, *ABOVE_RANGE])
    return inside & (cultures[columns.value].astype(float) <= 0)


def _values(
    cultures: pd.DataFrame, endpoint: Endpoint, settings: ComparisonSettings
) -> "pd.Series[float]":
    """Each culture on the scale of the endpoint; outside a range the bound."""
    columns = endpoint.columns
    if endpoint.scale in ("logit", "log_rest"):
        n, a = (cultures[name].astype(float) for name in (columns.total, columns.count))
        # Half an event is added to each count, so that 0 and 100 % have a logarithm.
        is_logit = endpoint.scale == "logit"
        odds_or_part = (a + 0.5) / (n - a + 0.5) if is_logit else (n - a + 0.5) / (n + 1)
        return odds_or_part.transform(np.log)
    value = cultures[columns.value].astype(float)
    if columns.bound:
        is_bound = _sides(cultures, endpoint) != 0
        value = cultures[columns.bound].astype(float).where(is_bound, value)
    if endpoint.scale == "points":
        return value
    if endpoint.scale == "specific":
        untreated = _untreated_means(cultures, value, settings)
        return 100 * (value - untreated) / (100 - untreated)
    if endpoint.scale == "log":
        lowest = value[value > 0].min()
        value = value.mask(without_logarithm(cultures, endpoint), lowest)
    logarithm = value.where(value > 0).transform(np.log)
    if endpoint.per_viable_cell:
        logarithm -= (cultures[VIABLE_CELLS].astype(float) / MILLION).transform(np.log)
    return logarithm


def _untreated_means(
    cultures: pd.DataFrame, value: "pd.Series[float]", settings: ComparisonSettings
) -> "pd.Series[float]":
    """The mean of the untreated wells of each culture's own setting and experiment."""
    design = Design.of(cultures, settings)
    own = [design.label(design.untreated(arm)) for arm in arms_of(cultures, settings.factors)]
    means = value.groupby([cultures["experiment"], cultures["arm"]]).mean()
    keys = zip(cultures["experiment"], own, strict=True)
    return pd.Series([means.get(key, np.nan) for key in keys], cultures.index, dtype=float)


def _is_added(
    cultures: pd.DataFrame, analyte: str, settings: ComparisonSettings
) -> "pd.Series[bool]":
    """Whether the analyte was added to each culture."""
    design = Design.of(cultures, settings)
    added = [bool(design.added(arm, analyte)) for arm in arms_of(cultures, settings.factors)]
    return pd.Series(added, index=cultures.index, dtype=bool)
