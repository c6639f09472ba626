"""How far the effect of two drugs exceeds what each reference expects, at every pair of doses."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.comparison.combinations.effects import CrossedEffects
from coculture.comparison.combinations.expected import bliss, highest_single_agent, loewe

Floats = NDArray[np.float64]
Reference = Literal["Bliss", "HSA", "Loewe"]
BLISS: Reference = "Bliss"
HSA: Reference = "HSA"
LOEWE: Reference = "Loewe"


@dataclass(frozen=True)
class Excess:
    """Observed minus expected effects of one reference, experiments x dose pairs, in points.

    A point is a hundredth of the whole effect. NaN where the reference expects nothing.
    """

    reference: Reference
    experiments: tuple[str, ...]
    observed: Floats
    expected: Floats

    @property
    def values(self) -> Floats:
        """The excess itself."""
        return self.observed - self.expected

    @property
    def pairs_in_all(self) -> NDArray[np.bool_]:
        """The dose pairs that have an excess in every experiment that has one at all."""
        known = np.isfinite(self.values)
        some = known.any(axis=1)
        return np.asarray(known[some].all(axis=0) & some.any())

    def mean_of_pairs(self) -> "pd.Series[float]":
        """The mean over the dose pairs in each experiment; NaN where it lacks one of them.

        Over all pairs for Bliss and HSA. Loewe is not defined at some, so its mean is over those
        at which it is, in every experiment.
        """
        values = self.values
        if self.reference == LOEWE:
            values = values[:, self.pairs_in_all]
        means = values.mean(axis=1) if values.shape[1] else np.full(len(values), np.nan)
        return pd.Series(means, index=list(self.experiments), dtype=float)


def _bliss(effects: CrossedEffects) -> Floats:
    return bliss(effects.first, effects.second)


def _hsa(effects: CrossedEffects) -> Floats:
    return highest_single_agent(effects.first, effects.second)


def _loewe(effects: CrossedEffects) -> Floats:
    pairs = effects.crossed.pairs
    return np.array(
        [
            [loewe(pair.first_dose, pair.second_dose, first, second) for pair in pairs]
            for first, second in zip(
                effects.first_alone.curves, effects.second_alone.curves, strict=True
            )
        ]
    ).reshape(len(effects.experiments), len(pairs))


REFERENCES: tuple[tuple[Reference, Callable[[CrossedEffects], Floats]], ...] = (
    (BLISS, _bliss),
    (HSA, _hsa),
    (LOEWE, _loewe),
)
"""The references in the order of tables and figures. To add one, write what it expects."""


def excess_over(
    effects: CrossedEffects, wanted: Collection[str] = (BLISS, HSA, LOEWE)
) -> list[Excess]:
    """The excess over the references that are wanted, without it over all."""
    observed = 100 * effects.together
    return [
        Excess(reference, effects.experiments, observed, 100 * expects(effects))
        for reference, expects in REFERENCES
        if reference in wanted
    ]
