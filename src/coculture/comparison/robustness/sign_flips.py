"""Each test of a finding as a sign-flip test, which does not need a normal distribution."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coculture.comparison.findings.claims import ClaimResult
from coculture.comparison.statistics.sign_flips import floor, sign_flip_p
from coculture.exchange.alternatives import Alternative

CHOICE = "test"
NAME = "the sign-flip test"


@dataclass(frozen=True)
class SignFlips:
    """The sign-flip tests of a finding.

    Attributes
    ----------
    p, level
        Of the test with the largest p relative to its level; NaN without tests.
    holds
        Whether every test holds.
    note
        The smallest p that the number of experiments can give.
    """

    alternative: Alternative
    p: float = float("nan")
    level: float = float("nan")
    holds: bool | None = None
    note: str = ""


def sign_flips(tests: Sequence[ClaimResult]) -> SignFlips:
    """The tests of a finding, each with the values of its experiments, or donors."""
    if not tests or any(test.outcome == "untestable" for test in tests):
        return SignFlips(Alternative(NAME, CHOICE, "the finding is not testable as configured"))
    if any(test.contrast.is_between for test in tests):
        why = "it needs the difference inside each experiment, and some arms share none"
        return SignFlips(Alternative(NAME, CHOICE, why))
    if any(len(test.contrast.units) > 1 for test in tests):
        why = "it needs independent values, and donors share experiments"
        return SignFlips(Alternative(NAME, CHOICE, why))
    found = [(_p(test), test.claim.level) for test in tests]
    p, level = max(found, key=lambda one: one[0] / one[1])
    fewest = min(len(test.contrast.tested_values) for test in tests)
    unit = tests[0].contrast.unit
    strictest = min(test.claim.level for test in tests)
    smallest = f"its smallest possible p with {fewest} {unit} is {floor(fewest):.3g}"
    why = f"{smallest}, above the level of {strictest:g}" if floor(fewest) > strictest else ""
    holds = all(one <= of_level for one, of_level in found)
    return SignFlips(Alternative(NAME, CHOICE, why), p, level, holds, "" if why else smallest)


def _p(test: ClaimResult) -> float:
    shifted = test.contrast.shifted(test.claim.margin)
    values = np.asarray(shifted.tested_values, dtype=np.float64)
    return sign_flip_p(values, is_greater=test.claim.side == "greater")
