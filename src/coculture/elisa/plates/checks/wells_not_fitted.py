"""Whether wells at or below zero were left out of a log-log line."""

from collections.abc import Iterator

from coculture.curves.fitted_curve import FittedCurve
from coculture.elisa.plates.checks.check_result import CheckResult
from coculture.exchange.vocabulary import many


def results(curve: FittedCurve) -> Iterator[CheckResult]:
    """A warning where there are any: they have no logarithm."""
    if curve.wells_not_fitted:
        yield CheckResult(
            "wells_not_fitted",
            "wells at or below zero",
            curve.wells_not_fitted,
            0,
            "wells",
            "warning",
            "Standards that a log-log line cannot use, because zero has no logarithm.",
            f"{many(curve.wells_not_fitted, 'standard well')} with a concentration or response of "
            "zero or less not used for the log-log line, because they have no logarithm.",
        )
