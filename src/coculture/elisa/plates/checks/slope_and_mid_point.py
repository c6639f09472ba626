"""Whether the standards determine the slope and the mid-point of the curve."""

import math
from collections.abc import Iterator

from coculture.curves.fitted_curve import FittedCurve
from coculture.elisa.plates.checks.check_result import CheckResult

LIMIT = 1.0
"""Largest standard error, as a share of the value: beyond it the value says nothing."""
_NAMES = {"b": "slope", "c": "mid-point"}


def results(curve: FittedCurve) -> Iterator[CheckResult]:
    """A warning for each with a larger standard error; one at a bound has a warning of its own."""
    for parameter, name in _NAMES.items():
        if parameter not in curve.parameters or parameter in curve.at_bound:
            continue
        share = curve.standard_errors[parameter] / curve.parameters[parameter]
        is_identified = share <= LIMIT
        size = f"{share:.2g} times its value" if math.isfinite(share) else "without limit"
        yield CheckResult(
            f"{name.replace('-', '_')}_not_identified",
            name,
            None if math.isnan(share) else share,
            LIMIT,
            "of its value",
            "pass" if is_identified else "warning",
            f"Standard error of the {name}, as a share of its value.",
            ""
            if is_identified
            else f"The standards do not determine the {name}: its standard error is {size} (limit "
            f"{LIMIT:g}). Look at the figure of the curve; add standards where it bends.",
        )
