"""The pre-stated findings: their tests, their verdicts, and the tables of both."""

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from coculture.comparison.design.arms import Design
from coculture.comparison.design.endpoints import Cells, Endpoint, primary_endpoint
from coculture.comparison.findings import wording
from coculture.comparison.findings.claims import (
    FEWEST_EXPERIMENTS,
    Claim,
    Judged,
    claims_of,
    judge,
    repeat_arms,
)
from coculture.comparison.findings.sentences import sentence_of
from coculture.comparison.findings.verdicts import Estimate, Verdict
from coculture.comparison.settings import (
    APOPTOSIS,
    ComparisonError,
    ComparisonSettings,
    Finding,
)
from coculture.comparison.statistics.contrasts import per_experiment_contrast
from coculture.comparison.statistics.fieller import fieller_interval
from coculture.comparison.statistics.multiplicity import holm
from coculture.exchange.vocabulary import NOT_SHOWN, NOT_TESTABLE, SHOWN, listed

FINDING_COLUMNS = (
    "id", "finding", "kind", "endpoint", "verdict", "estimate", "relation", "lower", "upper",
    "confidence_percent", "unit", "p", "level", "p_holm", "n", "reason", "sentence", "advice",
    "caveat", "pooled_error_verdict",
)  # fmt: skip
TEST_COLUMNS = (
    "id", "test", "endpoint", "estimate", "relation", "lower", "upper", "confidence_percent",
    "margin", "side", "p", "level", "outcome", "n", "values", "left_out", "reason",
    "pooled_error_p",
)  # fmt: skip


def judge_findings(
    arms: pd.DataFrame,
    design: Design,
    settings: ComparisonSettings,
    measured: Collection[str],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """comparison/findings.csv and comparison/finding_tests.csv from comparison/arms.csv.

    `measured` are the endpoints that any culture was measured for.
    """
    labels = [design.label(arm) for arm in design.arms]
    scales = {f.endpoint: primary_endpoint(f.endpoint, settings) for f in settings.findings}
    cells = {subject: Cells.of(arms, scale, labels) for subject, scale in scales.items()}
    verdicts = [
        _verdict(finding, scales[finding.endpoint], cells[finding.endpoint], design)
        if finding.endpoint in measured
        else _unmeasured(finding, scales[finding.endpoint])
        for finding in settings.findings
    ]
    sentences = [
        sentence_of(verdict, cells[verdict.finding.endpoint], design) for verdict in verdicts
    ]
    tests = [_test_row(verdict, judged) for verdict in verdicts for judged in verdict.judged]
    return _finding_table(verdicts, sentences), pd.DataFrame(tests, columns=list(TEST_COLUMNS))


def _verdict(finding: Finding, endpoint: Endpoint, cells: Cells, design: Design) -> Verdict:
    try:
        claims = claims_of(finding, design)
    except ComparisonError as error:
        advice = "Name arms that the study has, and two different ones, or add their cultures."
        return _without_tests(finding, endpoint, str(error), advice)
    added = [
        label
        for claim in claims
        for label in claim.weights
        if design.added(design.by_label[label], finding.endpoint)
    ]
    if added:
        reason = f"{finding.endpoint} was added to {listed(dict.fromkeys(added))}"
        reason = design.in_display_words(reason)
        advice = f"Compare {finding.endpoint} only in arms to which none was added."
        return _without_tests(finding, endpoint, reason, advice)
    judged = tuple(judge(claim, cells) for claim in claims)
    verdict, pooled = _conjunction(judged), _pooled_verdict(judged)
    decisive = _decisive(verdict, judged)
    disagreement = (
        f"; by the pooled-error analysis: {pooled}" if pooled not in ("", verdict) else ""
    )
    tested = [test for test in judged if test.outcome != "untestable"]
    deciding = (
        max(tested, key=lambda test: test.p / test.claim.level) if verdict != NOT_TESTABLE else None
    )
    return Verdict(
        finding=finding,
        endpoint=endpoint,
        verdict=verdict,
        judged=judged,
        deciding=deciding,
        estimate=_estimate(finding, endpoint, judged, deciding, cells),
        reason=design.in_display_words(_reason(verdict, decisive) + disagreement),
        advice=_advice(decisive),
        pooled=pooled,
    )


def _advice(decisive: Sequence[Judged]) -> str:
    """Each advice once; of the experiments that several tests lack, the most, which serve all."""
    told = dict.fromkeys(test.advice for test in decisive if test.advice)
    lacking = [one for one in map(repeat_arms, range(FEWEST_EXPERIMENTS)) if one in told]
    return " ".join(one for one in told if one not in lacking[1:])


def _conjunction(judged: tuple[Judged, ...]) -> str:
    """Every test must hold; one that fails settles it, unless censoring alone made it fail."""
    outcomes = {test.outcome for test in judged}
    if any(test.outcome == "fails" and not test.undecided for test in judged):
        return NOT_SHOWN
    if "untestable" in outcomes:
        return NOT_TESTABLE
    return NOT_SHOWN if "fails" in outcomes else SHOWN


def _decisive(verdict: str, judged: tuple[Judged, ...]) -> list[Judged]:
    """The tests that made the verdict."""
    outcome = {SHOWN: "holds", NOT_SHOWN: "fails", NOT_TESTABLE: "untestable"}[verdict]
    return [test for test in judged if test.outcome == outcome]


def _estimate(
    finding: Finding,
    endpoint: Endpoint,
    judged: tuple[Judged, ...],
    deciding: Judged | None,
    cells: Cells,
) -> Estimate:
    if finding.kind == "eliminated":
        return _part_eliminated(judged[0].claim, judged[2].claim, cells)
    # Of several tests that cannot be made, the first: the others' numbers decide nothing either.
    test = deciding or next(each for each in judged if each.outcome == "untestable")
    value, lower, upper = test.contrast.estimate, *test.interval
    if endpoint.is_ratio:
        value, lower, upper = (float(np.exp(number)) for number in (value, lower, upper))
    unit = "ratio" if endpoint.is_ratio else "percentage points"
    return Estimate(value, lower, upper, test.claim.confidence, unit, test.relation)


def _part_eliminated(effect: Claim, residual: Claim, cells: Cells) -> Estimate:
    """100 (1 - residual / effect) with Fieller's 95 % interval, in experiments that have both."""
    contrasts = [
        per_experiment_contrast(cells.estimates, claim.weights) for claim in (effect, residual)
    ]
    values = [contrast.values for contrast in contrasts]  # noqa: PD011
    both = pd.concat(values, axis=1).dropna()
    there, left = both.to_numpy().T
    varies = any(contrast.varies for contrast in contrasts)
    low, high = fieller_interval(left, there) if varies else (float("nan"), float("nan"))
    rest = float(left.mean() / there.mean()) if len(both) and there.mean() else float("nan")
    unit = "percent of the effect eliminated"
    return Estimate(100 * (1 - rest), 100 * (1 - high), 100 * (1 - low), 0.95, unit)


def _pooled_verdict(judged: tuple[Judged, ...]) -> str:
    """The verdict had the pooled-error analysis decided; "" where it cannot."""
    p = [test.pooled_p for test in judged]
    if not p or np.isnan(p).any():
        return ""
    holds = all(test.pooled_p <= test.claim.level for test in judged)
    return SHOWN if holds else NOT_SHOWN


def _reason(verdict: str, tests: list[Judged]) -> str:
    if verdict == NOT_TESTABLE:
        return "; ".join(dict.fromkeys(test.reason for test in tests))
    compared = "≤" if verdict == SHOWN else ">"
    return "; ".join(
        f"{test.claim.words} ({wording.probability(test.p)} {compared} {test.claim.level:g}"
        + (", with censored wells at their limit)" if test.relation else ")")
        for test in tests
    )


def _unmeasured(finding: Finding, endpoint: Endpoint) -> Verdict:
    assay = "flow cytometry" if finding.endpoint == APOPTOSIS else "ELISA"
    advice = f"Measure {finding.endpoint} by {assay}, or take the finding out of the config."
    return _without_tests(finding, endpoint, f"{finding.endpoint} was not measured", advice)


def _without_tests(finding: Finding, endpoint: Endpoint, reason: str, advice: str) -> Verdict:
    nothing = float("nan")
    return Verdict(
        finding=finding,
        endpoint=endpoint,
        verdict=NOT_TESTABLE,
        judged=(),
        deciding=None,
        estimate=Estimate(nothing, nothing, nothing, nothing, ""),
        reason=reason,
        advice=advice,
        pooled="",
    )


def _finding_table(verdicts: list[Verdict], sentences: list[str]) -> pd.DataFrame:
    relative = [
        result.deciding.p / result.deciding.claim.level if result.deciding else float("inf")
        for result in verdicts
    ]
    rows = []
    for result, sentence, adjusted in zip(verdicts, sentences, holm(relative), strict=True):
        deciding = result.deciding
        level = deciding.claim.level if deciding else float("nan")
        rows.append(
            {
                "id": result.finding.id,
                "finding": result.finding.statement,
                "kind": result.finding.kind,
                "endpoint": result.finding.endpoint,
                "verdict": result.verdict,
                "estimate": result.estimate.value,
                "relation": result.estimate.relation,
                "lower": result.estimate.lower,
                "upper": result.estimate.upper,
                "confidence_percent": 100 * result.estimate.confidence,
                "unit": result.estimate.unit,
                "p": deciding.p if deciding else float("nan"),
                "level": level,
                "p_holm": min(adjusted * level, 1.0) if deciding else float("nan"),
                "n": result.n,
                "reason": result.reason,
                "sentence": sentence,
                "advice": result.advice,
                "caveat": result.finding.caveat,
                "pooled_error_verdict": result.pooled,
            }
        )
    return pd.DataFrame(rows, columns=list(FINDING_COLUMNS))


def _test_row(result: Verdict, test: Judged) -> dict[str, object]:
    low, high = test.interval
    return {
        "id": result.finding.id,
        "test": test.claim.words,
        "endpoint": result.endpoint.name,
        "estimate": test.contrast.estimate,
        "relation": test.relation,
        "lower": low,
        "upper": high,
        "confidence_percent": 100 * test.claim.confidence,
        "margin": test.claim.margin,
        "side": test.claim.side,
        "p": test.p,
        "level": test.claim.level,
        "outcome": test.outcome,
        "n": test.contrast.n,
        "values": test.contrast.values_as_text(),
        "left_out": test.contrast.left_out_as_text(),
        "reason": test.reason,
        "pooled_error_p": test.pooled_p,
    }
