"""Parts of sentences that several kinds of findings use."""

import numpy as np

from coculture.comparison import number_formats
from coculture.comparison.design.arms import UNTREATED, Arm, Design, same_setting
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.findings.claims import ClaimResult
from coculture.comparison.findings.finding_result import FindingResult
from coculture.comparison.settings import Finding
from coculture.comparison.statistics.contrasts import BETWEEN
from coculture.exchange.vocabulary import SHOWN_ALONE, listed

PERCENTAGE_POINTS = "percentage points"
_BOUNDS = {"<=": "at most ", ">=": "at least ", "": ""}


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
    return f" The pooled-error analysis disagrees: {result.pooled}."


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

    With `sign` the limits are in that direction (1 above, -1 below), like those of `amount`;
    without it they have their own signs, and ratios are in percent.
    """
    confidence = f"{100 * result.estimate.confidence:.0f} % CI"
    limits = (result.estimate.lower, result.estimate.upper)
    unit = ""
    if not result.endpoint.is_ratio:
        turned = sorted((sign or 1.0) * limit for limit in limits)
        low, high = (in_points(result.endpoint, limit) for limit in turned)
    elif sign is None:
        low, high = (number_formats.significant(100 * limit) for limit in limits)
        unit = " %"
    else:
        folds = sorted(limit if sign > 0 else 1 / limit for limit in limits)
        low, high = (number_formats.significant(limit) for limit in folds)
    n = number_formats.experiments(*deciding_test(result).contrast.n_each)
    return f"{confidence} {low} to {high}{unit}, {n}"


def interval_of_size(result: FindingResult) -> str:
    """As `interval`, in the direction that `size` names."""
    below = not result.endpoint.is_ratio and deciding_test(result).contrast.estimate < 0
    return interval(result, -1.0 if below else None)


def size(result: FindingResult, test: ClaimResult, design: Design) -> str:
    """The difference of a test: "10 % of the untreated level", "3.0 points above it"."""
    level = level_of_comparator(design, *arms_of(test, design))
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


def comparator(design: Design, arm: Arm, other: Arm) -> str:
    """The other arm after "than": "with DEX", "in control DEX"."""
    if same_setting(arm, other):
        return f"with {design.treatment_given(other)}"
    return f"in {design.display_label(other)}"
