"""How many times a plate reads what the others do, by what is on several plates (bridges).

ln of a bridge's concentration on a plate is taken as the bridge's own plus the plate's. Both are
estimated together by least squares with weights from the wells' errors; the plates that bridges
connect have a mean factor of one (geometric), so that the factor says how a plate differs from
their mean and not which of them is right: a control with a target says that. Plates that fail do
not count in the mean, so that they move no other plate.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from coculture.curves.variance_function import UPPER_TAIL
from coculture.distributions import normal_quantile
from coculture.elisa.plates.bridge_samples import Bridge, bridges
from coculture.elisa.plates.cultures import Precision, error_of_wells
from coculture.elisa.plates.dilution_groups import ErrorAt
from coculture.linear_algebra import generalized_inverse, product

SHOW, APPLY = "show", "apply"
FACTOR_COLUMNS = (
    "plate",
    "analyte",
    "factor",
    "lower",
    "upper",
    "ln_se",
    "bridges",
    "compared",
    "applied",
)
"""Columns of elisa/plate_factors.csv, in their order."""


@dataclass(frozen=True)
class PlateFactor:
    """The factor of one analyte on one plate.

    Attributes
    ----------
    ln, error
        Of the factor, and its standard error from the wells of the bridges.
    curve_error
        Standard error of ln of the bridges' concentrations from the curve of the plate.
    bridges
        Those that are on this plate.
    compared
        The plates whose mean has the factor 1: this one, unless it fails, and others.
    """

    plate: str
    analyte: str
    ln: float
    error: float
    curve_error: float
    bridges: tuple[str, ...]
    compared: tuple[str, ...]

    @property
    def factor(self) -> float:
        """How many times the mean of the plates it reads."""
        return float(np.exp(self.ln))

    @property
    def limits(self) -> tuple[float, float]:
        """Its 95 % limits, from the wells of the bridges."""
        half = normal_quantile(UPPER_TAIL) * self.error
        return float(np.exp(self.ln - half)), float(np.exp(self.ln + half))

    @property
    def whole_error(self) -> float:
        """Standard error of ln that chance explains: of the wells and of the plate's own curve."""
        return float(np.hypot(self.error, self.curve_error))


def plate_factors(
    analyte: str, found: Sequence[Bridge], failing: Collection[str] = ()
) -> tuple[PlateFactor, ...]:
    """The factors of all plates that have a bridge of this analyte.

    `failing` plates do not count in the mean, unless all fail that bridges connect.
    """
    plates = sorted({plate for bridge in found for plate in bridge.plates})
    factors: list[PlateFactor] = []
    for compared in _connected(plates, found):
        own = [bridge for bridge in found if set(bridge.plates) & set(compared)]
        factors += _of_plates(analyte, compared, own, failing)
    return tuple(factors)


def factors_of_study(wells: pd.DataFrame, precision: Precision) -> tuple[PlateFactor, ...]:
    """The factors of all analytes and plates of elisa/wells.csv."""
    found: list[PlateFactor] = []
    for analyte, of_analyte in wells[wells["analyte"] != ""].groupby("analyte", sort=True):
        name, plates = str(analyte), dict(iter(of_analyte.groupby("plate")))

        def error_at(plate: str, name: str = name, plates: Any = plates) -> ErrorAt:
            return error_of_wells(plates[plate], name, precision)

        failing = {plate for plate, of in precision.failing if of == name}
        found += plate_factors(name, bridges(of_analyte, error_at), failing)
    return tuple(found)


def _connected(plates: Iterable[str], found: Iterable[Bridge]) -> list[tuple[str, ...]]:
    """The sets of plates that bridges connect."""
    sets = [{plate} for plate in plates]
    for bridge in found:
        joined = [one for one in sets if one & set(bridge.plates)]
        sets = [one for one in sets if one not in joined] + [set().union(*joined)]
    return sorted(tuple(sorted(one)) for one in sets)


def _of_plates(
    analyte: str, plates: tuple[str, ...], found: Sequence[Bridge], failing: Collection[str]
) -> list[PlateFactor]:
    count = len(plates)
    normal, right = np.zeros((count, count)), np.zeros(count)
    rows = []
    for bridge in found:
        at = [plates.index(plate) for plate in bridge.plates]
        groups = list(bridge.plates.values())
        weight = np.array([1 / max(group.error, _LEAST_ERROR) ** 2 for group in groups])
        ln = np.array([group.ln for group in groups])
        centring = np.diag(weight) - np.outer(weight, weight) / weight.sum()
        normal[np.ix_(at, at)] += centring
        right[at] += product(centring, ln)
        rows.append((at, weight, ln))
    inverse, _ = generalized_inverse(normal)
    factors = product(inverse, right)
    squares, values = 0.0, 0
    for at, weight, ln in rows:
        rest = ln - factors[at]
        squares += float((weight * (rest - (weight * rest).sum() / weight.sum()) ** 2).sum())
        values += len(at)
    freedom = values - len(rows) - (count - 1)
    scale = max(1.0, squares / freedom) if freedom > 0 else 1.0
    counted = tuple(plate for plate in plates if plate not in failing) or plates
    to_mean = np.array([plate in counted for plate in plates]) / len(counted)
    centring = np.eye(count) - to_mean
    factors = product(centring, factors)
    inverse = product(product(centring, inverse), centring.T)
    errors = np.sqrt(scale * np.diag(inverse))
    return [
        PlateFactor(
            plate,
            analyte,
            float(factors[i]),
            float(errors[i]),
            float(np.mean([one.plates[plate].curve_error for one in found if plate in one.plates])),
            tuple(one.name for one in found if plate in one.plates),
            counted,
        )
        for i, plate in enumerate(plates)
    ]


_LEAST_ERROR = 1e-6
"""Of ln: wells without any error would make the equations singular."""


def by_plate_and_analyte(
    factors: Iterable[PlateFactor],
) -> Mapping[tuple[str, str], PlateFactor]:
    """(plate, analyte) -> its factor."""
    return {(one.plate, one.analyte): one for one in factors}


def corrected(wells: pd.DataFrame, found: Iterable[PlateFactor]) -> pd.DataFrame:
    """The wells divided by the factor of their plate and analyte, with its error added.

    Limits of quantification and bounds are divided, too. The error of the factor is one of the
    plate, like that of its curve.
    """
    factors = by_plate_and_analyte(found)
    keys = list(zip(wells["plate"].astype(str), wells["analyte"].astype(str), strict=True))
    ln = np.array([factors[key].ln if key in factors else 0.0 for key in keys])
    error = np.array([factors[key].error if key in factors else 0.0 for key in keys])
    divided = wells.copy()
    for name in _CONCENTRATIONS:
        divided[name] = wells[name].astype(float) / np.exp(ln)
    of_well, of_curve = (wells[name].astype(float) for name in ("ln_se_well", "ln_se_curve"))
    wider = np.hypot(of_curve, error)
    before, after = np.hypot(of_well, of_curve), np.hypot(of_well, wider)
    is_ok = (wells["state"] == "ok") & (before > 0) & (error > 0)
    more = (after / before).where(is_ok, 1.0)
    value = divided["concentration_pg_ml"]
    for name in ("lower_pg_ml", "upper_pg_ml"):
        divided[name] = (value * (divided[name] / value) ** more).where(is_ok, divided[name])
    return divided.assign(ln_se_curve=wider.where(is_ok, of_curve))


_CONCENTRATIONS = (
    *("in_well_pg_ml", "concentration_pg_ml", "lower_pg_ml", "upper_pg_ml"),
    *("lloq_pg_ml", "uloq_pg_ml"),
)


def factor_table(factors: Iterable[PlateFactor], is_applied: bool) -> pd.DataFrame:
    """elisa/plate_factors.csv."""
    rows = [
        (
            *(one.plate, one.analyte, one.factor, *one.limits, one.whole_error),
            *("; ".join(one.bridges), "; ".join(one.compared), is_applied),
        )
        for one in factors
    ]
    return pd.DataFrame(rows, columns=list(FACTOR_COLUMNS))
