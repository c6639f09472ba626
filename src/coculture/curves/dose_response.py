"""4PL curves through a few doses: parameters within bounds, the plateau at dose zero known or not.

Four to six doses hardly determine a slope or a plateau that lies beyond them, so that a free fit
ends in steps between two doses and in plateaus that no dose supports. The slope has the bounds of
GRmetrics (Hafner et al., Nature Methods 13 (2016) 521), the mid-point those of `_BEYOND`, and the
plateau at infinity those that the caller gives.
"""

from dataclasses import replace

import numpy as np

from coculture.curves.models import Floats, logarithm
from coculture.curves.variable_projection import SigmoidFits, fit_sigmoids

SLOPES = (0.1, 5.0)
"""Hill slopes that are allowed."""
_BEYOND = 10.0
"""The mid-point lies at most this factor outside the doses. A mid-point there is not believed; it
only says that the curve does not turn inside the doses."""


def fit_dose_response(
    dose: Floats, response: Floats, plateau: Floats, at_zero: Floats | None = None
) -> SigmoidFits:
    """Fit n curves by least squares.

    Parameters
    ----------
    dose
        The p doses that all curves have, in one unit; 0 is allowed where `at_zero` is not given.
    response
        n x p, with equal weights; NaN where a curve lacks a dose.
    plateau
        n x 2: the lowest and the highest response at infinity that is allowed.
    at_zero
        The response at dose zero (n) if it is known; else it is free.

    Returns
    -------
    SigmoidFits
        Whose `shape` is ln slope and ln mid-point.
    """
    log_x = np.broadcast_to(logarithm(np.asarray(dose, dtype=float)), response.shape)
    weight = np.isfinite(response).astype(float)
    positive = dose[dose > 0]
    limits = {"b": SLOPES, "c": (positive.min() / _BEYOND, positive.max() * _BEYOND)}
    origin = np.zeros(len(response)) if at_zero is None else at_zero
    fixed = {} if at_zero is None else {"A": 0.0}
    y = np.where(weight > 0, response - origin[:, None], 0.0)
    fits = _shifted(fit_sigmoids("4PL", log_x, y, weight, fixed, limits=limits), 1.0, origin)
    allowed = np.clip(fits.response_at_infinity, plateau[:, 0], plateau[:, 1])
    outside = np.flatnonzero(allowed != fits.response_at_infinity)
    if len(outside):
        # The best fit within bounds that the best fit violates has the plateau at its bound.
        bound = allowed[outside]
        span = np.ones(len(bound)) if at_zero is None else origin[outside] - bound
        span = np.where(span == 0, 1.0, span)
        known = {"D": 0.0} if at_zero is None else {"A": 1.0, "D": 0.0}
        y = np.where(weight[outside] > 0, (response[outside] - bound[:, None]) / span[:, None], 0.0)
        held = fit_sigmoids("4PL", log_x[outside], y, weight[outside], known, limits=limits)
        fits = fits.replaced(outside, _shifted(held, span, bound))
    return fits


def _shifted(fits: SigmoidFits, span: Floats | float, origin: Floats) -> SigmoidFits:
    """Fits of (response - origin) / span as those of the response."""
    return replace(
        fits,
        response_at_zero=origin + span * fits.response_at_zero,
        response_at_infinity=origin + span * fits.response_at_infinity,
        sum_of_squares=np.square(span) * fits.sum_of_squares,
    )
