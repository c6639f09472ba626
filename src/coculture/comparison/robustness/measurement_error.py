"""How much of the standard error of an estimate is measurement: counting, and the scatter of wells.

The variation between experiments has it already, so it is never added: beside the standard error it
says whether more cells or wells would help, or only more experiments. The error of a standard curve
is left out, because the wells of a plate share it and it cancels in their ratios.
"""

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pandas as pd

from coculture.comparison.quantities.endpoint import Endpoint
from coculture.comparison.quantities.quantity import Quantity
from coculture.comparison.statistics.contrasts import Contrast
from coculture.comparison.statistics.donors import Donors


def culture_variances(
    cultures: pd.DataFrame, quantity: Quantity, elisa_wells: pd.DataFrame
) -> "pd.Series[float]":
    """The variance of each culture's value by measurement, on the scale of findings.

    NaN where it is not known: of numbers that were measured elsewhere, and of medians.

    Parameters
    ----------
    cultures
        cultures.csv.
    elisa_wells
        elisa/wells.csv of all plates.
    """
    endpoint = quantity.primary
    if endpoint.columns.count and endpoint.columns.total:
        return _of_counts(cultures, endpoint)
    if quantity.source == "elisa.csv" and "ln_se_well" in elisa_wells:
        return _of_wells(cultures, str(quantity.options["analyte"]), elisa_wells)
    return pd.Series(np.nan, index=cultures.index)


def _of_counts(cultures: pd.DataFrame, endpoint: Endpoint) -> "pd.Series[float]":
    """Binomial: of a percent in points, or of a logarithm of odds or of the rest."""
    total = cultures[endpoint.columns.total].astype(float)
    share = (cultures[endpoint.columns.count].astype(float) + 0.5) / (total + 1)
    of_share = share * (1 - share) / total.where(total > 0)
    if endpoint.scale == "logit":
        return of_share / (share * (1 - share)) ** 2
    if endpoint.scale == "log_rest":
        return of_share / (1 - share) ** 2
    return 1e4 * of_share


def _of_wells(
    cultures: pd.DataFrame, analyte: str, elisa_wells: pd.DataFrame
) -> "pd.Series[float]":
    """Of ln concentration: the wells in range that were averaged, each with its own error."""
    used = elisa_wells[
        (elisa_wells["analyte"] == analyte)
        & (elisa_wells["role"] == "sample")
        & (elisa_wells["state"] == "ok")
    ]
    squares = (used["ln_se_well"].astype(float) ** 2).groupby(used["culture"])
    variances = squares.sum(min_count=1) / squares.size() ** 2
    return cultures["culture"].map(variances).astype(float)


def estimate_sd(
    contrast: Contrast,
    weights: Mapping[str, float],
    cultures: pd.DataFrame,
    variances: "pd.Series[float]",
) -> float:
    """The SD of a contrast by measurement alone; NaN if that of an arm is not known.

    Parameters
    ----------
    weights
        Arm -> its weight in the contrast.
    cultures
        cultures.csv.
    variances
        From `culture_variances`.
    """
    known = variances.notna()
    keys = [cultures.loc[known, "experiment"].astype(str), cultures.loc[known, "arm"]]
    groups = variances[known].groupby(keys)
    of_groups = groups.sum() / groups.size() ** 2
    parts = contrast.parts or ()
    of_parts = (
        [({arm: weights[arm] for arm in part.weights}, part.by_experiment.index) for part in parts]
        if parts
        else [(dict(weights), contrast.values.index)]  # noqa: PD011
    )
    variance = 0.0
    for (of_part, experiments), units in zip(of_parts, contrast.replication, strict=True):
        shares = _shares([str(one) for one in experiments], contrast.donors, units.are_units)
        for experiment, share in shares.items():
            for arm, weight in of_part.items():
                if weight:
                    own = of_groups.get((experiment, arm), np.nan)
                    variance += (weight * share) ** 2 * float(own)
    return float(np.sqrt(variance))


def _shares(experiments: list[str], donors: Donors, by_donor: bool) -> dict[str, float]:
    """The share of each experiment in the mean: equal, or equal inside each of equal donors."""
    if not by_donor:
        return dict.fromkeys(experiments, 1 / len(experiments))
    of_donor = Counter(donors[one] for one in experiments)
    return {one: 1 / (len(of_donor) * of_donor[donors[one]]) for one in experiments}
