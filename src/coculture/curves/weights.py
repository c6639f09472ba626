"""Curves that are fitted at once, and the weight of each of their wells."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from coculture.curves.models import PARAMETERS, Floats
from coculture.curves.variance_function import VarianceFunction

WEIGHTINGS = ("none", "1/y", "1/y2", "variance_function")
Indices = NDArray[np.intp]
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

    @property
    def present(self) -> NDArray[np.bool_]:
        return np.isfinite(self.y)

    def take(self, curves: Indices) -> "Batch":
        """Some of the curves."""
        functions = self.variance_functions
        return replace(
            self,
            x=self.x[curves],
            y=self.y[curves],
            variance_functions=None if functions is None else [functions[i] for i in curves],
        )

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
