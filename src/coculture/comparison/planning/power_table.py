"""The power of each finding by the number of experiments and wells, by simulation.

Arms that share no experiment in the study are simulated in different experiments, the given number
for each group of arms, and compared by Welch's t. Where the study's donors are tested, donors are
simulated in place of experiments, each with as many experiments as in the study.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
import scipy

from coculture.comparison.design.arms import Design
from coculture.comparison.design.endpoints import primary_endpoint
from coculture.comparison.design.interference import interfered
from coculture.comparison.findings.claims import Claim
from coculture.comparison.findings.evaluation import claims_of
from coculture.comparison.planning.assumptions import EXPERIMENTS, Assumptions
from coculture.comparison.planning.simulation import Values, draw_group_means, ratios
from coculture.comparison.settings import ComparisonSettings
from coculture.comparison.statistics.between_experiments import ArmGroup
from coculture.comparison.statistics.contrasts import BETWEEN
from coculture.exchange.vocabulary import listed

ALL_FINDINGS = "all"
POWER_COLUMNS = (
    "id", "experiments", "wells", "power", "lower", "upper", "power_corrected", "runs", "tested",
    "compared",
)  # fmt: skip


def power(
    assumptions: Mapping[str, Assumptions],
    design: Design,
    settings: ComparisonSettings,
    experiments: Sequence[int] = (3, 4, 5, 6, 8, 10, 12),
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
        The numbers of experiments or donors (of each group of arms that share none with the
        others), and of wells in each experiment x arm, to simulate.
    runs
        Simulated studies for each combination of the two.
    progress
        Is called with one line for each combination.

    Returns
    -------
    One row for each finding (and "all": all findings in the same study) x experiments x wells, with
    the power by its own test, its 95 % Clopper-Pearson interval, the power after correction for
    the other findings, and how arms are compared (`BETWEEN` or nothing). Power and interval are
    empty if there are no assumptions about an arm that the finding needs.
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
    unit = listed(sorted({given.unit for given in assumptions.values()}) or [EXPERIMENTS])
    tested = {
        finding.id: assumptions[finding.endpoint].unit
        for finding in settings.findings
        if finding.endpoint in assumptions
    } | {ALL_FINDINGS: unit}
    for step, (n, k) in enumerate(pairs, start=1):
        progress(f"{step} of {len(pairs)}: {n} {unit} of {k} well{'s' * (k > 1)} per arm")
        rng = np.random.default_rng([seed, n, k])
        drawn = {
            subject: draw_group_means(
                given,
                primary_endpoint(subject, settings),
                n * _blocks(given, subject, claims, settings),
                k * given.experiments_of_unit,
                runs,
                rng,
            )
            for subject, given in assumptions.items()
        }
        found = {
            finding.id: None
            if is_disturbed(claims[finding.id], finding.endpoint, design)
            else _largest_ratio(claims[finding.id], finding.endpoint, drawn, assumptions, n)
            for finding in settings.findings
        }
        corrected = after_correction(found, runs, settings)
        if found:
            found[ALL_FINDINGS] = _of_all(found)
            corrected[ALL_FINDINGS] = _of_all(corrected)
        rows += [
            _power_row(name, n, k, own, corrected[name], runs)
            | {"tested": tested.get(name, ""), "compared": compared.get(name, "")}
            for name, own in found.items()
        ]
    return pd.DataFrame(rows, columns=list(POWER_COLUMNS))


def after_correction(
    ratios: Mapping[str, Values | None], runs: int, settings: ComparisonSettings
) -> dict[str, Values | None]:
    """The ratios after the correction inside each family; those not known count as failed.

    Holm's, or of a family with a stated order each after those before it: a study that is planned
    can be pinned before it is acquired.
    """
    in_order = {family.name for family in settings.families if family.is_in_order}
    found: dict[str, Values | None] = {}
    for family in dict.fromkeys(finding.family for finding in settings.findings):
        names = [finding.id for finding in settings.findings if finding.family == family]
        table = np.array([_or_failed(ratios[name], runs) for name in names])
        if family in in_order:
            adjusted = np.maximum.accumulate(table, axis=0)
        else:
            order = np.argsort(table, axis=0, kind="stable")
            left = (len(table) - np.arange(len(table)))[:, None]
            steps = np.maximum.accumulate(np.take_along_axis(table, order, axis=0) * left, axis=0)
            adjusted = np.empty_like(table)
            np.put_along_axis(adjusted, order, steps, axis=0)
        found |= {
            name: None if ratios[name] is None else row
            for name, row in zip(names, adjusted, strict=True)
        }
    return {name: found[name] for name in ratios}


def _or_failed(ratios: Values | None, runs: int) -> Values:
    return np.full(runs, np.inf) if ratios is None else ratios


def _of_all(ratios: Mapping[str, Values | None]) -> Values | None:
    known = [each for each in ratios.values() if each is not None]
    return np.asarray(np.max(known, axis=0)) if len(known) == len(ratios) else None


def is_disturbed(claims: Sequence[Claim], endpoint: str, design: Design) -> bool:
    """Whether a factor of its arms interferes with the endpoint, so that it is not testable."""
    return any(interfered(design, claim.arms, endpoint) for claim in claims)


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


def _largest_ratio(
    claims: Sequence[Claim],
    subject: str,
    drawn: Mapping[str, Values],
    assumptions: Mapping[str, Assumptions],
    experiments: int,
) -> Values | None:
    """The largest p / level of the claims in each run; None without assumptions about an arm."""
    arms = list(assumptions[subject].location) if subject in assumptions else []
    if not {arm for claim in claims for arm in claim.weights} <= set(arms):
        return None
    given = assumptions[subject]
    every = [
        ratios(claim, _in_own_experiments(drawn[subject], claim, given, experiments), arms)
        for claim in claims
    ]
    return np.asarray(np.max(every, axis=0))


def _power_row(
    name: str, n: int, k: int, own: Values | None, corrected: Values | None, runs: int
) -> dict[str, object]:
    named: dict[str, object] = {"id": name, "experiments": n, "wells": k, "runs": runs}
    if own is None or corrected is None:
        return named
    held = int((own <= 1).sum())
    return named | {
        "power": held / runs,
        "lower": float(scipy.special.betaincinv(held, runs - held + 1, 0.025)) if held else 0.0,
        "upper": float(scipy.special.betaincinv(held + 1, runs - held, 0.975))
        if held < runs
        else 1.0,
        "power_corrected": float((corrected <= 1).mean()),
    }
