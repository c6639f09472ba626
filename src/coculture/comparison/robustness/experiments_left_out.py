"""The weakest p of a finding when one experiment is left out; one donor, where donors are tested.

It is printed and not counted: it measures how thin the evidence is, and fails for half of sound
findings with four experiments (../shared/measured/evidence.md, section 5).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from coculture.comparison.findings.claims import ClaimResult
from coculture.comparison.statistics.contrasts import Contrast
from coculture.exchange.alternatives import Alternative

CHOICE = "experiment_left_out"
FEWEST = 4
"""With three, two would remain, and nothing is claimed of two."""
WHY = "with one less the evidence is thinner, which says nothing of the analysis"


@dataclass(frozen=True)
class WithoutExperiment:
    """The experiment without which the evidence is weakest.

    `p` and `level` are those of the test with the largest p relative to its level.
    """

    alternative: Alternative
    p: float
    level: float
    estimate: float


def weakest(tests: Sequence[ClaimResult]) -> WithoutExperiment | None:
    """The experiment whose loss weakens the finding most; None if no test could be made without."""
    tested = [test for test in tests if test.outcome != "untestable"]
    if len(tested) < len(tests) or any(test.contrast.is_between for test in tested):
        return None
    if any(test.contrast.shares_experiments for test in tested):
        return None  # Without a donor, or without an experiment, are two questions.
    if min((len(test.contrast.tested_values) for test in tested), default=0) < FEWEST:
        return None
    names = dict.fromkeys(str(one) for test in tested for one in test.contrast.tested_values.index)
    found = []
    for name in names:
        of_tests = [(_p(_without(test.contrast, name), test), test) for test in tested]
        p, test = max(of_tests, key=lambda one: one[0] / one[1].claim.level)
        found.append((p / test.claim.level, name, p, test))
    _, name, p, test = max(found, key=lambda one: one[0])
    estimate = _without(test.contrast, name).estimate
    unit = test.contrast.unit.removesuffix("s")
    return WithoutExperiment(
        Alternative(f"{unit} {name} left out", CHOICE, WHY), p, test.claim.level, estimate
    )


def _without(contrast: Contrast, name: str) -> Contrast:
    """The contrast of the other experiments, or donors."""
    values = contrast.tested_values.astype(float)
    left = values[values.index.astype(str) != name]
    se = float(left.std(ddof=1) / np.sqrt(len(left)))
    return replace(
        contrast, estimate=float(left.mean()), se=se, df=len(left) - 1.0, values=left, donors={}
    )


def _p(contrast: Contrast, test: ClaimResult) -> float:
    shifted = contrast.shifted(test.claim.margin)
    if not shifted.varies:
        return 1.0
    return shifted.p_less if test.claim.side == "less" else shifted.p_greater
