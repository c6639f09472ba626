"""How many experiments are enough: the power of each finding, by simulation.

Wells are drawn as location of the arm + experiment + experiment x arm + well, each normal, on the
logit scale for percent apoptotic and on the log scale for analytes, and are then analysed exactly
as the study is: cell means in points or logs, the contrast inside each experiment, one-sample t.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize
from scipy.special import betaincinv, expit

from coculture.comparison.design.arms import Design
from coculture.comparison.design.endpoints import (
    LOGIT,
    PERCENT,
    Cells,
    Endpoint,
    cell_means,
    endpoints,
    pooled_well_sd,
    primary_endpoint,
    well_values,
)
from coculture.comparison.design.joining import in_order
from coculture.comparison.findings.claims import Claim, claims_of
from coculture.comparison.settings import APOPTOSIS, ComparisonError, ComparisonSettings
from coculture.comparison.statistics.contrasts import PooledError
from coculture.distributions import t_quantile

ALL_FINDINGS = "all"
ENOUGH_POWER = 0.8
"""Usual in grant applications; what the advice and the figure's line are for."""
_PARTS = ("experiment", "arm", "well")
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Assumptions:
    """What the wells of one endpoint are drawn from.

    `location` is each arm's place on the logit (apoptosis) or log scale (analytes); the SDs are
    on that scale. `sd_effect` lets the effect that the arms of `varying` share differ between
    experiments, as a drug's does.
    """

    location: Mapping[str, float]
    sd_experiment: float
    sd_arm: float
    sd_well: float
    sd_effect: float = 0.0
    varying: tuple[str, ...] = ()


def assumptions_of(cultures: pd.DataFrame, settings: ComparisonSettings) -> dict[str, Assumptions]:
    """A study's own arm means and variance components, by subject (apoptosis, analyte).

    The SD between wells is pooled over all cells; that between experiment x arm is what the
    residual of the block analysis has beyond it; that between experiments is what the experiments'
    means have beyond both.
    """
    design = Design.of(cultures, settings)
    cultures = in_order(cultures, design)
    scales = {endpoint.name: endpoint for endpoint in endpoints(settings)}
    chosen = {APOPTOSIS: scales[LOGIT]} | {
        analyte: primary_endpoint(analyte, settings) for analyte in settings.analytes
    }
    labels = [design.label(arm) for arm in design.arms]
    found = {}
    for subject, scale in chosen.items():
        wells = well_values(cultures, scale, settings).dropna(subset="value")
        table = cell_means(cultures, scale, settings)
        means = Cells.of(table, scale, labels).estimates.dropna(axis=1, how="all")
        if means.size:
            found[subject] = _components(wells, means)
    return found


def with_stated(
    assumptions: Mapping[str, Assumptions], stated: Iterable[tuple[str, str, str]]
) -> dict[str, Assumptions]:
    """`assumptions` with stated SDs in the place of the study's own.

    Parameters
    ----------
    stated
        (subject, part, SD) as they were typed: subject "apoptosis" (SDs on the logit scale) or an
        analyte (on that of natural logarithms); part "experiment", "arm" (experiment x arm) or
        "well".

    Raises
    ------
    ComparisonError
        If nothing is known of a subject, if a part has another name, or if an SD is not a number
        from 0 on.

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
            raise ComparisonError(f'"{part}" is no SD; those are {", ".join(_PARTS)}')
        try:
            value = float(sd)
        except ValueError:
            value = float("nan")
        if not 0 <= value < np.inf:
            raise ComparisonError(f'the SD "{sd}" of {subject} is no number from 0 on')
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
    """The part of simulated studies in which each finding is shown.

    Parameters
    ----------
    assumptions
        By subject, from `assumptions_of`; `with_stated` changes SDs.
    design
        The study's arms (`Design.of`).
    experiments, wells
        The numbers of experiments, and of wells in each experiment x arm, to try.
    runs
        Simulated studies for each pair of numbers.
    progress
        Gets one line a pair of numbers.

    Returns
    -------
    One row a finding (and "all": all of them together) x experiments x wells, with the power and
    its 95 % Clopper-Pearson interval; both empty where nothing is assumed of an arm it needs.
    """
    rows: list[dict[str, object]] = []
    settled = {finding.id: claims_of(finding, design) for finding in settings.findings}
    pairs = [(n, k) for k in wells for n in experiments]
    for step, (n, k) in enumerate(pairs, start=1):
        progress(f"{step} of {len(pairs)}: {n} experiments of {k} well{'s' * (k > 1)} per arm")
        rng = np.random.default_rng([seed, n, k])
        drawn = {
            subject: draw_cell_means(given, primary_endpoint(subject, settings), n, k, runs, rng)
            for subject, given in assumptions.items()
        }
        shown: dict[str, NDArray[np.bool_] | None] = {
            finding.id: _shown(settled[finding.id], finding.endpoint, drawn, assumptions)
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


def needed(power: pd.DataFrame, least: float = ENOUGH_POWER) -> list[str]:
    """How many experiments, and wells of them, each finding needs for this power; one line each.

    Parameters
    ----------
    power
        What `power` gives: id, experiments, wells, power.

    >>> row = {"id": "1a", "experiments": 4, "wells": 2, "power": 0.9}
    >>> needed(pd.DataFrame([row]))
    ['1a: 4 experiments with 2 wells per arm (power 90 %)']
    """
    lines = []
    for name, rows in power.groupby("id", sort=False):
        enough = rows[rows["power"] >= least]
        if rows["power"].isna().all():
            words = "not known, because an arm that it needs has no estimate in this study"
        elif len(enough):
            best = enough.sort_values(["experiments", "wells"], kind="stable").iloc[0]
            words = _design_in_words(best)
        else:
            best = rows.sort_values("power", kind="stable").iloc[-1]
            words = f"more than {_design_in_words(best)}"
        label = "all findings at once" if name == ALL_FINDINGS else str(name)
        lines.append(f"{label}: {words}")
    return lines


def _design_in_words(row: "pd.Series[Any]") -> str:
    wells = "1 well" if row["wells"] == 1 else f"{row['wells']} wells"
    return (
        f"{row['experiments']} experiments with {wells} per arm (power {100 * row['power']:.0f} %)"
    )


def draw_cell_means(
    assumptions: Assumptions,
    endpoint: Endpoint,
    experiments: int,
    wells: int | NDArray[np.int_],
    runs: int,
    rng: np.random.Generator,
) -> Values:
    """Simulated cell means on the analysis scale: runs x experiments x arms (as in `location`).

    `wells` may differ between experiments x arms (an array of that shape); none gives NaN.
    """
    arms = len(assumptions.location)
    number = np.broadcast_to(np.asarray(wells), (experiments, arms))
    varying = np.array([arm in assumptions.varying for arm in assumptions.location])
    of_cell = (
        np.array(list(assumptions.location.values()))
        + rng.normal(0, assumptions.sd_experiment, (runs, experiments, 1))
        + rng.normal(0, assumptions.sd_effect, (runs, experiments, 1)) * varying
        + rng.normal(0, assumptions.sd_arm, (runs, experiments, arms))
    )
    total = np.zeros((runs, experiments, arms))
    for well in range(int(number.max())):
        value = of_cell + rng.normal(0, assumptions.sd_well, of_cell.shape)
        total += np.where(number > well, _on_analysis_scale(value, endpoint), 0.0)
    with np.errstate(invalid="ignore"):
        return total / np.where(number > 0, number, np.nan)


def holds(claim: Claim, means: Values, arms: Sequence[str]) -> NDArray[np.bool_]:
    """For each run, whether the claim's one-sample t over experiments holds at its level.

    `means` is runs x experiments x arms, without censored cells; an experiment that lacks an arm
    of the claim (NaN) lacks it in every run.
    """
    weights = np.array([claim.weights.get(arm, 0.0) for arm in arms])
    used = weights != 0
    values = (means[:, :, used] * weights[used]).sum(axis=2)
    values = values[:, ~np.isnan(values[0])] - claim.margin
    n = values.shape[1]
    se = values.std(axis=1, ddof=1) / np.sqrt(n)
    # No variation is no evidence.
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
        return float(100 * (weight * expit(location + sd * node)).sum() - percent)

    return float(optimize.brentq(excess, -30, 30, xtol=1e-12))


def _components(wells: pd.DataFrame, means: pd.DataFrame) -> Assumptions:
    """Of cell means (experiments x arms), arms and experiments adjusted for one another.

    An arm that only some experiments have would otherwise carry their level.
    """
    measured = wells[wells["side"] == 0]
    well_sd = pooled_well_sd(measured)
    well = well_sd**2 if well_sd > 0 else 0.0
    cells = measured.groupby(["experiment", "arm"])["value"]
    per_cell = float((1 / cells.size()).mean()) if len(measured) else 1.0
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
        sd_arm=float(np.sqrt(max(residual - well * per_cell, 0.0))),
        sd_well=float(np.sqrt(well)),
    )


def _on_analysis_scale(values: Values, endpoint: Endpoint) -> Values:
    return np.asarray(100 * expit(values)) if endpoint.name == PERCENT else values


def _shown(
    claims: Sequence[Claim],
    subject: str,
    drawn: Mapping[str, Values],
    assumptions: Mapping[str, Assumptions],
) -> NDArray[np.bool_] | None:
    """The runs in which every claim holds; None where nothing is assumed of one of its arms."""
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
        "lower": float(betaincinv(held, runs - held + 1, 0.025)) if held else 0.0,
        "upper": float(betaincinv(held + 1, runs - held, 0.975)) if held < runs else 1.0,
    }
