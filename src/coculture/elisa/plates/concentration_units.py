"""Units of concentrations of standards and controls; everything is computed in pg/mL."""

import re
from collections.abc import Mapping

PG_PER_ML = {"pg/mL": 1.0, "ng/mL": 1e3, "ug/mL": 1e6}
"""How many pg/mL are 1 of each unit of mass."""
ACTIVITY = "U/mL"
"""Units of activity (U, IU) are an amount only by a factor that the kit's leaflet states."""
_SPELT = re.compile(r"(?P<unit>[pnuµμ]g|I?U)[\s_/]*m[lL]", re.IGNORECASE)
_PREFIXES = {"p": "pg/mL", "n": "ng/mL", "u": "ug/mL", "µ": "ug/mL", "μ": "ug/mL"}


def unit_in(text: str) -> str | None:
    """The unit in a label or the name of a column; None if there is none.

    >>> unit_in("5 ng/mL"), unit_in("concentration_pg_ml"), unit_in("3 IU/ml"), unit_in("STD 5")
    ('ng/mL', 'pg/mL', 'U/mL', None)
    """
    match = _SPELT.search(text)
    if match is None:
        return None
    spelt = match["unit"].lower()
    return _PREFIXES[spelt[0]] if spelt.endswith("g") else ACTIVITY


def pg_ml_per(unit: str, analyte: str, pg_per_unit: Mapping[str, float]) -> float | None:
    """The factor from a unit to pg/mL; None for U/mL of an analyte without a stated factor.

    >>> pg_ml_per("ng/mL", "IL-6", {}), pg_ml_per("U/mL", "IL-6", {"IL-6": 10.0})
    (1000.0, 10.0)
    """
    return pg_per_unit.get(analyte) if unit == ACTIVITY else PG_PER_ML[unit]
