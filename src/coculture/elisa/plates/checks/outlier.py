"""Whether a standard well lies so far off the curve that the fit almost ignores it."""

from collections.abc import Iterator

import numpy as np

from coculture.elisa.plates.checks import subjects
from coculture.elisa.plates.checks.curve_data import WellData
from coculture.exchange.flags import Flag

LIMIT_PERCENT = 10
"""Of the usual weight. Tukey's biweight falls to it at 0.83 of the distance at which it is zero."""


def flags(data: WellData) -> Iterator[Flag]:
    """A caution for each standard with less weight, where the fit uses the biweight."""
    curve, settings = data.curve, data.settings
    is_robust = settings.outlier_wells == "bisquare" and settings.as_reader is None
    if curve is None or not is_robust or curve.model == "log_log":
        return
    full = 1 / curve.well_variance(curve.response(curve.concentrations))
    ratio = curve.weights / full
    percents = 100 * ratio / np.median(ratio)
    for row, percent in zip(data.standards.to_dict("records"), percents, strict=True):
        if percent < LIMIT_PERCENT:
            yield Flag(
                subjects.well(row),
                "outlier",
                "caution",
                f"This standard is an outlier: it has {percent:.0f} % of the usual weight in the "
                f"fit (limit {LIMIT_PERCENT} %).",
                float(percent),
                LIMIT_PERCENT,
                "%",
            )
