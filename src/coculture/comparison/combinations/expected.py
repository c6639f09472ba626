"""The effect of two drugs together that three references expect from each alone.

Effects are fractions: 0 as untreated, 1 the whole effect, such as (x - u) / (100 - u) of a percent.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coculture.comparison.doses.dose_curve import DoseCurve

Floats = NDArray[np.float64]

_TOLERANCE = 1e-13
"""Of an effect: far below what is printed, so that the place of the root is the same everywhere."""


def bliss(first: ArrayLike, second: ArrayLike) -> Floats:
    """Bliss independence: the effects of drugs that act independently, of any shape.

    C. I. Bliss, Ann. Appl. Biol. 26 (1939) 585: what one drug leaves is left again by the other,
    a + b - a b.

    >>> float(bliss(0.5, 0.4))
    0.7
    """
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    return np.asarray(a + b - a * b)


def highest_single_agent(first: Floats, second: Floats) -> Floats:
    """The effect of the agent that has the higher mean effect over all experiments.

    The higher one of each experiment would be too high by its own error. J. Berenbaum, Pharmacol.
    Rev. 41 (1989) 93, of one agent against the better of its parts.

    Parameters
    ----------
    first, second
        Effects, experiments x dose pairs; NaN in both where an experiment lacks one of them.
    """
    both = np.isfinite(first) & np.isfinite(second)
    number = np.maximum(both.sum(axis=0), 1)
    means = [np.where(both, one, 0.0).sum(axis=0) / number for one in (first, second)]
    return np.where(means[1] > means[0], second, first)


def loewe(dose: float, other_dose: float, curve: DoseCurve, other: DoseCurve) -> float:
    """Loewe additivity: the effect of drugs that act as doses of one another.

    S. Loewe and H. Muischnek, Arch. Exp. Pathol. Pharmakol. 114 (1926) 313: the effect e at which
    d1 / D1(e) + d2 / D2(e) = 1, where D(e) is the dose of one drug alone that has the effect e. It
    does not exist where e would be beyond the plateau of one of the drugs, whose D(e) is infinite.

    Parameters
    ----------
    dose, other_dose
        Above 0.
    curve, other
        Of each drug alone, of effects that rise from about 0.

    Returns
    -------
    The effect; NaN where there is none, or without a curve of either drug.
    """
    from scipy.optimize import brentq  # to read a study needs no optimiser

    curves = (curve, other)
    if any(not one.is_fitted or one.direction < 0 for one in curves):
        return float("nan")
    lowest = max(one.plateau_at_zero for one in curves)
    highest = min(one.plateau for one in curves)

    given = np.array([dose, other_dose])

    def excess(effect: float) -> float:
        """The sum of the doses over those needed, less 1: above 0 below the root."""
        needed = np.array([float(one.dose_at(effect)) for one in curves])
        with np.errstate(divide="ignore"):
            return float((given / needed).sum()) - 1.0

    # Just inside the plateaus, at which a dose is 0 or infinite.
    inside = _TOLERANCE * max(highest - lowest, 0.0)
    low, high = lowest + inside, highest - inside
    if not low < high or excess(low) < 0 or excess(high) > 0:
        return float("nan")
    return float(brentq(excess, low, high, xtol=_TOLERANCE, rtol=1e-14))
