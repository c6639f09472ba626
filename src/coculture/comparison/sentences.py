"""One plain sentence for each finding, which a biologist can quote."""

import numpy as np

from coculture.comparison import wording
from coculture.comparison.arms import Arm, Design
from coculture.comparison.claims import Claim, Judged
from coculture.comparison.contrasts import per_experiment_contrast
from coculture.comparison.endpoints import Cells
from coculture.comparison.settings import Finding
from coculture.comparison.verdicts import NOT_SHOWN, NOT_TESTABLE, SHOWN, Verdict


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
        others = f", and {wording.listed(rest)}" if rest else ""
        return f"{where} {quantity} was {superlative} with {drug}{at} {size} ({interval}){others}."
    if not design.given(closest) and closest.cells == arm.cells:
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
    if not result.endpoint.is_ratio or arm.cells != other.cells:
        return ""
    falls = []
    for each in (arm, other):
        untreated = design.untreated(each)
        if untreated not in design.arms or each == untreated:
            return ""
        weights = {design.label(each): 1.0, design.label(untreated): -1.0}
        ratio = float(np.exp(per_experiment_contrast(cells.mean, weights).estimate))
        bound = {"": "", "<=": "at least ", ">=": "at most "}.get(cells.relation_of(weights))
        if bound is None or not ratio < 1:
            return ""
        falls.append(f"{bound}{_inhibition(ratio)} ({wording.given(design, each)})")
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
    numbers = f"{there} and {left}{gone}, {wording.experiments(result.n)}"
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
    size = f"{wording.points(test.contrast.estimate)} points"
    if np.isnan(low):
        alike = test.contrast.n > 1 and not test.contrast.varies
        return f"{size} ({'the same in every experiment' if alike else 'no interval'})"
    return (
        f"{size} "
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


def _size(result: Verdict, test: Judged, level: str) -> str:
    """The difference as a part of the other arm's level, or as points from it."""
    bound = {"<=": "at most ", ">=": "at least ", "": ""}[test.relation]
    if result.estimate.unit == "ratio":
        return f"{bound}{_ratio(float(np.exp(test.contrast.estimate)))} of {level}"
    points = test.contrast.estimate
    direction = "above" if points >= 0 else "below"
    return f"{bound}{wording.points(abs(points))} points {direction} {level}"


def _ratio(ratio: float) -> str:
    return f"{wording.significant(100 * ratio)} %"


def _level(design: Design, arm: Arm, other: Arm) -> str:
    """The other arm's level: "the level with DEX", "the untreated level"."""
    if other.cells != arm.cells or other.stroma != arm.stroma or other.hours != arm.hours:
        return f"the level in {design.display_label(other)}"
    return (
        f"the level with {design.treatment(other)}"
        if design.given(other)
        else "the untreated level"
    )


def _other(design: Design, arm: Arm, other: Arm) -> str:
    same = other.cells == arm.cells
    return f"with {wording.given(design, other)}" if same else f"in {design.display_label(other)}"


def _setting(design: Design, arm: Arm, other: Arm) -> str:
    """The cells, and what both arms were given: "control cells with added IL-6"."""
    shared = design.shared(arm, other)
    words = wording.place(design, arm)
    return f"{words} with {design.treatment(shared)}" if design.given(shared) else words
