"""Parts of sentences that several kinds of findings use."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from coculture.comparison import number_formats
from coculture.comparison.design.arms import Arm, Design, same_setting
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.findings.claims import ClaimResult, difference
from coculture.comparison.findings.finding_result import FindingResult
from coculture.comparison.settings import Finding
from coculture.comparison.statistics.contrasts import BETWEEN, Contrast
from coculture.exchange.arm_names import UNTREATED
from coculture.exchange.vocabulary import SHOWN_ALONE, listed

PERCENTAGE_POINTS = "percentage points"
_OPPOSITE = {"<=": ">=", ">=": "<="}
_BOUNDS = {"<=": "at most ", ">=": "at least ", "": ""}
WHY_NOT_POOLED = (
    "It assumes that all arms vary equally between experiments; the verdict is that of the "
    "analysis inside experiments, which does not."
)
"""Why the primary analysis is preferred where the two disagree."""


def capital(sentence: str) -> str:
    """The sentence with its first letter in upper case."""
    return sentence[:1].upper() + sentence[1:]


def not_shown(finding: Finding) -> str:
    """The beginning of every sentence about a finding that is not shown."""
    return f"Not shown: {finding.statement.rstrip('.')}."


def not_testable(finding: Finding, reason: str) -> str:
    """The sentence about a finding that is not testable."""
    return f"Not testable: {finding.statement.rstrip('.')}. {capital(reason)}."


def pooled_disagreement(result: FindingResult) -> str:
    """A sentence about the pooled-error analysis if its verdict differs; else empty."""
    if not result.pooled_disagrees:
        return ""
    return f" The pooled-error analysis disagrees: {result.pooled}. {WHY_NOT_POOLED}"


def descriptive(result: FindingResult, design: Design) -> str:
    """The differences of tests that too few experiments can enter; empty if there are none."""
    each = []
    for test in result.tests:
        arm, other = test.claim.arm, test.claim.compared_with
        is_difference = dict(test.claim.weights) == difference(arm, other)
        contrast = test.contrast
        if not contrast.has_enough and is_difference and not np.isnan(contrast.estimate):
            each.append(
                f"{result.subject} in {design.display_label(design.by_label[arm])} was "
                f"{size(result, test, design)} ({number_formats.experiments(*contrast.n_each)})"
            )
    return f" Descriptive, not tested: {'; '.join(each)}." if each else ""


def correction(result: FindingResult) -> str:
    """A sentence if the finding does not hold after the correction for the others; else empty."""
    return f" {capital(result.verdict_in_words)}." if result.verdict == SHOWN_ALONE else ""


def between_experiments(result: FindingResult, design: Design) -> str:
    """A sentence about the tests whose arms share no experiment; empty if there are none."""
    if not result.between:
        return ""
    which = ""
    if len(result.between) < len(result.tests):
        texts = dict.fromkeys(test.claim.text for test in result.between)
        which = design.with_display_labels(f": {listed(f'“{text}”' for text in texts)}")
    return f" Compared {BETWEEN}, because the arms share none{which}."


def arms_of(test: ClaimResult, design: Design) -> tuple[Arm, Arm]:
    """The arm that a test is about, and the arm it is compared with."""
    return design.by_label[test.claim.arm], design.by_label[test.claim.compared_with]


def deciding_test(result: FindingResult) -> ClaimResult:
    """The test that decides; findings that are not testable have none."""
    assert result.deciding is not None
    return result.deciding


def interval(result: FindingResult, sign: float | None = None) -> str:
    """Confidence, limits and n of the estimate: "95 % CI 5.4 to 17 %, n = 4 experiments".

    Beside a bound "one-sided 97.5 % upper limit 17 %, n = 4 experiments". With `sign` the limits
    are in that direction (1 above, -1 below), like those of `amount`; without it they have their
    own signs, and ratios are in percent.
    """
    confidence = f"{100 * result.estimate.confidence:g} %"
    limits = (result.estimate.lower, result.estimate.upper)
    direction, unit = sign or 1.0, ""
    if direction < 0:
        limits = limits[::-1]
    if not result.endpoint.is_ratio:
        ends = [direction * limit for limit in limits]
    elif sign is None:
        ends = [100 * limit for limit in limits]
        unit = " %"
    else:
        ends = [limit**direction for limit in limits]
    n = replicates(deciding_test(result).contrast)
    known = [not np.isnan(end) for end in ends]
    if all(known) or not any(known):
        low, high = (_written(result.endpoint, end) for end in ends)
        return f"{confidence} CI {low} to {high}{unit}, {n}"
    side, end = ("upper", ends[1]) if known[1] else ("lower", ends[0])
    return f"one-sided {confidence} {side} limit {one_sided(result.endpoint, end, side)}{unit}, {n}"


def _written(endpoint: Endpoint, value: float) -> str:
    if endpoint.is_ratio:
        return number_formats.significant(value)
    return in_points(endpoint, value)


def one_sided(endpoint: Endpoint, value: float, side: str) -> str:
    """A one-sided limit in points or as a ratio, rounded away from the estimate."""
    is_point = endpoint.unit == PERCENTAGE_POINTS and not endpoint.is_ratio
    decimals = 1 if is_point else number_formats.decimals_of(value)
    return number_formats.limit(value, side, decimals)


def bound(relation: str, sign: float = 1.0) -> str:
    """What is said before a number with this relation, turned round if `sign` is negative."""
    return _BOUNDS[relation if sign > 0 else _OPPOSITE.get(relation, "")]


def interval_of_size(result: FindingResult) -> str:
    """As `interval`, in the direction that `size` names."""
    below = not result.endpoint.is_ratio and deciding_test(result).contrast.estimate < 0
    return interval(result, -1.0 if below else None)


def replicates(contrast: Contrast) -> str:
    """The experiments and donors of a test: "n = 4 donors, 9 experiments"."""
    each = contrast.replication
    return number_formats.replicates(
        [one.experiments for one in each], [one.donors for one in each]
    )


@dataclass(frozen=True)
class Condition:
    """What a result depends on or is limited to; both are empty for none.

    Attributes
    ----------
    words
        As it continues the verdict: "for these 2 donors".
    sentence
        The same as a sentence, with a space before it.
    """

    words: str = ""
    sentence: str = ""


def these_donors(result: FindingResult) -> Condition:
    """What a result is limited to where donors are given but too few to be tested."""
    limited = [
        one
        for test in result.tests
        if test.outcome != "untestable"
        for one in test.contrast.replication
        if one.holds_for_these
    ]
    if not limited:
        return Condition()
    if any(one.are_unclear for one in limited):
        words = "for the donors of these experiments"
        return Condition(words, f" This holds {words}.")
    fewest = min(one.donors for one in limited)
    words = "for this donor" if fewest == 1 else f"for these {fewest} donors"
    return Condition(words, f" This holds {words}.")


def if_independent(result: FindingResult, dependent: Collection[frozenset[str]]) -> Condition:
    """That a result depends on experiments being independent, of which a test has several.

    Not if donors are tested: the experiments of each are averaged.

    Parameters
    ----------
    dependent
        Groups of experiments that may be one experiment.
    """
    groups = [
        {str(one) for one in experiments}
        for test in result.tests
        if test.outcome != "untestable"
        for experiments, units in zip(
            _experiments(test.contrast), test.contrast.replication, strict=True
        )
        if not units.are_units
    ]
    found = [one for one in dependent if any(len(one & group) > 1 for group in groups)]
    if not found:
        return Condition()
    which = listed(listed(sorted(one)) for one in found)
    are = "are" if len(found) == 1 else "are each"
    return Condition(
        "if these are independent experiments",
        f" This holds only if {which}, which share a day, {are} independent experiments.",
    )


def _experiments(contrast: Contrast) -> list[list[object]]:
    """The experiments that entered, of each group of arms."""
    parts = [list(part.by_experiment.index) for part in contrast.parts]
    return parts or [list(contrast.values.index)]


def size(result: FindingResult, test: ClaimResult, design: Design, level: str = "") -> str:
    """The difference of a test: "10 % of the untreated level", "3.0 points above it".

    `level` is what the other arm's level is called, where the sentence has named that arm.
    """
    level = level or level_of_comparator(design, *arms_of(test, design))
    bound = _BOUNDS[test.relation]
    if result.endpoint.is_ratio:
        percent = 100 * float(np.exp(test.contrast.estimate))
        decimals = number_formats.decimals_of(percent)
        return f"{bound}{number_formats.bounded(percent, decimals, test.relation)} % of {level}"
    points = test.contrast.estimate
    direction = "above" if points >= 0 else "below"
    size = in_points(result.endpoint, abs(points))
    return f"{bound}{size} {unit_of_points(result.endpoint)} {direction} {level}"


def in_points(endpoint: Endpoint, value: float, *, sign: bool = False) -> str:
    """A difference that is no ratio: percentage points with one decimal, others with two digits."""
    if endpoint.unit == PERCENTAGE_POINTS:
        return number_formats.points(value, sign=sign)
    text = number_formats.significant(value)
    return f"+{text}" if sign and value > 0 else text


def unit_of_points(endpoint: Endpoint) -> str:
    """The unit of such a difference in sentences."""
    return "points" if endpoint.unit in ("", PERCENTAGE_POINTS) else endpoint.unit


def change(result: FindingResult, test: ClaimResult, design: Design) -> str:
    """The change of a test: "+3.0 points", "120 % of the untreated level"."""
    if result.endpoint.is_ratio:
        return size(result, test, design)
    value = in_points(result.endpoint, result.estimate.value, sign=True)
    return f"{value} {unit_of_points(result.endpoint)}"


def amount(result: FindingResult, sign: float) -> str:
    """How far the arm is above (sign 1) or below (-1) the other: "28 points", "2.5-fold"."""
    value = result.estimate.value
    if result.endpoint.is_ratio:
        return f"{number_formats.significant(value if sign > 0 else 1 / value)}-fold"
    return f"{in_points(result.endpoint, sign * value)} {unit_of_points(result.endpoint)}"


def level_of_comparator(design: Design, arm: Arm, other: Arm) -> str:
    """The level of the other arm: "the level with DEX", "the untreated level"."""
    if not same_setting(arm, other):
        return f"the level in {design.display_label(other)}"
    treatment = design.treatment(other)
    return "the untreated level" if treatment == UNTREATED else f"the level with {treatment}"


def in_two_places(
    result: FindingResult, arm: Arm, other: Arm, verb: str, design: Design
) -> str | None:
    """The sentence about two arms with the same treatment in different places; else None.

    "With DEX, IL-6 was lower in U266 cells on HS-5 than in HS-5 alone, at 34 % of the level there".
    """
    if same_setting(arm, other) or arm.levels != other.levels:
        return None
    treatment = design.treatment(arm)
    given = "Untreated" if treatment == UNTREATED else f"With {treatment}"
    test = deciding_test(result)
    at = ", at" if result.endpoint.is_ratio and not test.relation else ":"
    return (
        f"{given}, {result.subject} was {verb} in {design.cells_and_setting(arm)} than in "
        f"{design.cells_and_setting(other)}{at} {size(result, test, design, 'the level there')} "
        f"({interval_of_size(result)})."
    )


def comparator(design: Design, arm: Arm, other: Arm) -> str:
    """The other arm after "than": "with DEX", "in control DEX"."""
    if same_setting(arm, other):
        return f"with {design.treatment_given(other)}"
    return f"in {design.display_label(other)}"
