"""How many experiments are needed: the power of each finding, by simulation.

Wells are simulated as location of the arm + experiment + experiment x arm + well, each normal, on
the logit scale for percent apoptotic and on the log scale for analytes. They are then analysed as
the study is: group means in percent or logs, the contrast inside each experiment, one-sample t.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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
from coculture.comparison.statistics.contrasts import PooledError
from coculture.comparison.statistics.group_means import (
    GroupMeans,
    group_means,
    pooled_well_sd,
    well_values,
)
from coculture.distributions import t_quantile

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
    experiments, as the effect of a drug does.
    """

    location: Mapping[str, float]
    sd_experiment: float
    sd_arm: float
    sd_well: float
    sd_effect: float = 0.0
    varying: tuple[str, ...] = ()


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
        means = GroupMeans.of(table, scale, labels).estimates.dropna(axis=1, how="all")
        if means.size:
            found[subject] = _components(wells, means)
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
        The numbers of experiments, and of wells in each experiment x arm, to simulate.
    runs
        Simulated studies for each combination of the two.
    progress
        Is called with one line for each combination.

    Returns
    -------
    One row for each finding (and "all": all findings in the same study) x experiments x wells, with
    the power and its 95 % Clopper-Pearson interval; both are empty if there are no assumptions
    about an arm that the finding needs.
    """
    rows: list[dict[str, object]] = []
    claims = {finding.id: claims_of(finding, design) for finding in settings.findings}
    pairs = [(n, k) for k in wells for n in experiments]
    for step, (n, k) in enumerate(pairs, start=1):
        progress(f"{step} of {len(pairs)}: {n} experiments of {k} well{'s' * (k > 1)} per arm")
        rng = np.random.default_rng([seed, n, k])
        drawn = {
            subject: draw_group_means(given, primary_endpoint(subject, settings), n, k, runs, rng)
            for subject, given in assumptions.items()
        }
        shown: dict[str, NDArray[np.bool_] | None] = {
            finding.id: None
            if _is_disturbed(claims[finding.id], finding.endpoint, design)
            else _shown(claims[finding.id], finding.endpoint, drawn, assumptions)
            for finding in settings.findings
        }
        together = list(shown.values())
        if together:
            known = [each for each in together if each is not None]
            complete = len(known) == len(together)
            shown[ALL_FINDINGS] = np.asarray(np.all(known, axis=0)) if complete else None
        rows += [_power_row(name, n, k, each, runs) for name, each in shown.items()]
    columns = ["id", "experiments", "wells", "power", "lower", "upper", "runs"]
    return pd.DataFrame(rows, columns=columns)


def _is_disturbed(claims: Sequence[Claim], endpoint: str, design: Design) -> bool:
    """Whether a factor of its arms interferes with the endpoint, so that it is not testable."""
    return any(interfered(design, claim.weights, endpoint) for claim in claims)


def needed(power: pd.DataFrame, least: float = ENOUGH_POWER) -> list[str]:
    """How many experiments and wells each finding needs for this power, one line for each.

    Parameters
    ----------
    power
        The table of `power`: id, experiments, wells, power.

    >>> row = {"id": "1a", "experiments": 4, "wells": 2, "power": 0.9}
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
    return (
        f"{row['experiments']} experiments with {wells} per arm (power {100 * row['power']:.0f} %)"
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
    """Whether the claim holds at its level in each run (one-sample t over experiments).

    `means` is runs x experiments x arms, without bounds. An experiment that lacks an arm of the
    claim (NaN) must lack it in every run.
    """
    weights = np.array([claim.weights.get(arm, 0.0) for arm in arms])
    used = weights != 0
    values = (means[:, :, used] * weights[used]).sum(axis=2)
    values = values[:, ~np.isnan(values[0])] - claim.margin
    n = values.shape[1]
    se = values.std(axis=1, ddof=1) / np.sqrt(n)
    # Without variation there is no evidence.
    t = np.divide(values.mean(axis=1), se, out=np.zeros(len(se)), where=se > 0)
    critical = t_quantile(1 - claim.level, n - 1)
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


def _components(wells: pd.DataFrame, means: pd.DataFrame) -> Assumptions:
    """Variance components of group means (experiments x arms).

    Arms and experiments are adjusted for each other, so that an arm that only some experiments have
    is not biased by the level of these experiments.
    """
    measured = wells[wells["side"] == 0]
    well_sd = pooled_well_sd(measured)
    well = well_sd**2 if well_sd > 0 else 0.0
    groups = measured.groupby(["experiment", "arm"])["value"]
    mean_inverse_wells = float((1 / groups.size()).mean()) if len(measured) else 1.0
    fit = PooledError.fit(means)
    residual = fit.residual_variance if fit.df > 0 else 0.0
    levels = np.array([0.0, *fit.coefficients[len(fit.arms) :]])
    between = float(levels.var(ddof=1)) if len(levels) > 1 else 0.0
    vectors = {arm: fit.vector({arm: 1.0}) for arm in fit.arms}
    return Assumptions(
        location={
            arm: float(means[arm].mean() if vector is None else vector @ fit.coefficients)
            for arm, vector in vectors.items()
        },
        sd_experiment=float(np.sqrt(max(between - residual / means.shape[1], 0.0))),
        sd_arm=float(np.sqrt(max(residual - well * mean_inverse_wells, 0.0))),
        sd_well=float(np.sqrt(well)),
    )


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
) -> NDArray[np.bool_] | None:
    """The runs in which every claim holds; None without assumptions about one of the arms."""
    arms = list(assumptions[subject].location) if subject in assumptions else []
    if not {arm for claim in claims for arm in claim.weights} <= set(arms):
        return None
    every = np.array([holds(claim, drawn[subject], arms) for claim in claims])
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
