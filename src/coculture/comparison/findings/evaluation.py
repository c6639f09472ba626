"""The findings of a study: their results, and the tables of results and tests."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import pandas as pd

from coculture.comparison import number_formats
from coculture.comparison.design.arms import Design
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.design.interference import interfered
from coculture.comparison.findings import kind_of, sentences
from coculture.comparison.findings.agreement import limit_of_change
from coculture.comparison.findings.claims import Claim, ClaimResult, evaluate, repeat_arms
from coculture.comparison.findings.correction import corrections
from coculture.comparison.findings.finding_result import (
    Estimate,
    FindingResult,
    pooled_verdict_of,
    verdict_of,
)
from coculture.comparison.findings.kind import Pair
from coculture.comparison.quantities.quantity import Quantity
from coculture.comparison.settings import ComparisonError, ComparisonSettings, Finding
from coculture.comparison.statistics.contrasts import MIN_EXPERIMENTS
from coculture.comparison.statistics.group_means import GroupMeans
from coculture.exchange.vocabulary import NOT_TESTABLE, listed

FINDING_COLUMNS = (
    "id", "finding", "kind", "endpoint", "family", "verdict", "verdict_in_words", "condition",
    "estimate", "relation", "lower", "upper", "confidence_percent", "unit", "second_estimate",
    "second_lower", "second_upper", "second_unit", "p", "level", "holm_ratio", "corrected_by", "n",
    "donors", "tested", "compared", "n_each", "reason", "sentence", "advice", "caveat",
    "pooled_error_verdict", "limits", "method",
)  # fmt: skip
TEST_COLUMNS = (
    "id", "test", "part", "endpoint", "estimate", "relation", "lower", "upper",
    "confidence_percent", "margin", "side", "p", "level", "outcome", "decides", "sentence", "n",
    "donors", "tested", "compared", "n_each", "values", "left_out", "reason", "pooled_error_p",
)  # fmt: skip

_NOTHING = Estimate.missing()
"""Where there is no number."""


def pairs_of(finding: Finding, design: Design) -> list[Pair]:
    """The differences of a finding with their arms.

    Raises
    ------
    ComparisonError
        If an arm of the finding does not exist.
    """
    return [
        Pair(one.part, design.resolve(one.arm), design.resolve(one.compared_with))
        for one in finding.differences
    ]


def claims_of(finding: Finding, design: Design) -> list[Claim]:
    """The tests that must all hold for the finding to be shown.

    Raises
    ------
    ComparisonError
        If an arm of the finding does not exist, or is compared with itself.
    """
    pairs = pairs_of(finding, design)
    for pair in pairs:
        if pair.arm == pair.compared_with:
            raise ComparisonError(f"{design.display_label(pair.arm)} is compared with itself")
    return kind_of(finding.kind).claims(finding, pairs, design)


def evaluate_findings(
    arms: pd.DataFrame,
    design: Design,
    settings: ComparisonSettings,
    measured: Collection[str],
    unstained: Mapping[str, Mapping[str, Sequence[str]]] = MappingProxyType({}),
    without_values: Mapping[str, str] = MappingProxyType({}),
    pinned_before_acquisition: bool | None = None,
    dependent: Collection[frozenset[str]] = (),
    *,
    in_full: bool = True,
) -> list[FindingResult]:
    """The result of every finding of the study.

    Parameters
    ----------
    arms
        comparison/arms.csv (`group_means` of every endpoint).
    measured
        The names of the quantities that any culture was measured for.
    unstained
        Subject -> arm -> the experiments in which no positive staining was seen in it
        (`unstained_arms`).
    without_values
        Subject -> why it has no value though it was read (`why_not_determined`).
    pinned_before_acquisition
        Whether the findings are those that were pinned before the data were acquired, which
        families with a stated order need; None if it is not known.
    dependent
        Groups of experiments that may be one experiment (`shared_days`).
    in_full
        Whether results get all of it. Otherwise they have only the tests, the verdict and the
        estimate, in two thirds of the time: no texts, second estimate and pooled-error analysis.
    """
    labels = [design.label(arm) for arm in design.arms]
    named = dict.fromkeys(finding.endpoint for finding in settings.findings)
    quantities = {subject: settings.compared(subject) for subject in named}
    means = {
        subject: GroupMeans.of(arms, quantity.primary, labels)
        for subject, quantity in quantities.items()
        if subject in measured and subject not in without_values
    }
    results = [
        _result(
            finding,
            quantities[finding.endpoint],
            means[finding.endpoint],
            design,
            unstained.get(finding.endpoint, {}),
            dependent,
            in_full=in_full,
        )
        if finding.endpoint in means
        else _not_measured(
            finding, quantities[finding.endpoint], without_values.get(finding.endpoint, "")
        )
        for finding in settings.findings
    ]
    return _corrected(results, settings, pinned_before_acquisition)


def _corrected(
    results: Sequence[FindingResult],
    settings: ComparisonSettings,
    pinned_before_acquisition: bool | None,
) -> list[FindingResult]:
    """The results with the correction for the other findings of each family."""
    found = corrections(
        {one.finding.id: one.ratio for one in results},
        {one.finding.id: one.finding.family for one in results},
        settings.families,
        pinned_before_acquisition,
    )
    corrected = [replace(one, correction=found[one.finding.id]) for one in results]
    return [
        replace(
            one,
            sentence=one.sentence + limit_of_change(one, results) + sentences.correction(one),
        )
        for one in corrected
    ]


def unstained_arms(cultures: pd.DataFrame, quantity: Quantity) -> dict[str, list[str]]:
    """Arm -> the experiments in which a stain of a quantity may not have stained one of its wells.

    `cultures` is cultures.csv; percents that were not made by gating have no such columns.
    """
    columns = [column for column in quantity.stains_seen if column in cultures]
    if not columns:
        return {}
    seen = cultures[columns].astype("boolean").fillna(True).all(axis=1)
    missing = cultures.loc[~seen, ["arm", "experiment"]].drop_duplicates()
    return {
        str(arm): list(map(str, experiments))
        for arm, experiments in missing.groupby("arm")["experiment"]
    }


def _result(
    finding: Finding,
    quantity: Quantity,
    means: GroupMeans,
    design: Design,
    unstained: Mapping[str, Sequence[str]],
    dependent: Collection[frozenset[str]],
    *,
    in_full: bool,
) -> FindingResult:
    endpoint = quantity.primary
    if not finding.has_margin and kind_of(finding.kind).needs_margin:
        advice = "Give the finding or its endpoint a margin before the data are seen."
        return _without_tests(finding, endpoint, "the finding has no margin", advice)
    try:
        claims = claims_of(finding, design)
    except ComparisonError as error:
        advice = "Name two different arms that the study has, or add their cultures."
        return _without_tests(finding, endpoint, str(error), advice)
    labels = [label for claim in claims for label in claim.arms]
    disturbed = interfered(design, labels, finding.endpoint)
    if disturbed:
        reason = "; ".join(one.reason(design) for one in disturbed)
        advice = " ".join(dict.fromkeys(one.advice for one in disturbed))
        return _without_tests(finding, endpoint, reason, advice)
    needs_staining = kind_of(finding.kind).needs_staining or not quantity.reads_low_unstained
    unseen = _unseen(claims, unstained, needs_staining)
    if unseen:
        where = listed(sorted(unseen))
        return _without_tests(
            finding,
            endpoint,
            f"no positive {listed(quantity.stains_seen.values())} staining was seen in wells of "
            f"{where}",
            "See the cautions annexin_missing and staining_not_seen. Stain again, or exclude the "
            "files with the reason.",
        )
    kind = kind_of(finding.kind)
    means, endpoint = kind.tested_on(finding, means, endpoint, design)
    tests = tuple(evaluate(claim, means, endpoint, in_full=in_full) for claim in claims)
    verdict, pooled = verdict_of(tests), pooled_verdict_of(tests)
    testable = verdict != NOT_TESTABLE
    tested = [test for test in tests if test.outcome != "untestable"]
    # If the finding is not testable, no test decides; its number is that of the first untestable.
    deciding = (
        max(tested, key=lambda test: test.p / test.claim.level)
        if testable
        else next(test for test in tests if test.outcome == "untestable")
    )
    result = FindingResult(
        finding=finding,
        endpoint=endpoint,
        own_verdict=verdict,
        tests=tests,
        deciding=deciding if testable else None,
        estimate=kind.estimate(endpoint, tests, deciding, means),
        reason="",
        sentence="",
        advice="",
        pooled=pooled,
    )
    if not in_full:
        return result
    result = replace(result, second_estimate=kind.second_estimate(tests, means))
    return _with_texts(result, means, design, dependent)


def _unseen(
    claims: Sequence[Claim], unstained: Mapping[str, Sequence[str]], needs_staining: bool
) -> set[str]:
    """The experiments whose missing stain may be why the claims hold.

    An arm without staining reads too low. Of a claim that something is absent, any arm counts;
    of a difference only an arm that makes it by reading low, beside one that was stained.
    """
    found: set[str] = set()
    for claim in claims:
        arms = claim.arms
        if needs_staining or claim.reads:
            found.update(*(unstained.get(label, ()) for label in arms))
            continue
        sign = 1 if claim.side == "less" else -1
        makes_it = [label for label in arms if sign * claim.weights[label] > 0]
        low = {experiment for label in makes_it for experiment in unstained.get(label, ())}
        found |= {one for one in low if not all(one in unstained.get(arm, ()) for arm in arms)}
    return found


def _with_texts(
    result: FindingResult,
    means: GroupMeans,
    design: Design,
    dependent: Collection[frozenset[str]],
) -> FindingResult:
    """The result with its reason, sentence and advice."""
    decisive = [test for test in result.tests if result.decides(test)]
    items = dict.fromkeys(sentence_of_test(test, design) for test in decisive)
    reason = "; ".join(items)
    if result.own_verdict == NOT_TESTABLE:
        sentence = sentences.not_testable(result.finding, reason)
        sentence += sentences.descriptive(result, design)
    else:
        sentence = kind_of(result.finding.kind).sentence(result, means, design)
    conditions = [
        condition
        for condition in (
            sentences.these_donors(result),
            sentences.if_independent(result, dependent),
        )
        if condition.words
    ]
    if result.verdict != NOT_TESTABLE:
        sentence += "".join(condition.sentence for condition in conditions)
    if result.pooled_disagrees:
        reason += f"; by the pooled-error analysis: {result.pooled}"
    return replace(
        result,
        reason=reason,
        condition=(", ".join(one.words for one in conditions) if result.is_shown else ""),
        sentence=(
            sentence
            + sentences.between_experiments(result, design)
            + sentences.pooled_disagreement(result)
        ),
        advice=design.with_display_labels(_advice(decisive)),
    )


def sentence_of_test(test: ClaimResult, design: Design) -> str:
    """A test with its p against its level, or why it cannot be tested."""
    if test.outcome == "untestable":
        return design.with_display_labels(test.reason)
    compared = "≤" if test.outcome == "holds" else ">"
    beyond = "EC50s beyond the doses" if test.claim.reads else "wells outside the range"
    limit = f", with {beyond} at their limit" if test.relation else ""
    limit += ", estimated from the wells inside the range" if test.against else ""
    text = (
        f"{test.claim.text} ({number_formats.probability(test.p)} {compared} "
        f"{test.claim.level:g}{limit})"
    )
    return design.with_display_labels(text)


def _advice(decisive: Sequence[ClaimResult]) -> str:
    """Each advice once; of several numbers of experiments to repeat only the largest."""
    given = dict.fromkeys(test.advice for test in decisive if test.advice)
    repeats = [one for one in map(repeat_arms, range(MIN_EXPERIMENTS)) if one in given]
    return " ".join(one for one in given if one not in repeats[1:])


_HOW = {
    "flow.csv": "by flow cytometry",
    "elisa.csv": "by ELISA",
    "values.csv": "and enter it in values.csv",
}
"""How a quantity of each table is measured."""


def _not_measured(finding: Finding, quantity: Quantity, why: str) -> FindingResult:
    if why:
        advice = f"Find the cause, and measure {finding.endpoint} again."
        return _without_tests(finding, quantity.primary, why, advice)
    how = _HOW[quantity.source]
    advice = f"Measure {finding.endpoint} {how}, or remove the finding from the config."
    reason = f"{finding.endpoint} was not measured"
    return _without_tests(finding, quantity.primary, reason, advice)


def _without_tests(finding: Finding, endpoint: Endpoint, reason: str, advice: str) -> FindingResult:
    return FindingResult(
        finding=finding,
        endpoint=endpoint,
        own_verdict=NOT_TESTABLE,
        tests=(),
        deciding=None,
        estimate=_NOTHING,
        reason=reason,
        sentence=sentences.not_testable(finding, reason),
        advice=advice,
        pooled="",
    )


def finding_table(results: Sequence[FindingResult]) -> pd.DataFrame:
    """comparison/findings.csv."""
    rows = []
    for result in results:
        deciding, estimate, correction = result.deciding, result.estimate, result.correction
        second = result.second_estimate or _NOTHING
        rows.append(
            {
                "id": result.finding.id,
                "finding": result.finding.statement,
                "kind": result.finding.kind,
                "endpoint": result.finding.endpoint,
                "family": result.finding.family,
                "verdict": str(result.verdict),
                "verdict_in_words": result.verdict_in_words,
                "condition": result.condition,
                "estimate": estimate.value,
                "relation": estimate.relation,
                "lower": estimate.lower,
                "upper": estimate.upper,
                "confidence_percent": 100 * estimate.confidence,
                "unit": estimate.unit,
                "p": deciding.p if deciding else float("nan"),
                "level": deciding.claim.level if deciding else float("nan"),
                "holm_ratio": correction.ratio if deciding and correction else float("nan"),
                "corrected_by": correction.method if correction else "",
                "second_estimate": second.value,
                "second_lower": second.lower,
                "second_upper": second.upper,
                "second_unit": second.unit,
                "n": result.n,
                "donors": result.n_donors or float("nan"),
                "tested": result.unit,
                "compared": result.compared,
                "n_each": listed(map(str, result.n_each)) if len(result.n_each) > 1 else "",
                "reason": result.reason,
                "sentence": result.sentence,
                "advice": result.advice,
                "caveat": result.finding.caveat,
                "pooled_error_verdict": result.pooled,
                "limits": kind_of(result.finding.kind).limits_shown(result.finding),
                "method": kind_of(result.finding.kind).method(result.finding),
            }
        )
    return pd.DataFrame(rows, columns=list(FINDING_COLUMNS))


def claim_table(results: Sequence[FindingResult], design: Design) -> pd.DataFrame:
    """comparison/finding_tests.csv."""
    rows = [_test_row(result, test, design) for result in results for test in result.tests]
    return pd.DataFrame(rows, columns=list(TEST_COLUMNS))


def _test_row(result: FindingResult, test: ClaimResult, design: Design) -> dict[str, object]:
    low, high = test.interval
    return {
        "id": result.finding.id,
        "test": test.claim.text,
        "part": test.claim.part,
        "endpoint": result.endpoint.name,
        "estimate": test.contrast.estimate,
        "relation": test.relation,
        "lower": low,
        "upper": high,
        "confidence_percent": 100 * test.confidence,
        "margin": test.claim.margin,
        "side": test.claim.side,
        "p": test.p,
        "level": test.claim.level,
        "outcome": test.outcome,
        "decides": result.decides(test),
        "sentence": sentence_of_test(test, design),
        "n": test.contrast.n,
        "donors": test.contrast.n_donors or float("nan"),
        "tested": test.contrast.unit,
        "compared": test.contrast.compared,
        "n_each": test.contrast.n_each_as_text,
        "values": test.contrast.values_as_text(),
        "left_out": test.contrast.left_out_as_text(),
        "reason": test.reason,
        "pooled_error_p": test.pooled_p,
    }
