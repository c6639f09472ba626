"""Two drugs crossed at four doses each, with a known excess over Bliss independence."""

from collections.abc import Sequence
from functools import cache
from itertools import product
from typing import Any

from tests.comparison.doses.dose_studies import DoseStudy
from tests.comparison.small_studies import Row, joined

FIRST = {"name": "BTZ", "column": "btz_nM", "unit": "nM", "untreated": 0}
SECOND = {"name": "LEN", "column": "len_uM", "unit": "µM", "untreated": 0}
BTZ, LEN = (0, 1, 3, 10, 30), (0, 1, 4, 16, 64)
EFFECTS = {"btz_nM": (0.8, 1.2, 5.0), "len_uM": (0.6, 1.0, 6.0)}
"""Plateau, slope and EC50 of the effect above untreated."""
UNTREATED = 12.0


def true_effect(arm: Row, column: str) -> float:
    """Of one drug alone, as a fraction."""
    top, slope, middle = EFFECTS[column]
    dose = float(arm[column])
    return float(top * dose**slope / (dose**slope + middle**slope))


def _percent(arm: Row, excess: float) -> float:
    a, b = true_effect(arm, "btz_nM"), true_effect(arm, "len_uM")
    both = a + b - a * b + (excess if a and b else 0.0)
    return UNTREATED + (100 - UNTREATED) * both


def crossed_study(
    excess: float = 0.0,
    first: Sequence[int] = BTZ,
    second: Sequence[int] = LEN,
    findings: Sequence[dict[str, Any]] = (),
) -> DoseStudy:
    """Four experiments with all pairs of doses; both drugs together exceed Bliss by `excess`."""
    return DoseStudy(
        *joined(
            [{"btz_nM": btz, "len_uM": len_} for btz, len_ in product(first, second)],
            [FIRST, SECOND],
            {"findings": list(findings)},
            percent=lambda arm: _percent(arm, excess),
            il6=lambda arm: 400 * (1 - 0.9 * (_percent(arm, excess) - UNTREATED) / 100),
        )
    )


kept = cache(crossed_study)
"""The same once for all tests; its arguments must be tuples."""
