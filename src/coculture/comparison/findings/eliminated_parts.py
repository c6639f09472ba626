"""The parts of a finding "eliminated": its tests by name, and the direction of the effect."""

from collections.abc import Sequence

from coculture.comparison.findings.claims import ClaimResult
from coculture.comparison.settings import Finding

EFFECT, RESIDUAL = "effect", "residual"
"""The two differences in the config, and the tests of each: an effect is there, and what is left of
it is below the margin."""
REDUCTION, FRACTION = "reduction", "residual_fraction"
"""Tests of both: the residual is smaller than the effect, and below a fraction of it."""
RESCUE = "rescue"
"""Test that with the rescuer the treated arm is past the middle between treated and untreated. The
middle, because "better than treated" still passes where 25 % are rescued; it takes .001 of power
where all is rescued and .006 where 72 % is (simulated, 3 to 6 experiments)."""
BASELINE = "baseline"
"""No test of the finding: that the rescuer itself moves the untreated arm as the treatment does."""
DIRECTION = "effect_is"
SIGNS = {"raised": 1.0, "lowered": -1.0}


def part_of(part: str, tests: Sequence[ClaimResult]) -> ClaimResult:
    """The test of one part."""
    return next(test for test in tests if test.claim.part == part)


def sign_of(finding: Finding) -> float:
    """1 if the effect raises the endpoint, -1 if it lowers it."""
    return SIGNS[finding.options.get(DIRECTION, "raised")]
