"""How much of an analyte that was added to a supernatant is read back: a test of its matrix."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from coculture.exchange.vocabulary import BELOW_RANGE

_PIPETTING_ERROR = 0.05
"""Standard error of ln of what a dilution, or the addition of a spike, brings into the wells; their
replicates share it. With the scatter of wells alone, 5 of 40 sound studies of 12 spikes had a
caution (benchmarks/elisa_whole_studies.py)."""
_NEGLIGIBLE = 0.1
"""A supernatant below the range counts as zero if its bound is at most this share of what was
added: the percent then errs by at most 10 points."""


@dataclass(frozen=True)
class SpikeRecovery:
    """The spikes of one culture at one dilution with one concentration added.

    Attributes
    ----------
    added_pg_ml, spiked_pg_ml, unspiked_pg_ml
        Of the undiluted supernatant: what was added, and what was read with and without it (NaN
        where nothing was read).
    recovery_percent, error_percent
        Of what was added, and its standard error; NaN where it cannot be given.
    reason
        Why it cannot be given.
    """

    plate: str
    analyte: str
    culture: str
    dilution: float
    wells: tuple[str, ...]
    added_pg_ml: float
    spiked_pg_ml: float
    unspiked_pg_ml: float
    recovery_percent: float
    error_percent: float
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def spike_recoveries(read: pd.DataFrame) -> tuple[SpikeRecovery, ...]:
    """The recoveries of a plate's spikes.

    The supernatant without the spike is read at the same dilution, or, where no such well is in
    range, from all of the plate's wells of the culture in range.

    Parameters
    ----------
    read
        The wells of one analyte on one plate, as `read_from_curve` gives them.
    """
    spikes = read[(read["role"] == "spike") & ~read["state"].isin(["excluded", "missing"])]
    keys = ["culture", "dilution", "nominal_pg_ml"]
    return tuple(_recovery(group, read) for _, group in spikes.groupby(keys, sort=True))


def with_recoveries(read: pd.DataFrame, recoveries: tuple[SpikeRecovery, ...]) -> pd.DataFrame:
    """The wells with `recovery_percent` of each spike: what it has more than the supernatant."""
    percent = read["recovery_percent"].astype(float).copy()
    for one in recoveries:
        of_spike = read["well"].isin(one.wells)
        more = read.loc[of_spike, "concentration_pg_ml"] - one.unspiked_pg_ml
        percent[of_spike] = 100 * more / one.added_pg_ml
    return read.assign(recovery_percent=percent)


def _recovery(spikes: pd.DataFrame, read: pd.DataFrame) -> SpikeRecovery:
    first = spikes.iloc[0]
    added = float(first["nominal_pg_ml"])
    same = (read["role"] == "sample") & (read["culture"] == first["culture"])
    samples = read[same & ~read["state"].isin(["excluded", "missing"])]
    unspiked, unspiked_error, reason = _unspiked(samples, float(first["dilution"]), added)
    spiked, spiked_error = _mean(spikes)
    if np.isnan(spiked):
        reason = "a well with the spike is outside the range"
    percent = 100 * (spiked - unspiked) / added
    error = 100 * float(np.hypot(spiked_error, unspiked_error)) / added
    return SpikeRecovery(
        plate=str(first["plate"]),
        analyte=str(first["analyte"]),
        culture=str(first["culture"]),
        dilution=float(first["dilution"]),
        wells=tuple(spikes["well"].astype(str)),
        added_pg_ml=added,
        spiked_pg_ml=spiked,
        unspiked_pg_ml=unspiked,
        recovery_percent=percent,
        error_percent=error if np.isfinite(percent) else float("nan"),
        reason=reason,
    )


def _unspiked(samples: pd.DataFrame, dilution: float, added: float) -> tuple[float, float, str]:
    """The supernatant alone in pg/mL, its standard error, and why it is not known."""
    for wells in _candidates(samples, dilution):
        mean, error = _mean(wells)
        if np.isfinite(mean):
            return mean, error, ""
    below = samples[samples["state"].isin(BELOW_RANGE)]
    if len(below) and len(below) == len(samples):
        bound = float(below["upper_pg_ml"].min())
        if bound <= _NEGLIGIBLE * added:
            return 0.0, 0.0, ""
        reason = (
            "the supernatant is below the range, and what was added is not much above its bound"
        )
        return float("nan"), float("nan"), reason
    where = "in range " if len(samples) else ""
    reason = f"the supernatant without the spike has no well {where}on this plate"
    return float("nan"), float("nan"), reason


def _candidates(samples: pd.DataFrame, dilution: float) -> Iterator[pd.DataFrame]:
    yield samples[samples["dilution"] == dilution]
    yield samples[samples["state"] == "ok"]


def _mean(wells: pd.DataFrame) -> tuple[float, float]:
    """Geometric mean in pg/mL and its standard error; NaN unless all wells are in range."""
    if wells.empty or not (wells["state"] == "ok").all():
        return float("nan"), float("nan")
    mean = float(np.exp(np.log(wells["concentration_pg_ml"].astype(float)).mean()))
    own = float((wells["ln_se_well"].astype(float) ** 2).sum()) / len(wells) ** 2
    shared = float(wells["ln_se_curve"].astype(float).mean())
    return mean, mean * float(np.sqrt(own + shared**2 + _PIPETTING_ERROR**2))
