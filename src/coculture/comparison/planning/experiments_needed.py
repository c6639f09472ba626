"""How many experiments each finding needs, as a range that carries the pilot's uncertainty.

A pilot of three experiments says little about the size of an effect beside its SD: a single number
of experiments is too low in half of the pilots. Therefore the limits of effect / SD (80 %, by the
non-central t with the degrees of freedom of the finding's own contrast; Hedges and Olkin,
Statistical Methods for Meta-Analysis, 1985, chapter 5) are each turned into the number of
experiments that reaches the power. With a stated effect only its SD is uncertain (by chi-square). A
finding of several tests has the largest lower and the largest upper limit of them
(`benchmarks/planning_coverage.py`). Where donors are tested, the number is that of donors, each
with as many experiments as in the pilot.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coculture.comparison.design.arms import Design
from coculture.comparison.design.endpoints import primary_endpoint
from coculture.comparison.findings.claims import Claim
from coculture.comparison.findings.evaluation import claims_of
from coculture.comparison.planning.assumptions import DONORS, Assumptions
from coculture.comparison.planning.number_ranges import (
    CONFIDENCE,
    ENOUGH_POWER,
    MOST_EXPERIMENTS,
    Range,
    Spread,
    experiments_for,
    limits_of_pilot,
    limits_of_stated,
)
from coculture.comparison.planning.power_table import ALL_FINDINGS, is_disturbed
from coculture.comparison.planning.simulation import contrast_variances
from coculture.comparison.planning.stated_effects import StatedEffect, size_of
from coculture.comparison.settings import ComparisonError, ComparisonSettings, Finding
from coculture.comparison.statistics.between_experiments import contrast_of
from coculture.comparison.statistics.contrasts import Contrast
from coculture.comparison.statistics.donors import means_of_donors
from coculture.comparison.statistics.group_means import GroupMeans, group_means
from coculture.exchange.vocabulary import listed, many

PILOT, STATED = "pilot", "stated"
NEED_COLUMNS = (
    "id", "least", "most", "power", "confidence_percent", "n", "tested", "compared", "effect_from",
    "deciding_test", "reason",
)  # fmt: skip


@dataclass(frozen=True)
class TestNeed:
    """What one test of a finding needs; `is_stated` is whether its effect was stated.

    `n` counts what is tested in the pilot, `unit`: experiments or donors. `condition` is what the
    pilot's result is limited to.
    """

    __test__ = False

    claim: Claim
    range: Range
    n: int
    unit: str
    condition: str
    compared: str
    is_stated: bool
    is_sd_stated: bool
    is_opposed: bool
    """Whether even the favourable limit of the pilot's effect is on the side that it denies."""

    @property
    def source(self) -> str:
        """Where effect and SD are from, for people."""
        found = f"found in {many(self.n, self.unit.removesuffix('s'))}{self.condition}"
        if self.is_stated and self.is_sd_stated:
            return "effect and SD as stated"
        if self.is_stated:
            return f"effect as stated, SD {found}"
        return f"effect {found}, SD as stated" if self.is_sd_stated else f"effect and SD {found}"


@dataclass(frozen=True)
class Need:
    """How many experiments a finding needs: the tests, or the reason why it is not known."""

    id: str
    tests: tuple[TestNeed, ...] = ()
    reason: str = ""

    @property
    def range(self) -> Range | None:
        """Over all tests; None if it is not known."""
        return None if self.reason else Range.widest([test.range for test in self.tests])

    @property
    def deciding(self) -> TestNeed | None:
        """The test with the largest upper, then lower limit."""
        beyond = MOST_EXPERIMENTS + 1
        return max(
            self.tests,
            key=lambda test: (test.range.most or beyond, test.range.least or beyond),
            default=None,
        )

    @property
    def effect_from(self) -> str:
        """Where the size of the effects is from: stated, the pilot, or both."""
        sources = (STATED if test.is_stated else PILOT for test in self.tests)
        return " and ".join(sorted(set(sources), reverse=True))


def needs(
    cultures: pd.DataFrame,
    design: Design,
    settings: ComparisonSettings,
    assumptions: Mapping[str, Assumptions],
    effects: Sequence[StatedEffect] = (),
    with_stated_sd: Collection[str] = (),
    seed: int = 1,
) -> list[Need]:
    """What each finding needs, and then all of them in one study.

    Parameters
    ----------
    cultures
        cultures.csv of the pilot.
    assumptions
        By endpoint; used for the endpoints of `with_stated_sd`, whose SDs count as known.

    Raises
    ------
    ComparisonError
        If a finding is not true with its stated effect, so that no number of experiments shows it.
    """
    labels = [design.label(arm) for arm in design.arms]
    means: dict[str, GroupMeans] = {}
    for endpoint in dict.fromkeys(finding.endpoint for finding in settings.findings):
        if endpoint in assumptions:
            scale = primary_endpoint(endpoint, settings)
            table = group_means(cultures, scale, settings)
            means[endpoint] = GroupMeans.of(table, scale, labels)
    wells = int(cultures.groupby(["experiment", "arm"]).size().median())
    found = []
    for finding in settings.findings:
        stated = [one for one in effects if one.finding == finding.id]
        claims = claims_of(finding, design)
        if is_disturbed(claims, finding.endpoint, design):
            found.append(Need(finding.id, reason="a drug of its arms interferes with the endpoint"))
            continue
        if any(claim.reads for claim in claims):
            why = "not planned: its scatter follows from all of the doses, not from two arms"
            found.append(Need(finding.id, reason=why))
            continue
        if finding.endpoint not in means:
            found.append(Need(finding.id, reason=f"{finding.endpoint} was not measured"))
            continue
        known = assumptions[finding.endpoint] if finding.endpoint in with_stated_sd else None
        tests = []
        for claim in claims:
            pilot = _pilot(claim, means[finding.endpoint])
            spread = (
                _spread(pilot)
                if known is None
                else _stated_spread(claim, known, finding, settings, pilot, wells, seed)
            )
            size = size_of(claim, stated)
            if spread is None or not (size is not None or np.isfinite(pilot.estimate)):
                break
            tests.append(_need_of_test(claim, finding, pilot, spread, size))
        else:
            found.append(Need(finding.id, tuple(tests)))
            continue
        found.append(
            Need(
                finding.id,
                reason=f"{claim.text}: fewer than 2 experiments have all of its arms, or they do "
                "not vary",
            )
        )
    if found:
        unknown = [need.id for need in found if need.reason]
        reason = f"not known of {listed(unknown)}" if unknown else ""
        every = tuple(test for need in found for test in need.tests)
        found.append(Need(ALL_FINDINGS, every, reason))
    return found


def _pilot(claim: Claim, means: GroupMeans) -> Contrast:
    return contrast_of(means.estimates, claim.weights, means.groups(claim.weights))


def _spread(pilot: Contrast) -> Spread | None:
    """The scatter in the pilot; None if there is nothing to estimate it from."""
    numbers = _units(pilot)
    if not pilot.parts:
        (n,) = numbers
        return Spread((pilot.se**2 * n,), (n,)) if n > 1 and pilot.varies else None
    each = (
        means_of_donors(part.by_experiment, pilot.donors)
        if part.replication.are_units
        else part.by_experiment
        for part in pilot.parts
    )
    variances = tuple(float(of.var(ddof=1)) if len(of) > 1 else np.nan for of in each)
    return Spread(variances, numbers) if min(numbers) > 1 and pilot.varies else None


def _units(pilot: Contrast) -> tuple[int, ...]:
    """The number of independent values of each group of arms."""
    return tuple(one.units for one in pilot.replication)


def _condition(pilot: Contrast) -> str:
    limited = [one for one in pilot.replication if one.holds_for_these]
    if any(one.are_unclear for one in limited):
        return " (for their donors)"
    return f" (for these {many(min(one.donors for one in limited), 'donor')})" if limited else ""


def _stated_spread(
    claim: Claim,
    known: Assumptions,
    finding: Finding,
    settings: ComparisonSettings,
    pilot: Contrast,
    wells: int,
    seed: int,
) -> Spread | None:
    """The scatter by the stated SDs, with the pilot's number of wells."""
    arms = {arm for arm, weight in claim.weights.items() if weight}
    if not arms <= set(known.location):
        return None
    endpoint = primary_endpoint(finding.endpoint, settings)
    variances = contrast_variances(claim.weights, known, endpoint, wells, seed)
    return Spread(variances, _units(pilot), is_known=True) if min(variances) > 0 else None


def _need_of_test(
    claim: Claim, finding: Finding, pilot: Contrast, spread: Spread, size: float | None
) -> TestNeed:
    effect = pilot.estimate if size is None else size
    towards = (effect - claim.margin) * (1 if claim.side == "greater" else -1)
    if size is not None and towards <= 0:
        raise ComparisonError(
            f"with the stated effect, the finding {finding.id} is not true ({claim.text}), so no "
            "number of experiments shows it"
        )
    limits = (
        limits_of_pilot(towards / spread.se(), spread)
        if size is None
        else limits_of_stated(towards / spread.se(), spread)
    )
    least, most = (experiments_for(limit, spread, claim.level) for limit in reversed(limits))
    return TestNeed(
        claim=claim,
        range=Range(least, most),
        n=sum(_units(pilot)),
        unit=pilot.unit,
        condition=_condition(pilot),
        compared=pilot.compared,
        is_stated=size is not None,
        is_sd_stated=spread.is_known,
        is_opposed=limits[1] <= 0,
    )


def need_table(found: Sequence[Need]) -> pd.DataFrame:
    """plan/experiments_needed.csv."""
    rows = []
    for need in found:
        limits, deciding = need.range, need.deciding
        rows.append(
            {
                "id": need.id,
                "least": np.nan if limits is None else limits.least,
                "most": np.nan if limits is None else limits.most,
                "power": ENOUGH_POWER,
                "confidence_percent": 100 * CONFIDENCE,
                "n": min(test.n for test in need.tests) if need.tests else np.nan,
                "tested": deciding.unit if deciding else "",
                "compared": deciding.compared if deciding else "",
                "effect_from": need.effect_from,
                "deciding_test": deciding.claim.text if deciding else "",
                "reason": need.reason,
            }
        )
    return pd.DataFrame(rows, columns=list(NEED_COLUMNS)).astype({"least": float, "most": float})


def sentences(found: Sequence[Need]) -> list[str]:
    """What each finding needs, one line each."""
    return [f"{_name(need)}: {_text(need)}" for need in found]


def _name(need: Need) -> str:
    return "every finding, each by itself" if need.id == ALL_FINDINGS else need.id


def _text(need: Need) -> str:
    if need.range is None or need.deciding is None:
        return f"not known ({need.reason})"
    deciding = need.deciding
    group = " of each arm that shares none with the others" if deciding.compared else ""
    text = f"{need.range.text} {deciding.unit}{group}"
    if DONORS in deciding.unit:
        text += ", each donor with as many experiments as in this study"
    if need.id == ALL_FINDINGS:
        return text
    opposed = [test.claim.text for test in need.tests if test.is_opposed]
    if opposed:
        return (
            f"{text}: what was found is on the other side of the claim ({listed(opposed)}), and no "
            "number of experiments shows an effect such as this"
        )
    return f"{text} ({deciding.source}; most are needed for: {deciding.claim.text})"
