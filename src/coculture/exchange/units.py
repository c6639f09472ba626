"""The units of numbers and doses: their spellings, and how the heading of a column gives them."""

import re
from dataclasses import dataclass

PERCENT = "%"
"""A part of a count: from 0 to 100."""
OF_CONTROL = "% of control"
FRACTION = "fraction"
ARBITRARY = "a.u."
CELLS = "cells"

_SPELLINGS = {
    PERCENT: ("%", "percent", "pct"),
    OF_CONTROL: ("% of control", "percent of control", "% control", "percent control"),
    FRACTION: ("fraction",),
    "pg/mL": ("pg/ml", "pg ml"),
    "ng/mL": ("ng/ml", "ng ml"),
    "µg/mL": ("ug/ml", "ug ml", "µg/ml"),
    "mg/mL": ("mg/ml", "mg ml"),
    "U/mL": ("u/ml", "u ml"),
    "IU/mL": ("iu/ml", "iu ml"),
    CELLS: ("cells",),
    "cells/mL": ("cells/ml", "cells per ml"),
    "cells/µL": ("cells/ul", "cells per ul", "cells/µl"),
    "cells/well": ("cells/well", "cells per well"),
    "cells/bead": ("cells/bead", "cells per bead"),
    "RLU": ("rlu",),
    "RFU": ("rfu",),
    "OD": ("od",),
    ARBITRARY: ("a.u.", "au", "mfi"),
    "fold": ("fold",),
}
"""Each unit with the ways in which people write it: capitals do not matter, "_" is a space."""
_EXACT = {"pM": ("pM",), "nM": ("nM",), "µM": ("uM", "µM"), "mM": ("mM",)}
"""Units whose capitals matter: nm is not nM."""
_BY_SPELLING = {
    **{spelt: unit for unit, ways in _SPELLINGS.items() for spelt in ways},
    **{spelt: unit for unit, ways in _EXACT.items() for spelt in ways},
}
NEVER_NEGATIVE = frozenset(
    unit for unit in (*_SPELLINGS, *_EXACT) if "/" in unit or unit in (CELLS, *_EXACT)
)
"""Concentrations and numbers of cells."""
KNOWN = tuple(unit for unit in (*_SPELLINGS, *_EXACT) if unit != FRACTION)
"""Those that can be used; fractions have to be written as percents."""
_OF_SOME_CONTROL = re.compile(
    r"(?:%|percent|pct)\s*(?:of\s+)?.*"
    r"(?:ctrl|control|untreated|vehicle|dmso|mock|scr(?:ambled)?\b|parental|baseline|\bnt\b)",
    re.IGNORECASE,
)
"""A percent of a control that has a name: % of siCtrl DMSO."""
_MICRO = re.compile(r"^[uμ](?=(?:g|L|l|M|mol|U|IU)(?:\b|/))")
"""A "u" or a Greek mu in place of the micro sign."""
_IN_BRACKETS = re.compile(r"^(?P<name>.*\S)\s*[(\[](?P<unit>[^()\[\]]+)[)\]]$")


@dataclass(frozen=True)
class NameAndUnit:
    """An endpoint and its unit, as the heading of a column gives them."""

    name: str
    unit: str


def canonical(written: str) -> str:
    """A unit in the one spelling that the results have; one that is not known stays as it is.

    >>> canonical("percent"), canonical("pg/ml"), canonical("ug/mL"), canonical("µg/mL")
    ('%', 'pg/mL', 'µg/mL', 'µg/mL')
    >>> canonical("nM"), canonical("uM"), canonical("umol/L"), canonical("arcsec")
    ('nM', 'µM', 'µmol/L', 'arcsec')
    """
    return _known(written) or _MICRO.sub("µ", written.strip())


def of_heading(heading: str) -> NameAndUnit | None:
    """The endpoint and its unit, or None if the heading has no unit that is known here.

    The unit is at the end, in brackets or after "_", or it is a percent sign at either end.

    >>> of_heading("viability_percent"), of_heading("IL-6 (pg/mL)")
    (NameAndUnit(name='viability', unit='%'), NameAndUnit(name='IL-6', unit='pg/mL'))
    >>> of_heading("% viable"), of_heading("ATP_percent_of_control")
    (NameAndUnit(name='viable', unit='%'), NameAndUnit(name='ATP', unit='% of control'))
    >>> of_heading("Viability (% of siCtrl DMSO)")
    NameAndUnit(name='Viability', unit='% of control')
    >>> of_heading("passage")
    """
    bracketed = _IN_BRACKETS.fullmatch(heading)
    if bracketed:
        unit = _known(bracketed["unit"])
        return NameAndUnit(bracketed["name"], unit) if unit else None
    if heading.startswith("%") or heading.endswith("%"):
        name = heading.strip("% ")
        return NameAndUnit(name, PERCENT) if name else None
    parts = heading.split("_")
    # The longest ending first: cells_per_ml is not mL.
    for start in range(1, len(parts)):
        unit = _known("_".join(parts[start:]))
        if unit:
            return NameAndUnit("_".join(parts[:start]), unit)
    return None


def of_dose(written: str, column: str) -> str:
    """The unit of doses: as `written`, else what the heading of their column says.

    >>> of_dose("ug/mL", "toc"), of_dose("", "dex_nM"), of_dose("", "dex")
    ('µg/mL', 'nM', '')
    """
    if written:
        return canonical(written)
    measured = of_heading(column)
    return measured.unit if measured else ""


def _known(written: str) -> str | None:
    text = " ".join(written.replace("_", " ").replace("μ", "µ").split())
    found = _BY_SPELLING.get(text) or _BY_SPELLING.get(text.lower())
    return found or (OF_CONTROL if _OF_SOME_CONTROL.fullmatch(text) else None)
