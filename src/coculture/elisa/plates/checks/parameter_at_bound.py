"""Whether the fit stopped at a bound of its search."""

from collections.abc import Iterator

from coculture.curves.fitted_curve import FittedCurve
from coculture.elisa.plates.checks.check_result import CheckResult

_NAMES = {"b": "slope", "c": "mid-point", "g": "asymmetry"}


def results(curve: FittedCurve) -> Iterator[CheckResult]:
    """A warning for each parameter at a bound."""
    for parameter in curve.at_bound:
        name = _NAMES[parameter]
        yield CheckResult(
            f"{name.replace('-', '_')}_at_bound",
            f"{name} at the bound of the search",
            1,
            0,
            "parameters",
            "warning",
            "Parameters at which the search for the best fit stopped at a bound.",
            f"The standards do not determine the {name}: the search for the best fit stopped at "
            "its bound. Look at the figure of the curve.",
        )
