"""The weakest p of a finding when one experiment is left out; one donor, where donors are tested.

It is printed and not counted: it measures how thin the evidence is, and fails for half of sound
findings with four experiments (../shared/measured/evidence.md, section 5).
"""

from collections.abc import Sequence
from dataclasses import dataclass

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
    """The experiment, or donor, without which the evidence is weakest.

    `p` and `level` are those of the test with the largest p relative to its level; NaN where none
    could be made.
    """

    alternative: Alternative
    p: float = float("nan")
    level: float = float("nan")

    @property
    def holds(self) -> bool | None:
        """Whether the finding holds without it; None if that cannot be tested."""
        return None if np.isnan(self.p) else self.p <= self.level


def weakest(tests: Sequence[ClaimResult]) -> list[WithoutExperiment]:
    """The experiment, or donor, whose loss weakens the finding most.

    Both where donors share experiments: without a donor, or without an experiment, are two
    questions. None if no test could be made without.
    """
    tested = [test for test in tests if test.outcome != "untestable"]
    if not tested or len(tested) < len(tests) or any(test.contrast.is_between for test in tested):
        return []
    share = any(len(test.contrast.units) > 1 for test in tested)
    kinds = [kind for kind in _KINDS if all(kind in test.contrast.units for test in tested)]
    found = [_weakest(tested, kind) for kind in kinds]
    return [one for one in found if share or one.holds is not None]


_KINDS = ("experiments", "donors")


def _weakest(tests: Sequence[ClaimResult], kind: str) -> WithoutExperiment:
    number = min(test.contrast.units[kind].nunique() for test in tests)
    if number < FEWEST:
        why = f"with {number} {kind}, {number - 1} would remain, of which nothing is claimed"
        return WithoutExperiment(Alternative(f"one of the {kind} left out", CHOICE, why))
    names = dict.fromkeys(name for test in tests for name in test.contrast.units[kind])
    found = []
    for name in names:
        left = [test.contrast.without(test.contrast.units[kind] == name) for test in tests]
        pairs = list(zip(left, tests, strict=True))
        # Without the only experiment of a donor there may be too few donors to test them.
        if any(one.unit != test.contrast.unit for one, test in pairs):
            continue
        of_tests = [(_p(one, test), test) for one, test in pairs]
        p, test = max(of_tests, key=lambda one: one[0] / one[1].claim.level)
        found.append((p / test.claim.level, name, p, test))
    if not found:
        why = "without any of them too few donors remain"
        return WithoutExperiment(Alternative(f"one of the {kind} left out", CHOICE, why))
    _, name, p, test = max(found, key=lambda one: one[0])
    alternative = Alternative(f"{kind.removesuffix('s')} {name} left out", CHOICE, WHY)
    return WithoutExperiment(alternative, p, test.claim.level)


def _p(left: Contrast, test: ClaimResult) -> float:
    """The p of a test of what is left."""
    shifted = left.shifted(test.claim.margin)
    if not shifted.varies:
        return 1.0
    return shifted.p_less if test.claim.side == "less" else shifted.p_greater
