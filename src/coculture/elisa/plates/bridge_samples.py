"""The same material on several plates: what one plate reads of it, as a factor of another.

A bridge is what elisa.csv says is the same: a control with the same target, or the supernatant of
the same culture, at the same dilution. A control without a target is not known to be the same. The
means of its replicates are compared; those that disagree, or are out of range, say nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coculture.elisa.plates.concentrations import pg_ml
from coculture.elisa.plates.dilution_groups import DilutionGroup, ErrorAt, dilution_group

CONTROLS_AND_SAMPLES = ("control", "sample")
_KEYS = ["role", "nominal_pg_ml", "culture", "dilution"]


@dataclass(frozen=True, eq=False)
class Bridge:
    """One material on at least two plates.

    Attributes
    ----------
    name
        As sentences say it: control 40 pg/mL, culture c1 at dilution 10.
    plates
        The mean of its wells on each plate where it is in range.
    """

    name: str
    plates: Mapping[str, DilutionGroup]


def bridges(
    read: pd.DataFrame,
    error_at: Callable[[str], ErrorAt],
    roles: Iterable[str] = CONTROLS_AND_SAMPLES,
) -> tuple[Bridge, ...]:
    """The bridges of one analyte.

    Parameters
    ----------
    read
        Rows of elisa/wells.csv of several plates and one analyte.
    error_at
        Plate -> the error of a well of it at a concentration.
    roles
        Those that can be bridges.
    """
    wells = read[read["role"].isin(list(roles)) & ~read["state"].isin(["missing", "excluded"])]
    is_known = (wells["nominal_pg_ml"] > 0) | (
        (wells["role"] == "sample") & (wells["culture"] != "")
    )
    found = []
    for _, same in wells[is_known].groupby(_KEYS, dropna=False, sort=True):
        groups = {
            str(plate): dilution_group(of_plate, error_at(str(plate)))
            for plate, of_plate in same.groupby("plate", sort=True)
        }
        inside = {plate: group for plate, group in groups.items() if group.state == "in_range"}
        if len(inside) > 1:
            found.append(Bridge(_name(same.iloc[0]), inside))
    return tuple(found)


def _name(row: pd.Series) -> str:
    at = "" if row["dilution"] == 1 else f" at dilution {row['dilution']:g}"
    if row["role"] == "sample":
        return f"culture {row['culture']}{at}"
    return f"{row['role']} {pg_ml(float(row['nominal_pg_ml']))}{at}"


@dataclass(frozen=True)
class PlateRatio:
    """What a plate reads, as a factor of another, by the bridges of both.

    Attributes
    ----------
    ln
        Of the factor.
    error
        Its standard error, from the wells and from how far the bridges differ.
    names
        The bridges.
    """

    ln: float
    error: float
    names: tuple[str, ...]


def ratio(found: Iterable[Bridge], plate: str, other: str) -> PlateRatio | None:
    """The factor by the wells' own errors, without those of curves; None without a bridge."""
    both = [one for one in found if plate in one.plates and other in one.plates]
    if not both:
        return None
    pairs = [(one.plates[plate], one.plates[other]) for one in both]
    differences = np.array([first.ln - second.ln for first, second in pairs])
    variances = np.array([first.error**2 + second.error**2 for first, second in pairs])
    weights = 1 / variances if (variances > 0).all() else np.ones(len(pairs))
    weights = weights / weights.sum()
    mean = float((weights * differences).sum())
    error = float(np.sqrt((weights**2 * variances).sum()))
    if len(pairs) > 1 and error > 0:
        scatter = float(np.sum((differences - mean) ** 2 / variances)) / (len(pairs) - 1)
        error *= max(1.0, scatter**0.5)
    return PlateRatio(mean, error, tuple(one.name for one in both))
