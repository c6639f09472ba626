"""What became of one finding: the verdict, and what it rests on."""

from dataclasses import dataclass

from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.findings.claims import Judged
from coculture.comparison.settings import Finding


@dataclass(frozen=True)
class Estimate:
    """The finding's own number with its interval: a ratio, points, or the part eliminated.

    `relation` is "<=" or ">=" where the number is only a bound.
    """

    value: float
    lower: float
    upper: float
    confidence: float
    unit: str
    relation: str = ""


@dataclass(frozen=True)
class Verdict:
    """What became of one finding.

    `deciding` is the test with the largest p against its level; `pooled` is the verdict had the
    pooled-error analysis decided, "" where it cannot.
    """

    finding: Finding
    endpoint: Endpoint
    verdict: str
    judged: tuple[Judged, ...]
    deciding: Judged | None
    estimate: Estimate
    reason: str
    advice: str
    pooled: str

    @property
    def n(self) -> int:
        """The smallest number of experiments in any of the tests."""
        return min((test.contrast.n for test in self.judged), default=0)
