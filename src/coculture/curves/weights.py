"""Curves that are fitted at once, and the weight of each of their wells."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coculture.curves.models import PARAMETERS, Floats
from coculture.curves.variance_function import VarianceFunction
from coculture.distributions import normal_quantile

WEIGHTINGS = ("none", "1/y", "1/y2", "variance_function")
_BIWEIGHT = 4.685
"""In standard deviations: 95 % efficiency for normal residuals (Holland and Welsch, 1977)."""
_LEAST_RESPONSE = 1e-6
"""As a share of the highest response; lower ones get the weight of this."""


@dataclass(frozen=True)
class Batch:
    """n curves of p wells, and how to fit them."""

    x: Floats
    y: Floats
    model: str
    weighting: str
    fixed: dict[str, float]
    variance_functions: list[VarianceFunction] | None
    bisquare: bool

    @property
    def present(self) -> NDArray[np.bool_]:
        return np.isfinite(self.y)

    def variance_function_of(self, curve: int) -> VarianceFunction | None:
        return None if self.variance_functions is None else self.variance_functions[curve]

    @property
    def free(self) -> list[bool]:
        return [name not in self.fixed for name in PARAMETERS[self.model]]


def well_weights(batch: Batch, expected: Floats) -> Floats:
    """Weight of each well (n x p), 0 for absent ones; `expected` are responses."""
    if batch.variance_functions is not None:
        weight = 1 / np.stack(
            [f.variance(row) for f, row in zip(batch.variance_functions, expected, strict=True)]
        )
    elif batch.weighting == "none":
        weight = np.ones_like(batch.y)
    else:
        # A response of zero or less gets the weight of the lowest one above zero.
        positive = np.where(batch.present & (batch.y > 0), batch.y, np.inf)
        lowest = positive.min(axis=1, keepdims=True)
        highest = np.where(batch.present, batch.y, 0.0).max(axis=1, keepdims=True)
        floor = np.where(np.isfinite(lowest), np.maximum(lowest, _LEAST_RESPONSE * highest), 1.0)
        observed = np.maximum(np.where(batch.present, batch.y, 1.0), floor)
        power = {"1/y": 1.0, "1/y2": 2.0}[batch.weighting]
        weight = observed**-power
    absent: Floats = np.where(batch.present, weight, 0.0)
    return absent


def biweights(batch: Batch, fitted: Floats, weight: Floats) -> Floats:
    """Tukey's biweight of the standardised residuals (n x p).

    They are standardised by the variance function where it states the variance, otherwise by
    their own median, widened for the parameters that were fitted to them.
    """
    standardised = np.where(batch.present, np.sqrt(weight) * (batch.y - fitted), np.nan)
    scale = np.nanmedian(np.abs(standardised), axis=1, keepdims=True) / normal_quantile(0.75)
    wells = batch.present.sum(axis=1, keepdims=True)
    scale = scale * np.sqrt(wells / np.maximum(wells - sum(batch.free), 1))
    if batch.variance_functions is not None:
        known = np.array([f.estimated for f in batch.variance_functions])[:, None]
        scale = np.where(known, 1.0, scale)
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.nan_to_num(standardised / (_BIWEIGHT * scale), nan=0.0)
    inside: Floats = np.where(np.abs(distance) < 1, (1 - distance**2) ** 2, 0.0)
    return inside
