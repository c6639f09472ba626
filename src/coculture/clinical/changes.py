"""Each patient's exact percent change from on study to six months, and the M-protein response."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd

PER_G_PER_DL = {"": 1, "g/dl": 1, "g/l": 10, "mg/dl": 1_000, "mg/l": 10_000}
"""The units that are read for M-protein, lower case, each with its number in 1 g/dL.

No unit means g/dL.
"""
M_PROTEIN_NAMES = ("mprotein", "mspike", "serummprotein", "serummspike", "paraprotein")
LARGEST_CHANGE_PERCENT = 10**15
"""Larger changes are not given, because floats above this cannot hold every whole percent."""


def percent_change(on_study: float, month_6: float) -> Fraction:
    """Exact percent change between two decimal numbers.

    >>> float(percent_change(2.8, 2.7)).__round__(3)
    -3.571
    """
    before, after = as_written(on_study), as_written(month_6)
    return 100 * (after - before) / before


def changes_of(rows: pd.DataFrame) -> pd.DataFrame:
    """The table clinical/changes.csv, in the order of `rows`."""
    changed = []
    values = rows[["on_study", "month_6", "printed_change"]].to_numpy(dtype=float)
    names = rows[["patient", "analyte", "unit", "selected_on"]].to_numpy(dtype=str)
    for (patient, analyte, unit, selected_on), (on_study, month_6, printed) in zip(
        names, values, strict=True
    ):
        measured = not np.isnan([on_study, month_6]).any()
        change = percent_change(on_study, month_6) if measured and on_study != 0 else None
        too_large = change is not None and abs(change) > LARGEST_CHANGE_PERCENT
        change = None if too_large else change
        rounded = _half_away_from_zero(change) if change is not None else None
        truncated = math.trunc(change) if change is not None else None
        changed.append(
            {
                "patient": patient,
                "analyte": analyte,
                "unit": unit,
                "on_study": on_study,
                "month_6": month_6,
                "change_percent": np.nan if change is None else float(change),
                "change_rounded": pd.NA if rounded is None else rounded,
                "change_truncated": pd.NA if truncated is None else truncated,
                "printed_change": printed,
                "printed_agrees": _agreement(printed, rounded, truncated),
                "response_by_m_protein": _response(analyte, unit, on_study, month_6, change),
                "selected_on": selected_on,
                "note": ""
                if change is not None
                else "a value is missing"
                if not measured
                else "the percent change is too large for a number"
                if too_large
                else "no percent change from zero",
            }
        )
    whole = {"change_rounded": "Int64", "change_truncated": "Int64"}
    return pd.DataFrame(changed).astype(whole)


def as_written(value: float) -> Fraction:
    """The decimal number that a float was read from: 0.1 is one tenth."""
    return Fraction(repr(float(value)))


def _half_away_from_zero(change: Fraction) -> int:
    """The nearest whole number, halves away from zero, as publications round."""
    return math.trunc(change + Fraction(1 if change > 0 else -1, 2))


def _agreement(printed: float, rounded: int | None, truncated: int | None) -> str:
    if np.isnan(printed):
        return ""
    if printed == rounded:
        return "rounded"
    return "truncated" if printed == truncated else "no"


def is_m_protein(analyte: str) -> bool:
    """Whether an analyte is serum M-protein, by any of its usual names."""
    return "".join(filter(str.isalnum, analyte.lower())) in M_PROTEIN_NAMES


def _response(
    analyte: str, unit: str, on_study: float, month_6: float, change: Fraction | None
) -> str:
    """Response by serum M-protein alone; the other parts of the criteria are not assessed.

    Minor response: a fall of 25 to 49 %; partial: 50 % or more; progression: a rise of 25 % or
    more and of at least 0.5 g/dL (B. G. M. Durie et al., Leukemia 20 (2006) 1467; S. V. Rajkumar
    et al., Blood 117 (2011) 4691).
    """
    if change is None or not is_m_protein(analyte):
        return ""
    rise = as_written(month_6) - as_written(on_study)
    g_per_dl = rise / PER_G_PER_DL[unit.strip().lower()]
    if change <= -50:
        return "partial response"
    if change <= -25:
        return "minor response"
    if change >= 25 and g_per_dl >= Fraction(1, 2):
        return "progression"
    return "stable"
