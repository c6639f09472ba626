"""Margins that are larger than every effect that the study itself shows of the endpoint.

One finding then calls a change an effect that another would call none.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from coculture.comparison.findings.finding_result import FindingResult
from coculture.comparison.number_formats import significant
from coculture.exchange.flags import Concerns, Flag

CODE = "margin_beyond_effects"


def margins_beyond_effects(results: Sequence[FindingResult]) -> Iterator[Flag]:
    """A caution for each such finding that is shown.

    Not without any shown difference on the same scale.
    """
    for result in results:
        margins = {abs(test.claim.margin) for test in result.tests} - {0.0}
        effects = {
            abs(test.contrast.estimate): other.finding.id
            for other in results
            if other.is_shown and other.endpoint.name == result.endpoint.name
            for test in other.tests
            if not test.claim.margin and len(test.claim.weights) == 2
        }
        if not result.is_shown or not margins or not effects:
            continue
        margin, largest = min(margins), max(effects)
        if margin > largest:
            yield _flag(result, margin, largest, effects[largest])


def _flag(result: FindingResult, margin: float, largest: float, other: str) -> Flag:
    endpoint = result.endpoint
    if endpoint.is_ratio:
        size, limit = (f"{significant(float(np.exp(one)))} times" for one in (largest, margin))
    else:
        size, limit = (f"{significant(one)} {endpoint.unit}" for one in (largest, margin))
    return Flag(
        Concerns("comparison/findings.csv", "finding", finding=result.finding.id),
        CODE,
        "caution",
        f"Finding {result.finding.id} calls changes of less than {limit} none, but the largest "
        f"difference that this study shows of {result.subject} is {size} (finding {other}): by "
        "this margin it would be no change, either. State the smallest change that matters.",
        margin,
        largest,
        endpoint.unit,
    )
