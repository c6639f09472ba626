"""Whether a standard well lies so far off the curve that the robust fit leaves it out."""

from collections.abc import Iterator

from coculture.elisa.plates.checks import subjects
from coculture.elisa.plates.checks.curve_data import WellData
from coculture.elisa.plates.standard_levels import offered_wells
from coculture.exchange.flags import Flag

LIMIT_PERCENT = 10
"""Of the usual weight; a well that the robust fit leaves out has none."""


def flags(data: WellData) -> Iterator[Flag]:
    """A caution for each standard well that is not used."""
    curve = data.curve
    if curve is None:
        return
    standards = offered_wells(data.standards, curve)
    for position in curve.left_out:
        row = standards.iloc[position].to_dict()
        found = curve.responses[position]
        expected = float(curve.response(curve.concentrations[[position]])[0])
        yield Flag(
            subjects.well(row),
            "outlier",
            "caution",
            f"This standard is an outlier and has no weight in the fit: it reads {found:.3g}, and "
            f"the curve through the others {expected:.3g} there. Look for the cause.",
            0.0,
            LIMIT_PERCENT,
            "%",
        )
