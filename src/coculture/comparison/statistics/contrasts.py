"""Weighted sums of arm means, tested against zero with experiments as the unit of replication.

Two analyses. The primary one computes the contrast inside each experiment that has every arm it
needs and tests the values of the experiments by a one-sample t with n - 1 degrees of freedom; it
assumes nothing about the other arms. Where three or more donors are given, the means of the donors
are tested instead (`donors`). The pooled-error analysis, shown for comparison, is ordinary
least squares on the group means with experiment as block (the randomised complete block design;
Cochran and Cox, Experimental Designs, 2nd ed. 1957, chapter 4). It uses one error variance from all
arms and is valid only if that variance is the same everywhere.

Arms that share no experiment are compared between experiments (`between_experiments`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.comparison.settings import ComparisonError
from coculture.comparison.statistics.donors import (
    MIN_DONORS,
    SEVERAL,
    Donors,
    Replication,
    experiments_of,
    means_of_donors,
    means_of_experiments,
    replication,
)
from coculture.distributions import t_below, t_quantile
from coculture.exchange.vocabulary import listed
from coculture.linear_algebra import generalized_inverse, product

MIN_EXPERIMENTS = 3
"""With fewer nothing is claimed: two experiments leave one degree of freedom."""
MIN_EXPERIMENTS_BETWEEN = 4
"""Experiments of each group that a comparison between experiments needs. With 3 beside 4 to 8,
Welch's test at 2.5 % is wrong in up to 3.6 % (SDs 2:1), with 4 in at most 3.0 %
(`benchmarks/arms_apart_rates.py`)."""
BETWEEN = "between experiments (Welch)"
"""The label of a comparison of arms that share no experiment."""

Weights = Mapping[str, float]
"""Arm to weight; arms that are not named have weight zero."""

SAME = 1e-12
"""Differences below this fraction of their terms are rounding, not variation."""


@dataclass(frozen=True)
class Part:
    """The part that one group of arms has in a contrast between experiments.

    Attributes
    ----------
    sign
        1 if the part is added to the contrast, -1 if it is subtracted from it.
    weights
        Arm to weight, before the sign.
    by_experiment
        The weighted sum inside each experiment of the group that entered.
    replication
        How many experiments and donors these are.
    """

    sign: int
    weights: Weights
    by_experiment: "pd.Series[float]"
    replication: Replication

    @property
    def text(self) -> str:
        """The weighted sum: "a", "a minus b", "0.5 x a plus 0.5 x b"."""
        terms = [
            f"{'minus' if weight < 0 else 'plus'} "
            + (arm if abs(weight) == 1 else f"{abs(weight):g} x {arm}")
            for arm, weight in self.weights.items()
        ]
        return " ".join(terms).removeprefix("plus ")

    @property
    def signed_text(self) -> str:
        """As `text`, with its sign in the contrast: "minus (a minus b)"."""
        if self.sign > 0:
            return self.text
        return f"minus ({self.text})" if len(self.weights) > 1 else f"minus {self.text}"


@dataclass(frozen=True)
class Contrast:
    """An estimated contrast, on the scale of the group means.

    `values` has the contrast inside each experiment, or part of one that donors share, that entered
    (all NaN in the pooled-error analysis); `left_out` names the experiments that did not enter and
    the arms they lack. Numbers that do not exist are NaN: `se`, `t`, `p` and intervals with fewer
    than two experiments, or without any variation between them.

    Of a comparison between experiments `parts` has the part of each group of arms, and `values`
    what each experiment adds to its part, with the part's sign; otherwise `parts` is empty.

    `donors` has the donor of each experiment where it is known. If donors are tested, `estimate`,
    `se` and `df` are of the means of the donors, while `values` has the experiments.
    """

    estimate: float
    se: float
    df: float
    values: pd.Series
    left_out: Mapping[str, tuple[str, ...]]
    parts: tuple[Part, ...] = ()
    donors: Donors = field(default_factory=lambda: MappingProxyType({}))

    @property
    def n(self) -> int:
        """The number of experiments that entered."""
        return len(set(experiments_of(self.values.index, self.donors)))

    @property
    def n_each(self) -> tuple[int, ...]:
        """The number of experiments that entered, of each group of arms."""
        return tuple(part.replication.experiments for part in self.parts) or (self.n,)

    @property
    def replication(self) -> tuple[Replication, ...]:
        """The experiments and donors that entered, of each group of arms."""
        own = tuple(part.replication for part in self.parts)
        return own or (replication(list(map(str, self.values.index)), self.donors, MIN_DONORS),)

    @property
    def n_donors(self) -> int:
        """The number of different donors that entered, as far as they are known."""
        known = (self.donors.get(str(one)) for one in self.values.index)
        return len({donor for donor in known if donor} - {SEVERAL})

    @property
    def unit(self) -> str:
        """What is tested, as in the result tables: "experiments", "donors"; of groups of arms that
        differ "donors and experiments"."""
        each = ("donors" if one.are_units else "experiments" for one in self.replication)
        return listed(dict.fromkeys(each))

    @property
    def tested_values(self) -> "pd.Series[float]":
        """The independent values of a contrast inside experiments: of experiments or of donors."""
        (units,) = self.replication
        return _tested(self.values, self.donors, units)

    @property
    def shares_experiments(self) -> bool:
        """Whether donors share experiments, so that what is tested is not independent."""
        return self.n < len(self.values)

    @property
    def is_between(self) -> bool:
        """Whether arms that share no experiment are compared, by Welch's t."""
        return bool(self.parts)

    @property
    def compared(self) -> str:
        """The label of a comparison between experiments; empty for one inside experiments."""
        return BETWEEN if self.is_between else ""

    @property
    def n_each_as_text(self) -> str:
        """The experiments of each group of a comparison between experiments; else empty."""
        return listed(map(str, self.n_each)) if self.is_between else ""

    @property
    def has_enough(self) -> bool:
        """Whether enough experiments entered for a test."""
        return min(self.n_each) >= (MIN_EXPERIMENTS_BETWEEN if self.parts else MIN_EXPERIMENTS)

    @property
    def varies(self) -> bool:
        """Whether there is any variation to test against."""
        return bool(self.se > 0)

    @property
    def t(self) -> float:
        """Student's t of the contrast against zero."""
        return self.estimate / self.se if self.varies else float("nan")

    @property
    def p(self) -> float:
        """Two-sided p of the contrast being zero."""
        return 2 * t_below(-abs(self.t), self.df)

    @property
    def p_greater(self) -> float:
        """One-sided p against the alternative that the contrast is greater than zero."""
        return t_below(-self.t, self.df)

    @property
    def p_less(self) -> float:
        """One-sided p against the alternative that the contrast is less than zero."""
        return t_below(self.t, self.df)

    @property
    def ci95(self) -> tuple[float, float]:
        """95 % confidence interval."""
        return self.interval(0.95)

    @property
    def ci90(self) -> tuple[float, float]:
        """90 % confidence interval."""
        return self.interval(0.90)

    def interval(self, confidence: float) -> tuple[float, float]:
        """Two-sided t interval at `confidence` (a fraction below one)."""
        half = t_quantile((1 + confidence) / 2, self.df) * self.se
        return (self.estimate - half, self.estimate + half) if self.varies else (np.nan, np.nan)

    @property
    def units(self) -> "dict[str, pd.Series[str]]":
        """What could have been left out: the experiment of each value, or the donor.

        Both where donors that share experiments are tested, which are not independent.
        """
        (entered,) = self.replication
        found: dict[str, pd.Series[str]] = {}
        if entered.are_units:
            donors = [self.donors[str(one)] for one in self.values.index]
            found["donors"] = pd.Series(donors, self.values.index, dtype=str)
        if not entered.are_units or self.shares_experiments:
            experiments = experiments_of(self.values.index, self.donors)
            found["experiments"] = pd.Series(experiments, self.values.index, dtype=str)
        return found

    def without(self, is_left_out: "pd.Series[bool]") -> "Contrast":
        """The contrast inside experiments without some of its values, tested in the same way."""
        values = self.values[~is_left_out]
        entered = replication(list(map(str, values.index)), self.donors, MIN_DONORS)
        estimate, se, df = _estimated(values, self.donors, entered)
        return replace(self, estimate=estimate, se=se, df=df, values=values)

    def known_values(self, without: Collection[str] = ()) -> dict[str, float]:
        """The value of each experiment that has one, without the experiments named."""
        each = zip(self.values.index, self.values.to_numpy(dtype=float).tolist(), strict=True)
        return {str(one): value for one, value in each if value == value and one not in without}

    def values_as_text(self, without: Collection[str] = ()) -> str:
        """The value of each experiment for people, without the experiments named."""
        if not self.parts:
            return _values_as_text(self.known_values(without))
        known = self.known_values(without)
        each = (
            (part, {one: value for one, value in part.by_experiment.items() if str(one) in known})
            for part in self.parts
        )
        return "; ".join(
            f"{part.signed_text}: {_values_as_text(values)}" for part, values in each if values
        )

    def left_out_as_text(self) -> str:
        """Each experiment that did not enter and the arms it lacks, for people."""
        return "; ".join(
            f"{experiment} lacks {', '.join(arms)}" for experiment, arms in self.left_out.items()
        )

    def shifted(self, by: float) -> "Contrast":
        """The same contrast with `by` subtracted: against a margin instead of against zero."""
        values = self.values if self.parts else self.values - by
        return replace(self, estimate=self.estimate - by, values=values)


def _values_as_text(values: Mapping[Any, float]) -> str:
    """Values of experiments with all digits.

    >>> _values_as_text({"E1": 0.5, "E2": 0.25})
    'E1: 0.5; E2: 0.25'
    """
    return "; ".join(f"{experiment}: {value!r}" for experiment, value in values.items())


def per_experiment_contrast(
    means: pd.DataFrame,
    weights: Weights,
    donors: Donors = MappingProxyType({}),
    fewest_donors: int = MIN_DONORS,
) -> Contrast:
    """The contrast inside each experiment, and a one-sample t over experiments or donors.

    Parameters
    ----------
    means
        Group means, experiments x arms, on the analysis scale; NaN if an experiment lacks an arm.
    weights
        Arm to weight. Experiments that lack an arm of non-zero weight are left out.
    donors
        The donor of each experiment, where it is known.
    fewest_donors
        With as many, the means of the donors are tested.

    Returns
    -------
    Contrast
        With df = n - 1, n the number of experiments, or of donors if these are tested; where these
        share experiments, by Satterthwaite from the variances by donors and by experiments. One
        experiment gives only its value. Identical values in all experiments (for example an arm
        against itself) give no SE, t or p: no variation is no evidence.

    Raises
    ------
    ComparisonError
        If a weight names an arm that is not a column of `means`.

    Examples
    --------
    >>> means = pd.DataFrame({"untreated": [1.0, 2.0, 3.0], "DEX": [3.0, 5.0, 4.0]},
    ...                      index=["E1", "E2", "E3"])
    >>> contrast = per_experiment_contrast(means, {"DEX": 1, "untreated": -1})
    >>> contrast.estimate, contrast.df
    (2.0, 2.0)
    """
    needed, weight = _needed(means, weights)
    known_means = needed.to_numpy(dtype=float)
    is_known = ~np.isnan(known_means)
    complete = is_known.all(axis=1)
    # One arm after the other: numpy adds eight terms of a row in another order.
    terms = np.asfortranarray(known_means[complete] * weight)
    values = pd.Series(terms.sum(axis=1), index=needed.index[complete], dtype=float)
    entered = replication(list(map(str, values.index)), donors, fewest_donors)
    largest = float(np.abs(terms).max(initial=0.0))
    estimate, se, df = _estimated(values, donors, entered, largest)
    left_out = {
        str(experiment): tuple(str(arm) for arm in needed.columns[~known])
        for experiment, known in zip(needed.index, is_known, strict=True)
        if not known.all()
    }
    return Contrast(estimate, se, df, values, left_out, donors=donors)


def _estimated(
    values: "pd.Series[float]", donors: Donors, entered: Replication, largest: float = 0.0
) -> tuple[float, float, float]:
    """The mean of independent values, its standard error and degrees of freedom.

    Parameters
    ----------
    largest
        The largest term that the values are sums of, against which rounding is judged.
    """
    tested = _tested(values, donors, entered).to_numpy(dtype=float)
    n = len(tested)
    estimate = float(tested.mean()) if n else float("nan")
    se, df = float(tested.std(ddof=1) / np.sqrt(n)) if n > 1 else float("nan"), float(n - 1)
    if n > 1 and np.ptp(tested) <= SAME * largest:
        se = 0.0
    if entered.are_units and entered.experiments < len(values):
        se, df = _with_experiments(se, df, values, donors)
    return estimate, se, df


def _tested(values: "pd.Series[float]", donors: Donors, entered: Replication) -> "pd.Series[float]":
    """The means of donors if these are tested, else those of experiments."""
    if entered.are_units:
        return means_of_donors(values, donors)
    is_whole = entered.experiments == len(values)
    return values if is_whole else means_of_experiments(values, donors)


def _with_experiments(
    se: float, df: float, values: "pd.Series[float]", donors: Donors
) -> tuple[float, float]:
    """The standard error of a mean over donors that share experiments, and its degrees of freedom.

    The variance by donors plus that by experiments, each experiment with the share that its donors
    have in the mean. The sum is at least the true variance: that of two-way clustering (A. C.
    Cameron, J. B. Gelbach and D. L. Miller, J. Bus. Econ. Stat. 29 (2011) 238) without the part
    that is subtracted there. Degrees of freedom by F. E. Satterthwaite. NaN with one experiment,
    whose own effect cannot be known (`benchmarks/donors_sharing_days.py`).
    """
    of_experiments = means_of_experiments(values, donors)
    n = len(of_experiments)
    if n < 2:
        return float("nan"), 0.0
    of_donor = pd.Series([donors[str(one)] for one in values.index], values.index)
    shares = 1 / of_donor.map(of_donor.value_counts()) / of_donor.nunique()
    of_days = shares.groupby(experiments_of(values.index, donors), sort=False).sum()
    parts = np.array([se**2, float((of_days**2).sum() * of_experiments.var(ddof=1))])
    total = float(parts.sum())
    if not total > 0:
        return total, df
    return float(np.sqrt(total)), total**2 / float((parts**2 / np.array([df, n - 1])).sum())


@dataclass(frozen=True)
class PooledError:
    """Least squares of group means on arm and experiment (block), with one error variance."""

    experiments: tuple[str, ...]
    arms: tuple[str, ...]
    coefficients: NDArray[np.float64]
    """Of the arms, then of all experiments but the first, whose level is part of the arms'."""
    unscaled_covariance: NDArray[np.float64]
    estimable: NDArray[np.float64]
    """Vectors that it leaves unchanged, multiplied from the left, are estimable."""
    residual_variance: float
    df: float

    @classmethod
    def fit(cls, means: pd.DataFrame) -> "PooledError":
        """Fit group means (experiments x arms); NaN are left out."""
        means = means.dropna(how="all").dropna(axis=1, how="all")
        values = means.to_numpy(dtype=float)
        block, arm = np.nonzero(~np.isnan(values))
        response = values[block, arm]
        blocks, arms = means.shape
        design = np.zeros((len(response), arms + max(blocks - 1, 0)))
        rows = np.arange(len(response))
        design[rows, arm] = 1
        later = block > 0
        design[rows[later], arms + block[later] - 1] = 1
        normal = product(design.T, design)
        inverse, rank = generalized_inverse(normal)
        coefficients = product(inverse, product(design.T, response))
        residual = response - product(design, coefficients)
        df = float(len(response) - rank)
        exact = len(response) and np.abs(residual).max() <= SAME * np.abs(response).max()
        sum_of_squares = 0.0 if exact else float((residual**2).sum())
        return cls(
            experiments=tuple(str(name) for name in means.index),
            arms=tuple(str(name) for name in means.columns),
            coefficients=coefficients,
            unscaled_covariance=inverse,
            estimable=product(inverse, normal),
            residual_variance=sum_of_squares / df if df > 0 else float("nan"),
            df=df,
        )

    def contrast(self, weights: Weights) -> Contrast | None:
        """The contrast of the arms' adjusted means, averaged over all experiments.

        None if the group means that exist do not determine it.
        """
        vector = self.vector(weights)
        if vector is None or not self.df > 0:
            return None
        unscaled = product(product(vector, self.unscaled_covariance), vector)
        se = float(np.sqrt(unscaled * self.residual_variance))
        nothing = pd.Series(np.full(len(self.experiments), np.nan), index=list(self.experiments))
        return Contrast(float(product(vector, self.coefficients)), se, self.df, nothing, {})

    def correlation(self, contrasts: Sequence[Weights]) -> NDArray[np.float64] | None:
        """Correlation of estimable contrasts in this design; None if one is not estimable."""
        vectors = [self.vector(weights) for weights in contrasts]
        if any(vector is None for vector in vectors):
            return None
        stacked = np.array(vectors)
        covariance = product(product(stacked, self.unscaled_covariance), stacked.T)
        scale = np.sqrt(np.diag(covariance))
        correlation: NDArray[np.float64] = covariance / np.outer(scale, scale)
        return correlation

    @cached_property
    def _average_block(self) -> NDArray[np.float64]:
        later = max(len(self.experiments) - 1, 0)
        return np.full(later, 1 / len(self.experiments)) if later else np.zeros(0)

    def vector(self, weights: Weights) -> NDArray[np.float64] | None:
        """The contrast as weights of the coefficients; None if it cannot be estimated."""
        weights = {arm: weight for arm, weight in weights.items() if weight}
        if not set(weights) <= set(self.arms):
            return None
        arms = np.array([weights.get(arm, 0.0) for arm in self.arms])
        vector = np.concatenate([arms, arms.sum() * self._average_block])
        return vector if np.allclose(product(vector, self.estimable), vector, atol=1e-9) else None


def _needed(means: pd.DataFrame, weights: Weights) -> tuple[pd.DataFrame, list[float]]:
    used = {arm: float(weight) for arm, weight in weights.items() if weight}
    unknown = [arm for arm in used if arm not in means.columns]
    if unknown:
        raise ComparisonError(
            f'no means for the arm "{unknown[0]}"; there are means for: '
            + ", ".join(str(arm) for arm in means.columns)
        )
    return means[list(used)], list(used.values())
