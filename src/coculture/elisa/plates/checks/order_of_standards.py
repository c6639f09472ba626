"""Whether the responses of the standards are in the order of their concentrations."""

from collections.abc import Iterator

import numpy as np

from coculture.distributions import normal_quantile
from coculture.elisa.plates.checks.check_result import CheckResult
from coculture.elisa.plates.checks.curve_data import CurveData
from coculture.exchange.vocabulary import many

_PROBABILITY = 0.995
"""One-sided 0.5 % for each step; a plate of eight standards has six that are judged."""


def results(data: CurveData) -> Iterator[CheckResult]:
    """A warning where neighbouring standards are in the wrong order by more than their scatter.

    The step to the highest standard is left to the check for a high-dose hook.
    """
    means = data.curve.rising * data.levels["mean_response"].to_numpy(float)
    error = data.level_errors
    fall = means[:-1] - means[1:]
    is_wrong = fall > normal_quantile(_PROBABILITY) * np.hypot(error[:-1], error[1:])
    count = int(is_wrong[:-1].sum())
    yield CheckResult(
        "order_of_standards",
        "order of standards",
        count,
        0,
        "steps",
        "pass" if count == 0 else "warning",
        "Steps from one standard to the next in the wrong direction, by more than the scatter of "
        "the wells.",
        f"{many(count, 'step')} from one standard to the next in the wrong direction, by more than "
        "the scatter of the wells. Standards may be swapped on the plate or in elisa.csv."
        if count
        else "",
    )
