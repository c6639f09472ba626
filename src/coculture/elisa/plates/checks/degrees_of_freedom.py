"""Whether wells are left to estimate the scatter from."""

import math
from collections.abc import Iterator

from coculture.curves.fitted_curve import FittedCurve
from coculture.elisa.plates.checks.check_result import CheckResult


def results(curve: FittedCurve) -> Iterator[CheckResult]:
    """A warning where nothing says how far wells scatter, so that no concentration has limits."""
    has_limits = math.isfinite(curve.quantile)
    wells, parameters = len(curve.responses), len(curve.parameters)
    yield CheckResult(
        "no_degrees_of_freedom",
        "degrees of freedom",
        curve.degrees_of_freedom,
        1,
        "wells",
        "pass" if has_limits else "warning",
        "Wells beyond the parameters of the curve, from which the scatter is estimated.",
        ""
        if has_limits
        else f"{wells} standard wells for a curve of {parameters} parameters leave "
        f"{curve.degrees_of_freedom} degrees of freedom: the scatter of the wells is not known, "
        "and no concentration has limits. Use replicates or more standards.",
    )
