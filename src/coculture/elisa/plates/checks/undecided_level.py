"""Whether one of the wells of a standard is wrong, and the curve cannot say which."""

from collections.abc import Iterator

from coculture.curves.fitted_curve import FittedCurve
from coculture.elisa.plates.checks.check_result import CheckResult
from coculture.elisa.plates.concentrations import pg_ml


def results(curve: FittedCurve) -> Iterator[CheckResult]:
    """A warning that names the standard; only the robust fit asks."""
    level = curve.undecided_level
    if level is None:
        return
    named = pg_ml(level) if level else "zero"
    wells = curve.responses[curve.concentrations == level]
    readings = ", ".join(f"{value:.3g}" for value in wells)
    yield CheckResult(
        "standard_undecided",
        "wells of one standard",
        level,
        None,
        "pg/mL",
        "warning",
        "The standard of which one well is far off the curve, and it is not known which.",
        f"The wells of the standard at {named} disagree ({readings}), and the other standards do "
        "not say which is right. All are kept; this standard is no limit of quantification. "
        "Exclude the wrong well in elisa.csv if you know it.",
    )
