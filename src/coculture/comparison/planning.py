"""How many experiments are needed: the power of each finding, by simulation.

Wells are simulated as location of the arm + experiment + experiment x arm + well, each normal, on
the logit scale for percent apoptotic and on the log scale for analytes. They are then analysed as
the study is: group means in percent or logs, the contrast inside each experiment, one-sample t.
Arms that share no experiment in the study are simulated in different experiments, the given number
for each group of arms, and compared by Welch's t.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from coculture.comparison.design.arms import Design
from coculture.comparison.design.endpoints import Endpoint, primary_endpoint
from coculture.comparison.design.interference import interfered
from coculture.comparison.design.joining import in_order
from coculture.comparison.findings.claims import Claim
from coculture.comparison.findings.evaluation import claims_of
from coculture.comparison.quantities.quantity import Quantity
from coculture.comparison.settings import ComparisonError, ComparisonSettings
from coculture.comparison.statistics.between_experiments import ArmGroup, arm_groups
from coculture.comparison.statistics.contrasts import (
    BETWEEN,
    MIN_EXPERIMENTS,
    MIN_EXPERIMENTS_BETWEEN,
    PooledError,
)
from coculture.comparison.statistics.group_means import (
    GroupMeans,
    group_means,
    pooled_well_sd,
    well_values,
)

ALL_FINDINGS = "all"
ENOUGH_POWER = 0.8
"""Usual in grant applications; used by the advice and for the line in the figure."""
_PARTS = ("experiment", "arm", "well")
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Assumptions:
    """The distribution that the wells of one endpoint are simulated from.

    `location` is that of each arm on the scale of `simulated_on`; the SDs are on that scale.
    With `sd_effect` the common effect in the arms of `varying` differs between
    experiments, as the effect of a drug does. `cultured` is whether an experiment (row) of the
    study has cultures of an arm; with None every arm shares experiments with every other.
    """

    location: Mapping[str, float]
    sd_experiment: float
    sd_arm: float
    sd_well: float
    sd_effect: float = 0.0
    varying: tuple[str, ...] = ()
    cultured: pd.DataFrame | None = field(default=None, compare=False)

    def groups(self, arms: Sequence[str]) -> tuple[ArmGroup, ...]:
        """These arms in groups that share no experiment."""
        if self.cultured is None:
            return (ArmGroup(tuple(arms), ()),)
        return arm_groups(self.cultured, arms)

    @cached_property
    def home(self) -> dict[str, int]:
        """The group of each arm among all arms of the study."""
        return {
            arm: number
            for number, group in enumerate(self.groups(list(self.location)))
            for arm in group.arms
        }


def assumptions_of(cultures: pd.DataFrame, settings: ComparisonSettings) -> dict[str, Assumptions]:
    """The arm means and variance components of a study, by the name of the endpoint.

    The SD between wells is pooled over all experiments x arms. The variance between experiment x
    arm is the residual variance of the block analysis minus that of wells; the variance between
    experiments is that of their means minus both.
    """
    design = Design.of(cultures, settings)
    cultures = in_order(cultures, design)
    chosen = {one.name: simulated_on(one) for one in settings.quantities}
    labels = [design.label(arm) for arm in design.arms]
    found = {}
    for subject, scale in chosen.items():
        wells = well_values(cultures, scale, settings).dropna(subset="value")
        table = group_means(cultures, scale, settings)
        every = GroupMeans.of(table, scale, labels)
        means = every.estimates.dropna(axis=1, how="all")
        if means.size:
            found[subject] = _components(wells, means, every.cultured)
    return found


def simulated_on(quantity: Quantity) -> Endpoint:
    """The scale on which wells are drawn: the logit of a percent, whose points have limits."""
    logit = (one for one in quantity.scales if one.scale == "logit")
    return quantity.primary if quantity.primary.is_ratio else next(logit, quantity.primary)


def with_stated(
    assumptions: Mapping[str, Assumptions], stated: Iterable[tuple[str, str, str]]
) -> dict[str, Assumptions]:
    """`assumptions` with some SDs replaced by those stated.

    Parameters
    ----------
    stated
        (subject, part, SD) as the user typed them: the name of an endpoint (the SD of a percent is
        on the logit scale, of a ratio of natural logarithms); part "experiment", "arm" (experiment
        x arm) or "well".

    Raises
    ------
    ComparisonError
        If a subject was not measured, if a part has another name, or if an SD is not a number of
        at least 0.

    Examples
    --------
    >>> own = {"IL-6": Assumptions({"untreated": 6.0}, 0.3, 0.15, 0.1)}
    >>> with_stated(own, [("IL-6", "well", "0.4")])["IL-6"].sd_well
    0.4
    """
    changed = dict(assumptions)
    for subject, part, sd in stated:
        if subject not in changed:
            known = ", ".join(changed) or "nothing"
            raise ComparisonError(f'"{subject}" was not measured in this study; it has {known}')
        if part not in _PARTS:
            raise ComparisonError(f'"{part}" is not a known SD; the SDs are {", ".join(_PARTS)}')
        try:
            value = float(sd)
        except ValueError:
            value = float("nan")
        if not 0 <= value < np.inf:
            raise ComparisonError(f'the SD "{sd}" of {subject} is not a number of at least 0')
        by_field = {f"sd_{part}": value}
        changed[subject] = replace(changed[subject], **by_field)  # type: ignore[arg-type]
    return changed


def power(
    assumptions: Mapping[str, Assumptions],
    design: Design,
    settings: ComparisonSettings,
    experiments: Sequence[int] = (3, 4, 5, 6, 7, 8),
    wells: Sequence[int] = (1, 2, 3),
    runs: int = 2_000,
    seed: int = 1,
    progress: Callable[[str], None] = print,
) -> pd.DataFrame:
    """The fraction of simulated studies in which each finding is shown.

    Parameters
    ----------
    assumptions
        By subject, from `assumptions_of`; `with_stated` changes SDs.
    design
        The study's arms (`Design.of`).
    experiments, wells
        The numbers of experiments (of each group of arms that share none with the others), and of
        wells in each experiment x arm, to simulate.
    runs
        Simulated studies for each combination of the two.
    progress
        Is called with one line for each combination.

    Returns
    -------
    One row for each finding (and "all": all findings in the same study) x experiments x wells, with
    the power, its 95 % Clopper-Pearson interval, and how arms are compared (`BETWEEN` or nothing).
    Power and interval are empty if there are no assumptions about an arm that the finding needs.
    """
    rows: list[dict[str, object]] = []
    claims = {finding.id: claims_of(finding, design) for finding in settings.findings}
    compared = {
        finding.id: BETWEEN
        for finding in settings.findings
        if finding.endpoint in assumptions
        and any(
            len(_groups(claim, assumptions[finding.endpoint])) > 1 for claim in claims[finding.id]
        )
    }
    compared |= {ALL_FINDINGS: BETWEEN} if compared else {}
    pairs = [(n, k) for k in wells for n in experiments]
    for step, (n, k) in enumerate(pairs, start=1):
        progress(f"{step} of {len(pairs)}: {n} experiments of {k} well{'s' * (k > 1)} per arm")
        rng = np.random.default_rng([seed, n, k])
        drawn = {
            subject: draw_group_means(
                given,
                primary_endpoint(subject, settings),
                n * _blocks(given, subject, claims, settings),
                k,
                runs,
                rng,
            )
            for subject, given in assumptions.items()
        }
        shown: dict[str, NDArray[np.bool_] | None] = {
            finding.id: None
            if _is_disturbed(claims[finding.id], finding.endpoint, design)
            else _shown(claims[finding.id], finding.endpoint, drawn, assumptions, n)
            for finding in settings.findings
        }
        together = list(shown.values())
        if together:
            known = [each for each in together if each is not None]
            complete = len(known) == len(together)
            shown[ALL_FINDINGS] = np.asarray(np.all(known, axis=0)) if complete else None
        rows += [
            _power_row(name, n, k, each, runs) | {"compared": compared.get(name, "")}
            for name, each in shown.items()
        ]
    columns = ["id", "experiments", "wells", "power", "lower", "upper", "runs", "compared"]
    return pd.DataFrame(rows, columns=columns)


def _is_disturbed(claims: Sequence[Claim], endpoint: str, design: Design) -> bool:
    """Whether a factor of its arms interferes with the endpoint, so that it is not testable."""
    return any(interfered(design, claim.weights, endpoint) for claim in claims)


def needed(power: pd.DataFrame, least: float = ENOUGH_POWER) -> list[str]:
    """How many experiments and wells each finding needs for this power, one line for each.

    Parameters
    ----------
    power
        The table of `power`: id, experiments, wells, power, compared.

    >>> row = {"id": "1a", "experiments": 4, "wells": 2, "power": 0.9, "compared": ""}
    >>> needed(pd.DataFrame([row]))
    ['1a: 4 experiments with 2 wells per arm (power 90 %)']
    """
    lines = []
    for name, rows in power.groupby("id", sort=False):
        enough = rows[rows["power"] >= least]
        if rows["power"].isna().all():
            text = (
                "not known, because an arm that it needs has no estimate in this study or a drug "
                "that interferes with the endpoint"
            )
        elif len(enough):
            best = enough.sort_values(["experiments", "wells"], kind="stable").iloc[0]
            text = _design_text(best)
        else:
            best = rows.sort_values("power", kind="stable").iloc[-1]
            text = f"more than {_design_text(best)}"
        label = "all findings in one study" if name == ALL_FINDINGS else str(name)
        lines.append(f"{label}: {text}")
    return lines


def _design_text(row: "pd.Series[Any]") -> str:
    wells = "1 well" if row["wells"] == 1 else f"{row['wells']} wells"
    of = " of each arm that shares none with the others," if row["compared"] else ""
    return (
        f"{row['experiments']} experiments{of} with {wells} per arm "
        f"(power {100 * row['power']:.0f} %)"
    )


def draw_group_means(
    assumptions: Assumptions,
    endpoint: Endpoint,
    experiments: int,
    wells: int | NDArray[np.int_],
    runs: int,
    rng: np.random.Generator,
) -> Values:
    """Simulated group means on the analysis scale: runs x experiments x arms (as in `location`).

    `wells` may differ between experiments x arms (an array of that shape); 0 gives NaN.
    """
    arms = len(assumptions.location)
    number = np.broadcast_to(np.asarray(wells), (experiments, arms))
    varying = np.array([arm in assumptions.varying for arm in assumptions.location])
    of_group = (
        np.array(list(assumptions.location.values()))
        + rng.normal(0, assumptions.sd_experiment, (runs, experiments, 1))
        + rng.normal(0, assumptions.sd_effect, (runs, experiments, 1)) * varying
        + rng.normal(0, assumptions.sd_arm, (runs, experiments, arms))
    )
    total = np.zeros((runs, experiments, arms))
    for well in range(int(number.max())):
        value = of_group + rng.normal(0, assumptions.sd_well, of_group.shape)
        total += np.where(number > well, _on_analysis_scale(value, endpoint), 0.0)
    with np.errstate(invalid="ignore"):
        return total / np.where(number > 0, number, np.nan)


def holds(claim: Claim, means: Values, arms: Sequence[str]) -> NDArray[np.bool_]:
    """Whether the claim holds at its level in each run, by the test that the study would have.

    That is a one-sample t over experiments, or Welch's t if the arms of the claim fall into groups
    that share no experiment; with too few experiments none holds.

    `means` is runs x experiments x arms, without bounds. An experiment that lacks an arm of the
    claim (NaN) must lack it in every run.
    """
    there = pd.DataFrame(~np.isnan(means[0]), columns=list(arms))
    groups = arm_groups(there, [arm for arm, weight in claim.weights.items() if weight])
    least = MIN_EXPERIMENTS_BETWEEN if len(groups) > 1 else MIN_EXPERIMENTS
    estimate, variances, dfs = -claim.margin, [], []
    for group in groups:
        used = [list(arms).index(arm) for arm in group.arms]
        weights = np.array([claim.weights[arm] for arm in group.arms])
        values = (means[:, :, used] * weights).sum(axis=2)
        values = values[:, ~np.isnan(values[0])]
        n = values.shape[1]
        if n < least:
            return np.zeros(len(means), dtype=bool)
        estimate = estimate + values.mean(axis=1)
        variances.append(values.var(axis=1, ddof=1) / n)
        dfs.append(n - 1)
    variance = np.sum(variances, axis=0)
    # Without variation there is no evidence.
    varies = variance > 0
    t = np.divide(estimate, np.sqrt(variance), out=np.zeros(len(variance)), where=varies)
    squares = np.sum([part**2 / df for part, df in zip(variances, dfs, strict=True)], axis=0)
    df = np.divide(variance**2, squares, out=np.ones(len(variance)), where=varies)
    critical = scipy.special.stdtrit(df, 1 - claim.level)
    return np.asarray(t <= -critical if claim.side == "less" else t >= critical)


def location_of_mean(percent: float, sd: float) -> float:
    """The logit location at which the mean percent of normal logits with `sd` is `percent`.

    >>> round(location_of_mean(8.0, 0.0), 4), round(location_of_mean(8.0, 0.5), 4)
    (-2.4423, -2.5454)
    """
    node, weight = np.polynomial.hermite_e.hermegauss(40)
    weight = weight / weight.sum()

    def excess(location: float) -> float:
        return float(100 * (weight * scipy.special.expit(location + sd * node)).sum() - percent)

    return float(scipy.optimize.brentq(excess, -30, 30, xtol=1e-12))


def _components(wells: pd.DataFrame, means: pd.DataFrame, cultured: pd.DataFrame) -> Assumptions:
    """Variance components of group means (experiments x arms).

    Arms and experiments are adjusted for each other, so that an arm that only some experiments have
    is not biased by the level of these experiments. Experiments that are not linked by arms have no
    common level: the variance between experiments is that inside each linked group.
    """
    measured = wells[wells["side"] == 0]
    well_sd = pooled_well_sd(measured)
    well = well_sd**2 if well_sd > 0 else 0.0
    groups = measured.groupby(["experiment", "arm"])["value"]
    mean_inverse_wells = float((1 / groups.size()).mean()) if len(measured) else 1.0
    fit = PooledError.fit(means)
    residual = fit.residual_variance if fit.df > 0 else 0.0
    between = _between_experiments(fit, means, residual)
    vectors = {arm: fit.vector({arm: 1.0}) for arm in fit.arms}
    return Assumptions(
        location={
            arm: float(means[arm].mean() if vector is None else vector @ fit.coefficients)
            for arm, vector in vectors.items()
        },
        sd_experiment=float(np.sqrt(max(between, 0.0))),
        sd_arm=float(np.sqrt(max(residual - well * mean_inverse_wells, 0.0))),
        sd_well=float(np.sqrt(well)),
        cultured=cultured,
    )


def _between_experiments(fit: PooledError, means: pd.DataFrame, residual: float) -> float:
    """The variance of the experiments' levels inside linked groups, without the residual's part."""
    levels = pd.Series([0.0, *fit.coefficients[len(fit.arms) :]], index=list(fit.experiments))
    of_groups = [
        (levels[list(group.experiments)], len(group.arms))
        for group in arm_groups(means.notna().loc[list(fit.experiments)], list(means.columns))
    ]
    df = sum(len(inside) - 1 for inside, _ in of_groups)
    excess = sum(
        (len(inside) - 1) * (float(inside.var(ddof=1)) - residual / arms)
        for inside, arms in of_groups
        if len(inside) > 1
    )
    return excess / df if df else -residual / means.shape[1]


def _groups(claim: Claim, given: Assumptions) -> tuple[ArmGroup, ...]:
    """The arms of a claim in groups that share no experiment; one if an arm is not known."""
    arms = [arm for arm, weight in claim.weights.items() if weight]
    if not set(arms) <= set(given.location):
        return (ArmGroup(tuple(arms), ()),)
    return given.groups(arms)


def block_of(claim: Claim, given: Assumptions) -> dict[str, int]:
    """The block of simulated experiments that each arm of a claim is taken from.

    Groups of arms that no experiment of the study links have a block each. Two groups of a claim
    that only other arms link have different blocks too.
    """
    blocks: dict[str, int] = {}
    for group in _groups(claim, given):
        block = given.home.get(group.arms[0], 0)
        while block in blocks.values():
            block += 1
        blocks |= dict.fromkeys(group.arms, block)
    return blocks


def _blocks(
    given: Assumptions,
    subject: str,
    claims: Mapping[str, Sequence[Claim]],
    settings: ComparisonSettings,
) -> int:
    """How many blocks of experiments the claims about a subject need."""
    of_subject = (
        claim
        for finding in settings.findings
        if finding.endpoint == subject
        for claim in claims[finding.id]
    )
    return 1 + max((max(block_of(each, given).values()) for each in of_subject), default=0)


def _in_own_experiments(
    drawn: Values, claim: Claim, given: Assumptions, experiments: int
) -> Values:
    """Simulated means with each arm of a claim only in the experiments of its block."""
    blocks = block_of(claim, given)
    number = np.arange(drawn.shape[1]) // experiments
    arms = list(given.location)
    shown = np.full_like(drawn, np.nan)
    for arm, block in blocks.items():
        rows = number == block
        shown[:, rows, arms.index(arm)] = drawn[:, rows, arms.index(arm)]
    return shown


def _on_analysis_scale(values: Values, endpoint: Endpoint) -> Values:
    """Values as drawn (`simulated_on`) on the scale that is analysed."""
    if endpoint.scale == "points" and endpoint.columns.count:
        return np.asarray(100 * scipy.special.expit(values))
    return values


def _shown(
    claims: Sequence[Claim],
    subject: str,
    drawn: Mapping[str, Values],
    assumptions: Mapping[str, Assumptions],
    experiments: int,
) -> NDArray[np.bool_] | None:
    """The runs in which every claim holds; None without assumptions about one of the arms."""
    arms = list(assumptions[subject].location) if subject in assumptions else []
    if not {arm for claim in claims for arm in claim.weights} <= set(arms):
        return None
    given = assumptions[subject]
    every = np.array(
        [
            holds(claim, _in_own_experiments(drawn[subject], claim, given, experiments), arms)
            for claim in claims
        ]
    )
    return np.asarray(every.all(axis=0))


def _power_row(
    name: str, n: int, k: int, shown: NDArray[np.bool_] | None, runs: int
) -> dict[str, object]:
    named: dict[str, object] = {"id": name, "experiments": n, "wells": k, "runs": runs}
    if shown is None:
        return named
    held = int(shown.sum())
    return named | {
        "power": held / runs,
        "lower": float(scipy.special.betaincinv(held, runs - held + 1, 0.025)) if held else 0.0,
        "upper": float(scipy.special.betaincinv(held + 1, runs - held, 0.975))
        if held < runs
        else 1.0,
    }
