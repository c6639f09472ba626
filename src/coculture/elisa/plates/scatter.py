"""How much the wells of a study scatter: samples and controls, and standards, apart.

Standards are often pipetted with more care than samples. The scatter of the samples' and controls'
own replicates says how well a sample is known; the residuals of the standards say how well the
curve is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from coculture.curves.fitting import CurveError, fit_curve
from coculture.curves.variance_function import (
    PER_GROUP,
    PRIOR_OF_QUANTILE,
    VarianceFunction,
    shrunken_variance_function,
    starting_variance_function,
)
from coculture.distributions import normal_quantile
from coculture.elisa.plates.roles import STANDARD_ROLES
from coculture.elisa.settings import ElisaSettings

_REPLICATES = ["plate", "analyte", "role", "concentration_pg_ml", "culture", "dilution"]
"""Wells that are equal in these columns are replicates."""
_FALSE_IN_A_STUDY = 0.02
"""Probability that chance alone sets two of all replicates of a study farther apart than is
allowed. With 0.05, 2.3 % of sound studies (30 cultures in duplicate, CV 5 %) had a caution for
dilutions; with 0.02 no fault more is silent where three dilutions are in range."""
FEWEST_ERRORS = 3.0
"""Standard errors that chance is allowed at least, however few replicates a study has."""
_PRIOR_OF_STANDARDS = 4.0
"""Degrees of freedom with which the standards are taken to scatter as the samples do."""


@dataclass(frozen=True)
class Scatter:
    """The scatter of single wells.

    Attributes
    ----------
    wells
        Of samples and controls.
    standards
        The same function, scaled to the residuals of the standards around their curves.
    is_assumed
        Whether no sample or control has replicates, so that `wells` is the larger of the starting
        values and that of the standards.
    """

    wells: VarianceFunction
    standards: VarianceFunction
    is_assumed: bool

    @property
    def errors_by_chance(self) -> float:
        """Standard errors of a difference that chance exceeds in few sound studies.

        A study compares hundreds of pairs: three standard errors, right for one pair, are exceeded
        in one sound study of twenty.
        """
        compared = (self.wells.degrees_of_freedom - PRIOR_OF_QUANTILE) / PER_GROUP
        one = _FALSE_IN_A_STUDY / max(compared, 1.0)
        return max(FEWEST_ERRORS, normal_quantile(1 - one / 2))

    def to_dict(self) -> dict[str, Any]:
        """For JSON; `from_dict` is the inverse."""
        return {
            "wells": self.wells.to_dict(),
            "standards": self.standards.to_dict(),
            "is_assumed": self.is_assumed,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Scatter":
        """The inverse of `to_dict`."""
        return cls(
            VarianceFunction.from_dict(values["wells"]),
            VarianceFunction.from_dict(values["standards"]),
            values["is_assumed"],
        )


def scatter_of(usable: pd.DataFrame, settings: ElisaSettings) -> Scatter:
    """The scatter of the wells of a study.

    Parameters
    ----------
    usable
        The wells of all plates that have a response and are not excluded: plate, analyte, role,
        concentration_pg_ml, culture, dilution, response.
    """
    standards = usable[usable["role"].isin(STANDARD_ROLES) & usable["concentration_pg_ml"].notna()]
    responses = standards["response"] if len(standards) else pd.Series([0.0, 1.0])
    start = starting_variance_function(
        responses, settings.starting_sd_percent_of_range, settings.starting_cv_percent
    )
    others = usable[~usable["role"].isin([*STANDARD_ROLES, "unassigned"])]
    groups = others.groupby(_REPLICATES, dropna=False)["response"].agg(["mean", "var", "size"])
    replicates = groups[groups["size"] > 1].rename(columns={"var": "variance", "size": "wells"})
    plates = replicates.index.get_level_values("plate").nunique()
    if len(replicates):
        span = float(np.ptp(responses.to_numpy(float)))
        of_standards = _of_standards(standards, start, settings)
        # Samples are not pipetted with more care than standards; few replicates cannot say so.
        # From the start alone 1 % more of clean single wells (CV 10 %) have a caution; twice the
        # degrees of freedom for the standards' changed nothing.
        prior = of_standards if of_standards.cv > start.cv else start
        wells = shrunken_variance_function(replicates.reset_index(), prior, span, plates)
        return Scatter(wells, _of_standards(standards, wells, settings), is_assumed=False)
    of_standards = _of_standards(standards, start, settings)
    larger = of_standards if of_standards.cv > start.cv else start
    wells = larger.scaled(
        1.0,
        of_standards.degrees_of_freedom,
        "assumed, because no sample or control has replicates: the larger of the starting values "
        "and the scatter of the standards",
    )
    return Scatter(wells, of_standards, is_assumed=True)


def _of_standards(
    standards: pd.DataFrame, shape: VarianceFunction, settings: ElisaSettings
) -> VarianceFunction:
    """The function, scaled to the residuals of all curves, which are fitted with its shape."""
    squares, freedom = 0.0, 0
    if settings.zero_standard == "subtract" and settings.as_reader is None:
        standards = standards[standards["concentration_pg_ml"] > 0]
    for _, wells in standards.groupby(["plate", "analyte"], sort=True):
        try:
            curve = fit_curve(
                wells["concentration_pg_ml"].to_numpy(float),
                wells["response"].to_numpy(float),
                settings.model,
                "variance_function",
                variance_function=shape,
            )
        except CurveError:
            continue  # The plate fails, and says why, when it is quantified.
        if curve.r_squared < settings.limits.r_squared:
            # So does this one. In the mean, its residuals would make sound curves look uncertain.
            continue
        squares += curve.weighted_sum_of_squares
        freedom += curve.degrees_of_freedom
    factor = (_PRIOR_OF_STANDARDS + squares) / (_PRIOR_OF_STANDARDS + freedom)
    return shape.scaled(
        factor, _PRIOR_OF_STANDARDS + freedom, "the same shape, scaled to the standards' residuals"
    )
