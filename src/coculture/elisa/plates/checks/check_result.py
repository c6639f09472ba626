"""The answer of one check of a standard curve, as curve.json holds it."""

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

from coculture.exchange.flags import Concerns, Flag

Verdict = Literal["pass", "fail", "warning", "not judged"]


@dataclass(frozen=True)
class CheckResult:
    """The number that a check found, its limit, and the verdict.

    Attributes
    ----------
    code
        The code of the check's flag.
    check
        The name of the check in words.
    number, limit, unit
        The number found and the limit it is compared with; None where there is none.
    verdict
        pass; fail: the analyte fails on this plate; warning: the curve is used, with a flag; not
        judged: the plate has nothing to judge.
    explanation
        What the number means, as a sentence.
    warning
        The sentence of the flag, with its numbers and what to do; empty without a warning, and for
        failures of which the number says enough.
    """

    code: str
    check: str
    number: float | None
    limit: float | None
    unit: str
    verdict: Verdict
    explanation: str
    warning: str = ""

    def summary(self) -> str:
        """Why it fails: its sentence, or the number with its limit.

        >>> CheckResult("controls", "controls", 50.0, 200 / 3, "%", "fail", "").summary()
        'controls: 50 %, limit 66.7 %'
        """
        if self.warning:
            return self.warning.rstrip(".")
        number, limit = (
            "none" if value is None else f"{value:.3g} {self.unit}"
            for value in (self.number, self.limit)
        )
        return f"{self.check}: {number}, limit {limit}"

    def flag(self, concerns: Concerns) -> Flag:
        """The warning as a flag of the curve that `concerns` names."""
        return Flag(
            concerns,
            self.code,
            "caution",
            self.warning,
            math.nan if self.number is None else self.number,
            math.nan if self.limit is None else self.limit,
            self.unit,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def finite(value: float) -> float | None:
    """`value`, or None where it is no number, which JSON cannot hold."""
    return float(value) if math.isfinite(value) else None
