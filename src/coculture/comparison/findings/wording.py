"""Numbers and arms in words, for sentences that a biologist can quote."""

import math

import numpy as np

from coculture.comparison.design.arms import Arm, Design


def significant(value: float, digits: int = 2) -> str:
    """`value` to so many significant digits, never in powers of ten, true minus sign.

    >>> significant(0.03141), significant(128.4), significant(-2.0)
    ('0.031', '128', '−2.0')
    """
    if np.isnan(value):
        return "not known"
    return f"{value:.{decimals_of(value, digits)}f}".replace("-", "−")


def bounded(value: float, decimals: int, relation: str) -> str:
    """`value` with so many decimals: rounded up where it is a "<=", down where it is a ">=".

    A bound that was rounded the other way would say more than is known.

    >>> bounded(75.58, 0, ">="), bounded(26.32, 0, "<="), bounded(26.32, 0, "")
    ('75', '27', '26')
    """
    steps = round(value * 10**decimals, 9)
    if relation:
        value = (math.ceil(steps) if relation == "<=" else math.floor(steps)) / 10**decimals
    return f"{value:.{decimals}f}".replace("-", "−")


def decimals_of(value: float, digits: int = 2) -> int:
    """How many decimals show so many significant digits."""
    return max(digits - 1 - int(np.floor(np.log10(abs(value)))), 0) if value else 0


def points(value: float, *, sign: bool = False) -> str:
    """Percentage points, one decimal.

    >>> points(-1.04), points(27.96, sign=True)
    ('−1.0', '+28.0')
    """
    if np.isnan(value):
        return "not known"
    rounded = f"{value:+.1f}" if sign else f"{value:.1f}"
    return rounded.replace("-0.0", "0.0").replace("+0.0", "0.0").replace("-", "−")


def probability(p: float) -> str:
    """p as it is printed: two digits, and never as zero.

    >>> probability(0.0123), probability(1e-9)
    ('p = 0.012', 'p < 0.0001')
    """
    return "p < 0.0001" if p < 1e-4 else f"p = {p:.2g}"


def experiments(n: int) -> str:
    """The number of experiments, in words that fit one and many."""
    return f"n = {n} experiment{'' if n == 1 else 's'}"


def place(design: Design, arm: Arm) -> str:
    """The cells, and stroma and hours where the study has several: "il1b cells on HS-5"."""
    words = f"{design.cell_labels.get(arm.cells, arm.cells)} cells"
    if len(design.stromas) > 1:
        words += f" on {arm.stroma}" if arm.stroma else " without stroma"
    if len(design.hours) > 1:
        words += f" at {design.duration(arm)}"
    return words


def given(design: Design, arm: Arm) -> str:
    """The treatment as it fits after "with": "DEX + IL-1Ra", or "no treatment"."""
    return design.treatment(arm) if design.given(arm) else "no treatment"


def capital(sentence: str) -> str:
    """The sentence with its first letter in upper case and the rest as it is."""
    return sentence[:1].upper() + sentence[1:]
