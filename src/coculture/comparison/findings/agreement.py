"""Findings that sound contradictory and both hold: a change, and that it is below a margin.

"DEX raises apoptosis" and "DEX does not raise apoptosis by 5 points" are both true of a rise by 3.
The sentences then say both.
"""

from collections.abc import Sequence

from coculture.comparison.findings.claims import Claim
from coculture.comparison.findings.finding_result import FindingResult


def bounded_by(claim: Claim, other: Claim) -> bool:
    """Whether `other` limits the change that `claim` is about: it excludes more, or none at all.

    Both are about the same arms, and point in opposite directions.
    """
    if set(claim.weights) != set(other.weights):
        return False
    factors = {other.weights[arm] / weight for arm, weight in claim.weights.items() if weight}
    return factors == ({1.0} if claim.side != other.side else {-1.0})


def limit_of_change(result: FindingResult, results: Sequence[FindingResult]) -> str:
    """A sentence if another finding shows that the change is below its margin; else empty."""
    if not result.is_shown or any(test.claim.margin for test in result.tests):
        return ""
    for other in results:
        if other is result or not other.is_shown or other.endpoint != result.endpoint:
            continue
        if all(
            any(bounded_by(test.claim, one.claim) and one.claim.margin for one in other.tests)
            for test in result.tests
        ):
            change = "rise" if result.tests[0].claim.side == "greater" else "fall"
            margin = other.finding.margin_shown
            return f" The {change} is below {margin} (finding {other.finding.id})."
    return ""
