"""The result of one finding: its verdict, and what the verdict is based on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.findings.claims import ClaimResult, Outcome
from coculture.comparison.findings.correction import Correction
from coculture.comparison.settings import Finding
from coculture.comparison.statistics.contrasts import BETWEEN, Contrast
from coculture.exchange.vocabulary import (
    NOT_SHOWN,
    NOT_TESTABLE,
    SHOWN,
    SHOWN_ALONE,
    Verdict,
)

_DECISIVE_OUTCOME: dict[Verdict, Outcome] = {
    SHOWN: "holds",
    NOT_SHOWN: "fails",
    NOT_TESTABLE: "untestable",
}


@dataclass(frozen=True)
class Estimate:
    """The number of a finding with its interval.

    `relation` is "<=" or ">=" if the number is only a bound; `confidence` is a fraction.
    """

    value: float
    lower: float
    upper: float
    confidence: float
    unit: str
    relation: str = ""

    @classmethod
    def missing(cls, unit: str = "") -> "Estimate":
        """No number."""
        nothing = float("nan")
        return cls(nothing, nothing, nothing, nothing, unit)


@dataclass(frozen=True)
class FindingResult:
    """The result of one finding.

    Attributes
    ----------
    own_verdict
        By its own tests, before any correction: shown, not shown or not testable.
    tests
        The results of all of its tests, in their order; empty if none could be made.
    deciding
        The test with the largest p relative to its level; None if the finding is not testable.
    sentence
        The result in one sentence.
    reason
        Which tests hold or fail, or why it is not testable.
    pooled
        The verdict of the pooled-error analysis, without correction; empty if it has none.
    second_estimate
        A number that is shown beside the estimate; None if its kind has none.
    correction
        For the other findings of its family; None until all of them are known.
    condition
        What the verdict "shown" depends on or is limited to, as it continues it: "for these 2
        donors", "if these are independent experiments"; empty for none.
    """

    finding: Finding
    endpoint: Endpoint
    own_verdict: Verdict
    tests: tuple[ClaimResult, ...]
    deciding: ClaimResult | None
    estimate: Estimate
    reason: str
    advice: str
    pooled: str
    sentence: str = ""
    second_estimate: Estimate | None = None
    correction: Correction | None = None
    condition: str = ""

    @property
    def verdict(self) -> Verdict:
        """The verdict after the correction for the other findings of its family."""
        corrected = self.correction is None or self.correction.holds
        return self.own_verdict if not self.is_shown or corrected else SHOWN_ALONE

    @property
    def is_shown(self) -> bool:
        """Whether it holds by its own tests, with or without the correction."""
        return self.own_verdict == SHOWN

    @property
    def verdict_in_words(self) -> str:
        """The verdict with what the correction adds to it."""
        if self.correction is None or self.verdict != SHOWN_ALONE:
            return self.verdict
        return f"{self.verdict}; {self.correction.not_after}"

    @property
    def ratio(self) -> float:
        """The largest p / level of its tests; infinite if it is not testable."""
        return self.deciding.p / self.deciding.claim.level if self.deciding else float("inf")

    @property
    def subject(self) -> str:
        """What its numbers are of, in sentences: a difference of logits is a ratio of odds."""
        return f"{'the odds of ' if self.endpoint.is_odds else ''}{self.finding.subject}"

    @property
    def n(self) -> int:
        """The smallest number of experiments in any of the tests."""
        return min((test.contrast.n for test in self.tests), default=0)

    @property
    def between(self) -> list[ClaimResult]:
        """The tests that were made between experiments."""
        tested = (test for test in self.tests if test.outcome != "untestable")
        return [test for test in tested if test.contrast.is_between]

    @property
    def compared(self) -> str:
        """The label of a comparison between experiments, if one of the tests is one."""
        return BETWEEN if self.between else ""

    @property
    def n_each(self) -> tuple[int, ...]:
        """The experiments of each group of arms in the comparison between experiments with the
        fewest; else only the number of experiments in the test with the fewest."""
        groups = [test.contrast.n_each for test in self.tests if test.contrast.is_between]
        return min(groups, key=min, default=(self.n,))

    @property
    def fewest(self) -> Contrast | None:
        """The contrast with the fewest independent units; None if there are no tests."""
        contrasts = [test.contrast for test in self.tests]
        return min(
            contrasts,
            key=lambda one: min((each.units for each in one.replication), default=0),
            default=None,
        )

    @property
    def n_donors(self) -> int:
        """The smallest number of donors in any of the tests; 0 if they are not known."""
        return min((test.contrast.n_donors for test in self.tests), default=0)

    @property
    def unit(self) -> str:
        """What was tested: experiments or donors; empty without tests."""
        return "" if self.fewest is None else self.fewest.unit

    @property
    def pooled_disagrees(self) -> bool:
        """Whether the pooled-error analysis has another verdict."""
        return self.pooled not in ("", self.own_verdict)

    def decides(self, test: ClaimResult) -> bool:
        """Whether `test` is one of those that its own verdict is based on."""
        return test.outcome == _DECISIVE_OUTCOME[self.own_verdict]

    def part(self, name: str) -> ClaimResult:
        """The test of one part of the finding, which must have one test only."""
        (test,) = (one for one in self.tests if one.claim.part == name)
        return test


def verdict_of(tests: Sequence[ClaimResult]) -> Verdict:
    """The verdict: shown if every test holds (intersection-union).

    R. L. Berger, Technometrics 24 (1982) 295: each test at its full level, without correction. One
    test that fails is enough for "not shown", unless it fails only because of wells outside the
    range.
    """
    outcomes = {test.outcome for test in tests}
    if any(test.outcome == "fails" and not test.undecided for test in tests):
        return NOT_SHOWN
    if "untestable" in outcomes:
        return NOT_TESTABLE
    return NOT_SHOWN if "fails" in outcomes else SHOWN


def pooled_verdict_of(tests: Sequence[ClaimResult]) -> str:
    """The verdict of the pooled-error analysis; empty if a test has no p in it."""
    if not tests or np.isnan([test.pooled_p for test in tests]).any():
        return ""
    return SHOWN if all(test.pooled_p <= test.claim.level for test in tests) else NOT_SHOWN
