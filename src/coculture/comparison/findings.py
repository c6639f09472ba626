"""The pre-stated findings: tests, verdicts, and one sentence each."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coculture.comparison import wording
from coculture.comparison.arms import Arm, Design
from coculture.comparison.claims import Claim, Judged, claims_of, judge
from coculture.comparison.contrasts import per_experiment_contrast
from coculture.comparison.endpoints import Cells, Endpoint, primary_endpoint
from coculture.comparison.fieller import fieller_interval
from coculture.comparison.multiplicity import holm
from coculture.comparison.settings import (
    APOPTOSIS,
    ComparisonError,
    ComparisonSettings,
    Finding,
)

SHOWN, NOT_SHOWN, NOT_TESTABLE = "shown", "not shown", "not testable"

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


@dataclass(frozen=True)
class Verdict:
    """What became of one finding; `deciding` is the test with the largest p against its level."""

    finding: Finding
    endpoint: Endpoint
    verdict: str
    judged: tuple[Judged, ...]
    deciding: Judged | None
    estimate: "_Estimate"
    reason: str
    advice: str
    sentence: str


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
    tests = [_test_row(verdict, judged) for verdict in verdicts for judged in verdict.judged]
    return _finding_table(verdicts), pd.DataFrame(tests, columns=list(TEST_COLUMNS))


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
        reason = f"{finding.endpoint} was added to {wording.listed(dict.fromkeys(added))}"
        reason = design.in_display_words(reason)
        advice = f"Compare {finding.endpoint} only in arms to which none was added."
        return _without_tests(finding, endpoint, reason, advice)
    judged = tuple(judge(claim, cells) for claim in claims)
    verdict = _conjunction(judged)
    deciding = max(
        (test for test in judged if test.outcome != "untestable"),
        key=lambda test: test.p / test.claim.level,
        default=None,
    )
    result = Verdict(
        finding=finding,
        endpoint=endpoint,
        verdict=verdict,
        judged=judged,
        deciding=None if verdict == NOT_TESTABLE else deciding,
        reason=design.in_display_words(
            _reason(verdict, _decisive(verdict, judged)) + _disagreement(verdict, judged)
        ),
        advice=" ".join(
            dict.fromkeys(test.advice for test in _decisive(verdict, judged) if test.advice)
        ),
        sentence="",
        estimate=_estimate(finding, endpoint, judged, deciding, cells),
    )
    return _with_sentence(result, cells, design)


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


@dataclass(frozen=True)
class _Estimate:
    """The finding's own number with its interval: a ratio, points, or the part eliminated."""

    value: float
    lower: float
    upper: float
    confidence: float
    unit: str


def _estimate(
    finding: Finding,
    endpoint: Endpoint,
    judged: tuple[Judged, ...],
    deciding: Judged | None,
    cells: Cells,
) -> _Estimate:
    if finding.kind == "eliminated":
        return _part_eliminated(judged[0].claim, judged[2].claim, cells)
    test = deciding or judged[0]
    value, lower, upper = test.contrast.estimate, *test.interval
    if endpoint.is_ratio:
        value, lower, upper = (float(np.exp(number)) for number in (value, lower, upper))
    unit = "ratio" if endpoint.is_ratio else "percentage points"
    return _Estimate(value, lower, upper, test.claim.confidence, unit)


def _part_eliminated(effect: Claim, residual: Claim, cells: Cells) -> _Estimate:
    """100 (1 - residual / effect) with Fieller's 95 % interval, in experiments that have both."""
    both = pd.concat(
        [
            per_experiment_contrast(cells.estimates, effect.weights).values,  # noqa: PD011
            per_experiment_contrast(cells.estimates, residual.weights).values,  # noqa: PD011
        ],
        axis=1,
    ).dropna()
    there, left = both.to_numpy().T
    low, high = fieller_interval(left, there)
    rest = float(left.mean() / there.mean()) if len(both) and there.mean() else float("nan")
    unit = "percent of the effect eliminated"
    return _Estimate(100 * (1 - rest), 100 * (1 - high), 100 * (1 - low), 0.95, unit)


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
        estimate=_Estimate(nothing, nothing, nothing, nothing, ""),
        reason=reason,
        advice=advice,
        sentence=_not_testable(finding, reason),
    )


# Sentences.


def _with_sentence(result: Verdict, cells: Cells, design: Design) -> Verdict:
    if result.verdict == NOT_TESTABLE:
        sentence = _not_testable(result.finding, result.reason)
    elif result.finding.kind == "eliminated":
        sentence = _eliminated_sentence(result, design)
    elif result.finding.kind == "not_raised":
        sentence = _not_raised_sentence(result, design)
    else:
        sentence = _extreme_sentence(result, cells, design)
    return replace(result, sentence=sentence + _objection(result))


def _not_testable(finding: Finding, reason: str) -> str:
    statement = finding.statement.rstrip(".")
    return f"Not testable: {statement}. {wording.capital(reason)}."


def _objection(result: Verdict) -> str:
    """A sentence of its own where the pooled-error analysis comes to another verdict."""
    pooled = _pooled_verdict(result.judged)
    if pooled in ("", result.verdict):
        return ""
    return f" The pooled-error analysis disagrees: {pooled}."


def _not_shown(finding: Finding) -> str:
    return f"Not shown: {finding.statement.rstrip('.')}."


def _pair(claim: Claim, design: Design) -> tuple[Arm, Arm]:
    arm, other = (design.by_label[label] for label in claim.weights)
    return arm, other


def _extreme_sentence(result: Verdict, cells: Cells, design: Design) -> str:
    """For kinds lower and higher, against one arm or several."""
    assert result.deciding is not None
    quantity = "apoptosis" if result.finding.endpoint == APOPTOSIS else result.finding.endpoint
    arm, closest = _pair(result.deciding.claim, design)
    where = f"In {wording.place(design, arm)}"
    drug = wording.given(design, arm)
    interval = _interval(result)
    versus = _other(design, arm, closest)
    size = _size(result, result.deciding, _owner(design, arm, closest))
    if result.verdict == NOT_SHOWN:
        numbers = f"{where} {quantity} with {drug} was {size} ({interval})"
        return f"{_not_shown(result.finding)} {numbers}."
    word = result.finding.kind
    if len(result.judged) > 1:
        superlative = {"lower": "lowest", "higher": "highest"}[word]
        rest = [
            _size(result, test, _owner(design, arm, _pair(test.claim, design)[1]))
            for test in result.judged
            if test is not result.deciding
        ]
        others = f", and {wording.listed(rest)}" if rest else ""
        return f"{where} {quantity} was {superlative} with {drug}: {size} ({interval}){others}."
    if not design.given(closest) and closest.cells == arm.cells:
        verb = {"lower": "lowered", "higher": "raised"}[word]
        return f"{where} {drug} {verb} {quantity}: {size} ({interval})."
    inhibition = _inhibitions(result, arm, closest, cells, design)
    if inhibition and word == "lower":
        return (
            f"{where} {drug} lowered {quantity} more than {wording.given(design, closest)} did: "
            f"{size} ({interval}); {inhibition}."
        )
    return f"{where} {quantity} was {word} with {drug} than {versus}: {size} ({interval})."


def _inhibitions(result: Verdict, arm: Arm, other: Arm, cells: Cells, design: Design) -> str:
    """By how much each of two arms lowered the analyte against its untreated; "" if one did not."""
    if not result.endpoint.is_ratio or arm.cells != other.cells:
        return ""
    falls = []
    for each in (arm, other):
        untreated = design.untreated(each)
        if untreated not in design.arms or each == untreated:
            return ""
        weights = {design.label(each): 1.0, design.label(untreated): -1.0}
        estimates = cells.mean.where(cells.relation != ">=")
        ratio = float(np.exp(per_experiment_contrast(estimates, weights).estimate))
        if not ratio < 1:
            return ""
        bound = (cells.relation[design.label(each)] == "<=").any()
        at_least = "at least " if bound else ""
        falls.append(f"{at_least}{_inhibition(ratio)} ({wording.given(design, each)})")
    return f"inhibition against untreated {wording.listed(falls)}"


def _inhibition(ratio: float) -> str:
    percent = 100 * (1 - ratio)
    return f"{percent:.1f} %" if percent > 90 else f"{percent:.0f} %"


def _not_raised_sentence(result: Verdict, design: Design) -> str:
    assert result.deciding is not None
    arm, other = _pair(result.deciding.claim, design)
    margin = f"{result.finding.margin_points:g} points"
    change = f"{wording.points(result.estimate.value, sign=True)} points ({_interval(result)})"
    against = "" if not design.given(other) else f" over {wording.given(design, other)}"
    drug, where = wording.given(design, arm), f"In {wording.place(design, arm)}"
    if result.verdict == SHOWN:
        return f"{where} {drug} did not raise apoptosis{against} by {margin} or more: {change}."
    if result.estimate.lower > 0:
        rise = f"{wording.points(result.estimate.value)} points ({_interval(result)})"
        return f"{_not_shown(result.finding)} {where} {drug} raised apoptosis{against} by {rise}."
    return (
        f"{_not_shown(result.finding)} {where} a rise{against} of {margin} or more with {drug} "
        f"is not excluded: {change}."
    )


def _eliminated_sentence(result: Verdict, design: Design) -> str:
    effect, _, residual = result.judged[:3]
    arm, other = _pair(effect.claim, design)
    left_arm, left_other = _pair(residual.claim, design)
    drug = design.treatment(design.difference(arm, other))
    there = (
        f"{drug} raised apoptosis by {_points_with_interval(effect)} in "
        f"{_setting(design, arm, other)}"
    )
    if effect.outcome == "fails":
        there = (
            f"{drug} itself changed apoptosis by {_points_with_interval(effect)} in "
            f"{_setting(design, arm, other)}"
        )
    left = f"by {_points_with_interval(residual)} in {_setting(design, left_arm, left_other)}"
    gone = _gone(result)
    numbers = f"{there} and {left}{gone}, {wording.experiments(_n(result))}"
    if result.verdict == SHOWN:
        return f"{wording.capital(numbers)}."
    return f"{_not_shown(result.finding)} {wording.capital(numbers)}."


def _gone(result: Verdict) -> str:
    if np.isnan(result.estimate.lower):
        return "; the part eliminated is not bounded"
    limits = f"{result.estimate.lower:.0f} to {result.estimate.upper:.0f} %".replace("-", "−")
    share = f"{result.estimate.value:.0f} %".replace("-", "−")
    if round(result.estimate.value) <= 0:
        return f": nothing of the effect was eliminated ({share}, 95 % CI {limits})"
    return f": {share} of the effect was eliminated (95 % CI {limits})"


def _points_with_interval(test: Judged) -> str:
    low, high = test.interval
    return (
        f"{wording.points(test.contrast.estimate)} points "
        f"({100 * test.claim.confidence:.0f} % CI {wording.points(low)} to {wording.points(high)})"
    )


def _interval(result: Verdict) -> str:
    assert result.deciding is not None
    number = f"{100 * result.estimate.confidence:.0f} % CI"
    if result.estimate.unit == "ratio":
        low, high = _ratio(result.estimate.lower), _ratio(result.estimate.upper)
        limits = f"{low.removesuffix(' %')} to {high}" if "%" in low else f"{low} to {high}"
    else:
        limits = (
            f"{wording.points(result.estimate.lower)} to {wording.points(result.estimate.upper)}"
        )
    return f"{number} {limits}, {wording.experiments(result.deciding.contrast.n)}"


def _size(result: Verdict, test: Judged, owner: str) -> str:
    """The difference as a part of the other arm's level, or as points from it."""
    bound = {"<=": "at most ", ">=": "at least ", "": ""}[test.relation]
    if result.estimate.unit == "ratio":
        return f"{bound}{_ratio(float(np.exp(test.contrast.estimate)))} of {owner} level"
    points = test.contrast.estimate
    direction = "above" if points >= 0 else "below"
    return f"{bound}{wording.points(abs(points))} points {direction} {owner} level"


def _ratio(ratio: float) -> str:
    return f"{wording.significant(100 * ratio)} %"


def _owner(design: Design, arm: Arm, other: Arm) -> str:
    """The other arm as the owner of a level: "DEX's", "the untreated", "control untreated's"."""
    if other.cells != arm.cells or other.stroma != arm.stroma or other.hours != arm.hours:
        return f"{design.display_label(other)}'s"
    return f"{design.treatment(other)}'s" if design.given(other) else "the untreated"


def _other(design: Design, arm: Arm, other: Arm) -> str:
    same = other.cells == arm.cells
    return f"with {wording.given(design, other)}" if same else f"in {design.display_label(other)}"


def _setting(design: Design, arm: Arm, other: Arm) -> str:
    """The cells, and what both arms were given: "control cells with added IL-6"."""
    shared = design.shared(arm, other)
    words = wording.place(design, arm)
    return f"{words} with {design.treatment(shared)}" if design.given(shared) else words


# Tables.


def _n(result: Verdict) -> int:
    return min((test.contrast.n for test in result.judged), default=0)


def _finding_table(verdicts: list[Verdict]) -> pd.DataFrame:
    relative = [
        result.deciding.p / result.deciding.claim.level if result.deciding else float("inf")
        for result in verdicts
    ]
    rows = []
    for result, adjusted in zip(verdicts, holm(relative), strict=True):
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
                "relation": deciding.relation if deciding else "",
                "lower": result.estimate.lower,
                "upper": result.estimate.upper,
                "confidence_percent": 100 * result.estimate.confidence,
                "unit": result.estimate.unit,
                "p": deciding.p if deciding else float("nan"),
                "level": level,
                "p_holm": min(adjusted * level, 1.0) if deciding else float("nan"),
                "n": _n(result),
                "reason": result.reason,
                "sentence": result.sentence,
                "advice": result.advice,
                "caveat": result.finding.caveat,
                "pooled_error_verdict": _pooled_verdict(result.judged),
            }
        )
    return pd.DataFrame(rows, columns=list(FINDING_COLUMNS))


def _pooled_verdict(judged: tuple[Judged, ...]) -> str:
    """The verdict had the pooled-error analysis decided; "" where it cannot."""
    p = [test.pooled_p for test in judged]
    if not p or np.isnan(p).any():
        return ""
    holds = all(test.pooled_p <= test.claim.level for test in judged)
    return SHOWN if holds else NOT_SHOWN


def _disagreement(verdict: str, judged: tuple[Judged, ...]) -> str:
    """That the two analyses disagree, where they do."""
    pooled = _pooled_verdict(judged)
    return f"; by the pooled-error analysis: {pooled}" if pooled not in ("", verdict) else ""


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
