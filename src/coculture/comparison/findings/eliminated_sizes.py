"""Changes of an effect and its residual in sentences, with their intervals."""

import numpy as np

from coculture.comparison import number_formats
from coculture.comparison.findings import sentences
from coculture.comparison.findings.claims import ClaimResult
from coculture.comparison.findings.finding_result import FindingResult


def size_with_interval(test: ClaimResult, result: FindingResult, sign: float) -> str:
    """The change in points or as a ratio, in the direction of `sign`.

    With its own n if the tests of the finding have different ones.
    """
    differ = len({each.contrast.n_each for each in result.tests}) > 1
    n = f", {sentences.replicates(test.contrast)}" if differ else ""
    ends = [sign * limit for limit in (test.interval if sign > 0 else reversed(test.interval))]
    size = sentences.bound(test.relation, sign) + _size(sign * test.contrast.estimate, result)
    if np.isnan(ends).sum() == 1:
        side, end = ("upper", ends[1]) if np.isnan(ends[0]) else ("lower", ends[0])
        on_scale = float(np.exp(end)) if result.endpoint.is_ratio else end
        limit = sentences.one_sided(result.endpoint, on_scale, side)
        return f"{size} (one-sided {100 * test.confidence:g} % {side} limit {limit}{n})"
    if np.isnan(ends[0]):
        alike = test.contrast.n > 1 and not test.contrast.varies
        return f"{size} ({'the same in every experiment' if alike else 'no interval'}{n})"
    limits = " to ".join(_size(end, result, with_unit=False) for end in ends)
    return f"{size} ({100 * test.claim.confidence:.0f} % CI {limits}{n})"


def _size(value: float, result: FindingResult, *, with_unit: bool = True) -> str:
    """A change on the analysis scale, in points or as a ratio."""
    if result.endpoint.is_ratio:
        return f"{number_formats.significant(float(np.exp(value)))}{'-fold' * with_unit}"
    unit = f" {sentences.unit_of_points(result.endpoint)}" if with_unit else ""
    return f"{sentences.in_points(result.endpoint, value)}{unit}"
