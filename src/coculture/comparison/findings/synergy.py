"""Finding "synergy": two drugs together have more effect than expected of each alone.

In each experiment the effects above untreated, (x - u) / (100 - u), or below it, 1 - x / u, of all
crossed doses are compared with Bliss independence and with the highest single agent. The mean over
the doses must exceed both, each tested over experiments (intersection-union).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from coculture.comparison import number_formats
from coculture.comparison.combinations.crossed import CrossedDrugs, crossed_in, without
from coculture.comparison.combinations.effects import crossed_effects
from coculture.comparison.combinations.excess import BLISS, HSA, excess_over
from coculture.comparison.combinations.tables import EFFECT_IS, SYNERGY, effect_is_of
from coculture.comparison.design.arms import Design
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.findings import sentences
from coculture.comparison.findings.claims import Claim, ClaimResult, Side
from coculture.comparison.findings.comparison_kind import DifferenceKind
from coculture.comparison.findings.finding_result import Estimate, FindingResult
from coculture.comparison.findings.kind import EstimateScale, Pair
from coculture.comparison.quantities.endpoint import Columns
from coculture.comparison.settings import COMPARISON, ComparisonError, Finding
from coculture.comparison.statistics.group_means import GroupMeans
from coculture.exchange.vocabulary import listed, many

_TESTED = {BLISS: "expected by Bliss independence", HSA: "of the highest single agent"}
"""The references that must be exceeded, as they continue "the effect"."""
_UNIT = "points of effect"


@dataclass(frozen=True)
class _Synergy(DifferenceKind):
    """A finding about all crossed doses of two drugs in one setting."""

    name: str = SYNERGY
    description: str = (
        "over all doses at which two drugs were crossed, their effect exceeds Bliss independence "
        "and the highest single agent; arm names both drugs, each at any of these doses, and "
        "compared_with the arm without them"
    )
    side: Side = "greater"

    @property
    def keys(self) -> Mapping[str, Mapping[str, Any]]:
        """`arm` and `compared_with`, and which way the drugs act."""
        effect_is = {
            "description": (
                "Of a synergy - raised: the drugs raise a percent of cells; lowered: they lower "
                "the endpoint, such as a viability or a concentration; without it raised."
            ),
            "enum": ["raised", "lowered"],
        }
        return {**super().keys, EFFECT_IS: effect_is}

    def claims(self, finding: Finding, pairs: Sequence[Pair], design: Design) -> list[Claim]:
        """One test against each reference.

        Raises
        ------
        ComparisonError
            If the arms do not name two drugs that were crossed at several doses.
        """
        return [
            Claim(
                part=COMPARISON,
                text=f"{design.label(pair.arm)} and its other doses: more than {words}",
                arm=design.label(pair.arm),
                compared_with=design.label(pair.compared_with),
                weights={_column(crossed, reference, design): 1.0},
                side=self.side,
                margin=0.0,
                level=self.level(finding),
                reads=tuple(crossed.labels(design)),
            )
            for pair in pairs
            for crossed in [_crossed(pair, design)]
            for reference, words in _TESTED.items()
        ]

    def problems(
        self,
        finding: Finding,  # noqa: ARG002
        pairs: Sequence[Pair],
        design: Design,
    ) -> Iterator[tuple[str, str]]:
        """Arms that name no two drugs, or drugs that were not crossed at several doses."""
        for pair in pairs:
            try:
                _crossed(pair, design)
            except ComparisonError as error:
                yield "arm", f"{error}."

    def tested_on(
        self, finding: Finding, means: GroupMeans, endpoint: Endpoint, design: Design
    ) -> tuple[GroupMeans, Endpoint]:
        """The mean excess over each reference in every experiment.

        Raises
        ------
        ComparisonError
            If the endpoint is no percent of cells and its drugs are said to raise it.
        """
        effect_is = effect_is_of(finding)
        columns: dict[str, pd.Series[float]] = {}
        for difference in finding.differences:
            pair = Pair(
                difference.part,
                design.resolve(difference.arm),
                design.resolve(difference.compared_with),
            )
            crossed = _crossed(pair, design)
            effects = crossed_effects(crossed, means, endpoint, design, effect_is)
            columns |= {
                _column(crossed, excess.reference, design): excess.mean_of_pairs()
                for excess in excess_over(effects, _TESTED)
            }
        mean = pd.DataFrame(columns).reindex(means.mean.index)
        is_estimate = pd.DataFrame("", index=mean.index, columns=mean.columns)
        derived = replace(
            means,
            mean=mean,
            relation=is_estimate,
            low=mean,
            high=mean,
            at_limit=mean,
            cultured=mean.notna(),
        )
        return derived, _scale_of_excess(endpoint)

    def claimed(self, finding: Finding) -> str:  # noqa: ARG002
        """more than expected."""
        return "more than expected"

    def method(self, finding: Finding) -> str:  # noqa: ARG002
        """How it is tested."""
        return (
            "that the mean effect over all crossed doses exceeds that expected by Bliss "
            "independence and that of the highest single agent, each one-sided over experiments"
        )

    def scale(self, endpoint: Endpoint) -> EstimateScale:  # noqa: ARG002
        """Points of the whole effect."""
        label = "effect above the expected one (points of the whole effect)"
        return EstimateScale(_UNIT, label, "", 0.0)

    def estimate(
        self,
        endpoint: Endpoint,
        tests: Sequence[ClaimResult],
        deciding: ClaimResult,  # noqa: ARG002
        means: GroupMeans,
    ) -> Estimate:
        """The mean excess over Bliss, whichever of the two tests decides."""
        return super().estimate(endpoint, tests, tests[0], means)

    def second_estimate(
        self,
        tests: Sequence[ClaimResult],
        means: GroupMeans,  # noqa: ARG002
    ) -> Estimate | None:
        """The mean excess over the highest single agent."""
        other = tests[1]
        return Estimate(
            other.contrast.estimate, *other.interval, other.confidence, _UNIT, other.relation
        )

    def sentence(
        self,
        result: FindingResult,
        means: GroupMeans,  # noqa: ARG002
        design: Design,
    ) -> str:
        """The excess over both references, with the intervals."""
        test = result.tests[0]
        arm, other = (design.by_label[one] for one in (test.claim.arm, test.claim.compared_with))
        crossed = _crossed(Pair(COMPARISON, arm, other), design)
        drugs = f"{crossed.first.name} and {crossed.second.name} together"
        bliss, highest = (_beyond(one) for one in result.tests)
        text = (
            f"In {design.cells_and_setting(other)} the effect of {drugs} on {result.subject}, the "
            f"mean of {many(len(crossed.pairs), 'pair')} of doses, was {bliss} what Bliss "
            f"independence expects, and {highest} the highest single agent "
            f"({sentences.replicates(test.contrast)})."
        )
        return text if result.is_shown else f"{sentences.not_shown(result.finding)} {text}"


def _beyond(test: ClaimResult) -> str:
    """How far the effect is above or below a reference: "4.1 points (95 % CI 1.0 to 7.2) above"."""
    value, limits = test.contrast.estimate, test.interval
    sign = -1.0 if value < 0 else 1.0
    low, high = (number_formats.points(sign * limit) for limit in limits[:: int(sign)])
    size = number_formats.points(abs(value))
    confidence = f"{100 * test.confidence:g} %"
    side = "below" if sign < 0 else "above"
    return f"{size} points ({confidence} CI {low} to {high}) {side}"


def _crossed(pair: Pair, design: Design) -> CrossedDrugs:
    """The drugs in which two arms differ, with all of their crossed doses.

    Raises
    ------
    ComparisonError
        If they differ in something else, or the drugs were not crossed at several doses.
    """
    drugs = [
        factor
        for factor in design.factors
        if design.level(pair.arm, factor) != design.level(pair.compared_with, factor)
    ]
    names = listed(one.name for one in drugs) or "nothing"
    if len(drugs) != 2 or without(design, pair.arm, *drugs) != pair.compared_with:
        raise ComparisonError(
            "must have two drugs that compared_with lacks, and nothing else; they differ in "
            f"{names}"
        )
    crossed = crossed_in(design, drugs[0], drugs[1], pair.arm)
    if crossed is None:
        raise ComparisonError(
            f"{names} were given alone and together at one pair of doses only; a synergy needs "
            "several (use eliminated, or the table of combinations)"
        )
    return crossed


def _column(crossed: CrossedDrugs, reference: str, design: Design) -> str:
    """The name of an excess among the columns that are tested."""
    drugs = f"{crossed.first.name} × {crossed.second.name}"
    return f"excess over {reference} of {drugs} in {crossed.setting(design, displayed=True)}"


def _scale_of_excess(endpoint: Endpoint) -> Endpoint:
    """The excess as an endpoint of its own."""
    return Endpoint(
        name=f"excess of {endpoint.subject}",
        subject=endpoint.subject,
        unit=_UNIT,
        title_shown="Excess effect",
        unit_shown="points",
        scale="points",
        columns=Columns("", "", ""),
    )


SYNERGY_KIND = _Synergy()
