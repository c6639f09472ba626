"""One plain sentence for each finding, which a biologist can quote."""

import numpy as np

from coculture.comparison.design.arms import Arm, Design, same_ground
from coculture.comparison.design.endpoints import Cells
from coculture.comparison.findings import wording
from coculture.comparison.findings.claims import Claim, Judged
from coculture.comparison.findings.verdicts import Verdict
from coculture.comparison.settings import Finding
from coculture.comparison.statistics.contrasts import per_experiment_contrast
from coculture.exchange.vocabulary import NOT_SHOWN, NOT_TESTABLE, SHOWN, listed


def sentence_of(result: Verdict, cells: Cells, design: Design) -> str:
    """The verdict in words, its numbers, and the pooled-error analysis where that disagrees."""
    if result.verdict == NOT_TESTABLE:
        sentence = _not_testable(result.finding, result.reason)
    elif result.finding.kind == "eliminated":
        sentence = _eliminated_sentence(result, design)
    elif result.finding.kind == "not_raised":
        sentence = _not_raised_sentence(result, design)
    else:
        sentence = _extreme_sentence(result, cells, design)
    return sentence + _objection(result)


def _not_testable(finding: Finding, reason: str) -> str:
    statement = finding.statement.rstrip(".")
    return f"Not testable: {statement}. {wording.capital(reason)}."


def _objection(result: Verdict) -> str:
    """A sentence of its own where the pooled-error analysis comes to another verdict."""
    if result.pooled in ("", result.verdict):
        return ""
    return f" The pooled-error analysis disagrees: {result.pooled}."


def _not_shown(finding: Finding) -> str:
    return f"Not shown: {finding.statement.rstrip('.')}."


def _pair(claim: Claim, design: Design) -> tuple[Arm, Arm]:
    arm, other = (design.by_label[label] for label in claim.weights)
    return arm, other


def _extreme_sentence(result: Verdict, cells: Cells, design: Design) -> str:
    """For kinds lower and higher, against one arm or several."""
    assert result.deciding is not None
    quantity = result.finding.endpoint
    arm, closest = _pair(result.deciding.claim, design)
    where = f"In {wording.place(design, arm)}"
    drug = wording.given(design, arm)
    interval = _interval(result)
    versus = _other(design, arm, closest)
    size = _size(result, result.deciding, _level(design, arm, closest))
    # "lowered ...: 10 % of" would read as a fall by 10 %.
    at, to = (", at", " to") if result.estimate.unit == "ratio" else (":", ":")
    inhibition = _inhibitions(result, arm, closest, cells, design)
    if result.verdict == NOT_SHOWN:
        numbers = f"{where} {quantity} with {drug} was {size} ({interval})"
        if inhibition and len(result.judged) == 1:
            numbers += f"; {inhibition}"
        return f"{_not_shown(result.finding)} {numbers}."
    word = result.finding.kind
    if len(result.judged) > 1:
        superlative = {"lower": "lowest", "higher": "highest"}[word]
        rest = [
            _size(result, test, _level(design, arm, _pair(test.claim, design)[1]))
            for test in result.judged
            if test is not result.deciding
        ]
        others = f", and {listed(rest)}" if rest else ""
        return f"{where} {quantity} was {superlative} with {drug}{at} {size} ({interval}){others}."
    if not design.given(closest) and same_ground(arm, closest):
        verb = {"lower": "lowered", "higher": "raised"}[word]
        return f"{where} {drug} {verb} {quantity}{to} {size} ({interval})."
    if inhibition and word == "lower":
        return (
            f"{where} {drug} lowered {quantity} more than {wording.given(design, closest)} did, "
            f"to {size} ({interval}); {inhibition}."
        )
    return f"{where} {quantity} was {word} with {drug} than {versus}{at} {size} ({interval})."


def _inhibitions(result: Verdict, arm: Arm, other: Arm, cells: Cells, design: Design) -> str:
    """By how much each of two arms lowered the analyte against its untreated; "" if one did not."""
    assert result.deciding is not None
    if not result.endpoint.is_ratio or not same_ground(arm, other):
        return ""
    tested = cells.within(result.deciding.contrast.values.index)
    falls = []
    for each in (arm, other):
        untreated = design.untreated(each)
        if untreated not in design.arms or each == untreated:
            return ""
        weights = {design.label(each): 1.0, design.label(untreated): -1.0}
        relation = tested.relation_of(weights)
        bound = {"": "", "<=": "at least ", ">=": "at most "}.get(relation)
        means = tested.extreme(weights, highest=relation == "<=") if relation else tested.mean
        with np.errstate(invalid="ignore"):
            fall = per_experiment_contrast(means, weights)
            ratio = float(np.exp(fall.estimate))
        # Of fewer experiments than the test, it would stand under another n.
        if bound is None or fall.left_out or not 0 < ratio < 1:
            return ""
        falls.append(f"{bound}{_inhibition(ratio, relation)} ({wording.given(design, each)})")
    return f"inhibition against untreated {listed(falls)}"


def _inhibition(ratio: float, relation: str) -> str:
    """Of a ratio that is as `relation` says; the inhibition is so the other way round."""
    percent = 100 * (1 - ratio)
    turned = {"<=": ">=", ">=": "<="}.get(relation, "")
    return f"{wording.bounded(percent, int(percent > 90), turned)} %"


def _not_raised_sentence(result: Verdict, design: Design) -> str:
    assert result.deciding is not None
    arm, other = _pair(result.deciding.claim, design)
    margin = f"{result.finding.margin_points:g} points"
    change = f"{wording.points(result.estimate.value, sign=True)} points ({_interval(result)})"
    drug, where = wording.given(design, arm), f"In {wording.place(design, arm)}"
    if not same_ground(arm, other):
        return _not_above_sentence(result, f"{where} apoptosis with {drug}", margin, design)
    against = "" if not design.given(other) else f" over {wording.given(design, other)}"
    if result.verdict == SHOWN:
        return f"{where} {drug} did not raise apoptosis{against} by {margin} or more: {change}."
    if result.estimate.lower > 0:
        rise = f"{wording.points(result.estimate.value)} points ({_interval(result)})"
        return f"{_not_shown(result.finding)} {where} {drug} raised apoptosis{against} by {rise}."
    return (
        f"{_not_shown(result.finding)} {where} a rise{against} of {margin} or more with {drug} "
        f"is not excluded: {change}."
    )


def _not_above_sentence(result: Verdict, what: str, margin: str, design: Design) -> str:
    """As `_not_raised_sentence`, where the two arms differ in more than what was given."""
    assert result.deciding is not None
    there = f"that in {design.display_label(_pair(result.deciding.claim, design)[1])}"
    change = f"{wording.points(result.estimate.value, sign=True)} points ({_interval(result)})"
    if result.verdict == SHOWN:
        return f"{what} was not above {there} by {margin} or more: {change}."
    if result.estimate.lower > 0:
        rise = f"{wording.points(result.estimate.value)} points ({_interval(result)})"
        return f"{_not_shown(result.finding)} {what} was above {there} by {rise}."
    return (
        f"{_not_shown(result.finding)} {what} may be above {there} by {margin} or more: {change}."
    )


def _eliminated_sentence(result: Verdict, design: Design) -> str:
    effect, _, residual = result.judged[:3]
    numbers = (
        f"{_rise(_subject(effect, design), effect, result, design)} and "
        f"{_rise('', residual, result, design)}{_gone(result)}, {wording.experiments(result.n)}"
    )
    if result.verdict == SHOWN:
        return f"{wording.capital(numbers)}."
    return f"{_not_shown(result.finding)} {wording.capital(numbers)}."


def _subject(effect: Judged, design: Design) -> str:
    drug = design.treatment(design.difference(*_pair(effect.claim, design)))
    return f"{drug} {'itself changed' if effect.outcome == 'fails' else 'raised'} apoptosis "


def _rise(subject: str, test: Judged, result: Verdict, design: Design) -> str:
    arm, other = _pair(test.claim, design)
    points = _points_with_interval(test, result)
    if other != design.shared(arm, other):
        return _apart(points, arm, other, design)
    return f"{subject}by {points} in {_setting(design, arm, other)}"


def _apart(points: str, arm: Arm, other: Arm, design: Design) -> str:
    """Two arms that differ in dose, cells, stroma or hours, not in having a drug or not."""
    return (
        f"apoptosis in {design.display_label(arm)} was {points} above that in "
        f"{design.display_label(other)}"
    )


def _gone(result: Verdict) -> str:
    if np.isnan(result.estimate.lower):
        return "; the part eliminated is not bounded"
    limits = f"{result.estimate.lower:.0f} to {result.estimate.upper:.0f} %".replace("-", "−")
    share = f"{result.estimate.value:.0f} %".replace("-", "−")
    if result.estimate.upper <= 0:
        return f": nothing of the effect was eliminated ({share}, 95 % CI {limits})"
    return f": {share} of the effect was eliminated (95 % CI {limits})"


def _points_with_interval(test: Judged, result: Verdict) -> str:
    """With its own n where the finding's tests have different ones."""
    differ = len({each.contrast.n for each in result.judged}) > 1
    n = f", {wording.experiments(test.contrast.n)}" if differ else ""
    low, high = test.interval
    size = f"{wording.points(test.contrast.estimate)} points"
    if np.isnan(low):
        alike = test.contrast.n > 1 and not test.contrast.varies
        return f"{size} ({'the same in every experiment' if alike else 'no interval'}{n})"
    confidence = f"{100 * test.claim.confidence:.0f} % CI"
    return f"{size} ({confidence} {wording.points(low)} to {wording.points(high)}{n})"


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


def _size(result: Verdict, test: Judged, level: str) -> str:
    """The difference as a part of the other arm's level, or as points from it."""
    bound = {"<=": "at most ", ">=": "at least ", "": ""}[test.relation]
    if result.estimate.unit == "ratio":
        percent = 100 * float(np.exp(test.contrast.estimate))
        shown = wording.bounded(percent, wording.decimals_of(percent), test.relation)
        return f"{bound}{shown} % of {level}"
    points = test.contrast.estimate
    direction = "above" if points >= 0 else "below"
    return f"{bound}{wording.points(abs(points))} points {direction} {level}"


def _ratio(ratio: float) -> str:
    return f"{wording.significant(100 * ratio)} %"


def _level(design: Design, arm: Arm, other: Arm) -> str:
    """The other arm's level: "the level with DEX", "the untreated level"."""
    if not same_ground(arm, other):
        return f"the level in {design.display_label(other)}"
    return (
        f"the level with {design.treatment(other)}"
        if design.given(other)
        else "the untreated level"
    )


def _other(design: Design, arm: Arm, other: Arm) -> str:
    if same_ground(arm, other):
        return f"with {wording.given(design, other)}"
    return f"in {design.display_label(other)}"


def _setting(design: Design, arm: Arm, other: Arm) -> str:
    """The cells, and what both arms were given: "control cells with added IL-6"."""
    shared = design.shared(arm, other)
    words = wording.place(design, arm)
    return f"{words} with {design.treatment(shared)}" if design.given(shared) else words
