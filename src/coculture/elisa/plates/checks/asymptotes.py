"""Whether the standards determine both asymptotes of the curve."""

import math
from collections.abc import Iterator

from coculture.curves.fitted_curve import FittedCurve
from coculture.elisa.plates.checks.check_result import CheckResult

LIMIT = 0.5
"""Largest standard error, as a share of the distance between the asymptotes. Above it a 95 %
interval (two standard errors to each side) of one asymptote reaches the other."""
_SIDES = {"A": "lower", "D": "upper"}


def results(curve: FittedCurve) -> Iterator[CheckResult]:
    """A warning for each asymptote with a larger standard error; a log-log line has none."""
    if curve.model == "log_log":
        return
    span = abs(curve.parameters["D"] - curve.parameters["A"])
    for name, side in _SIDES.items():
        error = curve.standard_errors[name]
        share = error / span if span else math.nan
        is_identified = error <= LIMIT * span
        yield CheckResult(
            f"{side}_asymptote_not_identified",
            f"{side} asymptote",
            None if math.isnan(share) else share,
            LIMIT,
            "of the span",
            "pass" if is_identified else "warning",
            f"Standard error of the {side} asymptote, as a share of the distance between the "
            "asymptotes.",
            ""
            if is_identified
            else f"The standards do not determine the {side} asymptote: its standard error is "
            f"{_times(share)} the distance between the asymptotes (limit {LIMIT:g}). "
            "Concentrations near it are uncertain.",
        )


def _times(share: float) -> str:
    return f"{share:.2g} times" if math.isfinite(share) else "beyond any multiple of"
