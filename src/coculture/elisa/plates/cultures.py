"""One value for each culture and analyte: its wells combined, or the bound that they leave."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from coculture.curves.fitted_curve import FittedCurve
from coculture.curves.variance_function import UPPER_TAIL
from coculture.distributions import normal_quantile
from coculture.elisa.plates import notes
from coculture.elisa.plates.checks import (
    culture_flags,
    dilutions_contradict,
    standard_series,
    subjects,
)
from coculture.elisa.plates.combination import Combination, PlateSpread, bounds_of
from coculture.elisa.plates.dilution_groups import (
    DeviationsAt,
    DilutionGroup,
    ErrorAt,
    Floats,
    dilution_group,
)
from coculture.elisa.plates.dilution_vote import vote, weighted_mean
from coculture.elisa.plates.flag_codes import WellFlags, codes
from coculture.elisa.plates.scatter import FEWEST_ERRORS, Scatter
from coculture.elisa.plates.standard_curve import StandardCurve
from coculture.elisa.plates.without_value import NOT_DETERMINED, why_without_value
from coculture.exchange.flags import Flag

CULTURE_COLUMNS = (
    "culture",
    "analyte",
    "concentration_pg_ml",
    "lower_pg_ml",
    "upper_pg_ml",
    "state",
    "bound_pg_ml",
    "wells",
    "wells_measured",
    "dilutions",
    "dilution_trend_percent",
    "plates",
    "flags",
    "excluded",
    "reason",
)
"""Columns of elisa/cultures.csv, in their order."""
VALUE_COLUMNS = ("culture", "analyte", "concentration_pg_ml", "state", "bound_pg_ml")
"""Those that say what a culture holds."""


@dataclass(frozen=True)
class CombinedCultures:
    """The cultures of a study, measured by ELISA.

    Attributes
    ----------
    cultures
        elisa/cultures.csv, one row a culture and analyte.
    flags
        elisa/flags.csv: bounds, everything that is doubtful about a culture, and standards that
        contradict those of other plates. The flags of its wells are not repeated; their codes are
        in the column `flags`.
    """

    cultures: pd.DataFrame
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class Precision:
    """How precise a well is at any concentration, from the curve of its plate and analyte.

    Attributes
    ----------
    curves
        (plate, analyte) -> the curve; without one, a well has the error at its own reading.
    scatter
        Of the samples' wells.
    standards_of
        The plate whose standards a plate is read from, if it is another.
    factors
        (plate, analyte) -> what concentrations were divided by after they were read.
    failing
        (plate, analyte) of plates that fail: they say nothing of a culture that another measured.
    """

    curves: Mapping[tuple[str, str], FittedCurve]
    scatter: Scatter
    standards_of: Mapping[str, str] = field(default_factory=dict)

    @property
    def own_curves(self) -> Mapping[tuple[str, str], FittedCurve]:
        """The curves of plates that have standards of their own."""
        return {
            (plate, analyte): curve
            for (plate, analyte), curve in self.curves.items()
            if self.standards_of.get(plate, plate) == plate
        }

    factors: Mapping[tuple[str, str], float] = field(default_factory=dict)
    failing: frozenset[tuple[str, str]] = frozenset()

    def error_at(self, plate: str, analyte: str) -> ErrorAt | None:
        """The standard error of ln of a concentration in a well of this plate."""
        curve = self.curves.get((plate, analyte))
        if curve is None:
            return None
        factor = self.factors.get((plate, analyte), 1.0)
        return lambda concentration: float(
            curve.well_error(concentration * factor, self.scatter.wells)[0]
        )

    def deviations_at(self, plate: str, analyte: str) -> DeviationsAt | None:
        """By how many standard deviations replicates are off the response at a concentration."""
        curve = self.curves.get((plate, analyte))
        if curve is None:
            return None
        factor = self.factors.get((plate, analyte), 1.0)

        def deviations(responses: Floats, concentration: float, error: float) -> float:
            expected = float(curve.response(concentration * factor))
            variance = float(self.scatter.wells.variance(expected)) / len(responses)
            variance += float(curve.response_standard_error(concentration * factor)[0]) ** 2
            ends = concentration * factor * np.exp([-error, error])
            variance += (float(np.ptp(curve.response(ends))) / 2) ** 2
            return abs(float(responses.mean()) - expected) / float(np.sqrt(variance))

        return deviations


def precision_of(curves: Sequence[Mapping[str, Any]], scatter: Scatter) -> Precision:
    """From the records of curves, as in each plate's curve.json: analyte -> entry."""
    found = {
        (entry["plate"], analyte): StandardCurve.from_dict(entry["fit"])
        for of_plate in curves
        for analyte, entry in of_plate.items()
        if "fit" in entry
    }
    standards_of = {
        entry["plate"]: entry["standards_of"]
        for of_plate in curves
        for entry in of_plate.values()
        if "standards_of" in entry
    }
    failing = frozenset(
        (str(entry["plate"]), analyte)
        for of_plate in curves
        for analyte, entry in of_plate.items()
        if entry["verdict"] == "fail"
    )
    return Precision(found, scatter, standards_of, failing=failing)


def combine_cultures(
    wells: pd.DataFrame, well_flags: Iterable[Flag] = (), precision: Precision | None = None
) -> CombinedCultures:
    """Combine the wells of all plates to one row for each culture and analyte.

    The replicates of a dilution that agree are averaged on the log scale, and the dilutions that
    agree with weights 1 / (variance + 0.05^2). Where not all agree, those that do outvote the
    rest; without a winner there is no number (state not_determined). Wells on a plate that fails
    are used only where no other plate has the culture. The scatter of the culture's
    own wells widens its interval. The uncertainty of the curve, which the wells of a plate share,
    is added and does not shrink with their number.

    A culture without a well in range keeps its bound: the lowest LLOQ times dilution (state
    below_lloq) or the highest ULOQ times dilution (above_uloq). Wells below the range at one
    dilution and above it at another leave no bound unless they enclose a range.

    Parameters
    ----------
    wells
        elisa/wells.csv of all plates.
    well_flags
        The flags of all plates, from :func:`coculture.elisa.quantify_plate`.
    precision
        The curves of the plates; without it a well has the error at its own reading.
    """
    samples = _samples(wells)
    of_wells = WellFlags(well_flags)
    rows: list[dict[str, object]] = []
    flags: list[Flag] = []
    for (culture, analyte), group in samples.groupby(["culture", "analyte"], sort=True):
        combined = _combine(group, str(culture), str(analyte), precision)
        own = culture_flags(combined)
        row = _row(combined, group, codes([*of_wells.of(combined.measured), *own]))
        why = why_without_value(combined, group, own, of_wells.of(group))
        rows.append(row | {"reason": why})
        flags += [*notes.culture_bound(combined), *own]
    series = standard_series.series_of({} if precision is None else precision.own_curves)
    flags += standard_series.flags(series)
    return CombinedCultures(pd.DataFrame(rows, columns=list(CULTURE_COLUMNS)), tuple(flags))


def combined_values(wells: pd.DataFrame, precision: Precision) -> pd.DataFrame:
    """The value or bound of each culture and analyte, as `combine_cultures` gives it.

    Without limits, flags and reasons: columns culture, analyte, concentration_pg_ml, state and
    bound_pg_ml.
    """
    rows = []
    for (culture, analyte), group in _samples(wells).groupby(["culture", "analyte"], sort=True):
        found = _combine(group, str(culture), str(analyte), precision, has_limits=False)
        rows.append((str(culture), str(analyte), found.value, found.state, found.bound))
    return pd.DataFrame(rows, columns=list(VALUE_COLUMNS))


def _samples(wells: pd.DataFrame) -> pd.DataFrame:
    """The wells of cultures, in the order in which they are combined."""
    samples = wells[(wells["role"] == "sample") & (wells["culture"] != "")]
    return samples.sort_values(["dilution", "plate", "well"], kind="stable")


def _row(combined: Combination, group: pd.DataFrame, flag_codes: str) -> dict[str, object]:
    """A row of elisa/cultures.csv."""
    return {
        "culture": combined.concerns.culture,
        "analyte": combined.concerns.analyte,
        "concentration_pg_ml": combined.value,
        "lower_pg_ml": combined.lower,
        "upper_pg_ml": combined.upper,
        "state": combined.state,
        "bound_pg_ml": combined.bound,
        "wells": len(combined.used),
        "wells_measured": len(combined.measured),
        "dilutions": "; ".join(f"{value:g}" for value in sorted(set(combined.used["dilution"]))),
        "dilution_trend_percent": combined.dilution_trend_percent,
        "plates": "; ".join(_plates(combined.measured)),
        "flags": flag_codes,
        "excluded": "; ".join(dict.fromkeys(filter(None, group["excluded"]))),
    }


def _plates(wells: pd.DataFrame) -> list[str]:
    return sorted(set(wells["plate"].astype(str)))


def _combine(
    group: pd.DataFrame,
    culture: str,
    analyte: str,
    precision: Precision | None,
    *,
    has_limits: bool = True,
) -> Combination:
    """The wells of a culture combined; its limits, which take a third of the time, if asked for."""
    measured = group[~group["state"].isin(["missing", "excluded", "not_determined"])]
    measured, not_used = _of_sound_plates(measured, analyte, precision)
    groups = tuple(
        dilution_group(
            wells,
            error_of_wells(wells, analyte, precision),
            None
            if precision is None
            else precision.deviations_at(str(wells["plate"].iloc[0]), analyte),
            _errors_by_chance(precision),
        )
        for wells in _by_dilution_and_plate(measured)
    )
    first_plate = next(iter(_plates(measured if len(measured) else group)))
    outside = Combination(
        concerns=subjects.culture(culture, analyte, first_plate),
        value=float("nan"),
        lower=float("nan"),
        upper=float("nan"),
        state="",
        bound=float("nan"),
        used=measured,
        measured=measured,
        bounds=bounds_of(groups),
        groups=groups,
        dilution_trend_percent=_trend(groups),
        failed_plates=not_used,
    )
    if any(one.state == "in_range" for one in groups):
        return _in_range(outside, precision, has_limits=has_limits)
    return _out_of_range(replace(outside, state=_without_value(group)))


def _of_sound_plates(
    measured: pd.DataFrame, analyte: str, precision: Precision | None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The wells on plates that do not fail, and the others; all wells if every plate fails."""
    failing = precision.failing if precision is not None else frozenset()
    plates = _plates(measured)
    failed = tuple(plate for plate in plates if (plate, analyte) in failing)
    if len(failed) in (0, len(plates)):
        return measured, ()
    return measured[~measured["plate"].isin(failed)], failed


def _by_dilution_and_plate(wells: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The wells of each dilution and plate, of wells that are sorted by them."""
    keys = list(zip(wells["dilution"], wells["plate"], strict=True))
    starts = [place for place, key in enumerate(keys) if place == 0 or key != keys[place - 1]]
    for start, end in pairwise([*starts, len(keys)]):
        yield wells.iloc[start:end]


def error_of_wells(wells: pd.DataFrame, analyte: str, precision: Precision | None) -> ErrorAt:
    """The error of a well of this plate; without its curve that at the wells' own readings."""
    found = precision and precision.error_at(str(wells["plate"].iloc[0]), analyte)
    if found:
        return found
    known = wells["ln_se_well"].astype(float).dropna()
    own = float(known.max()) if len(known) else 0.0
    return lambda _: own


def _errors_by_chance(precision: Precision | None) -> float:
    return FEWEST_ERRORS if precision is None else precision.scatter.errors_by_chance


def _trend(groups: Sequence[DilutionGroup]) -> float:
    """Change in percent from the least to the most diluted group in range; NaN with only one."""
    inside = [group for group in groups if group.state == "in_range"]
    dilutions = {group.dilution for group in inside}
    if len(dilutions) < 2:
        return float("nan")
    first, last = (
        np.mean([group.ln for group in inside if group.dilution == end])
        for end in (min(dilutions), max(dilutions))
    )
    return float(100 * np.expm1(last - first))


def _without_value(group: pd.DataFrame) -> str:
    """The state of a culture that has neither a value nor a bound."""
    if (group["state"] == "excluded").all():
        return "excluded"
    was_read = group["response"].notna() & (group["state"] != "excluded")
    return NOT_DETERMINED if was_read.any() else "missing"


def _out_of_range(combined: Combination) -> Combination:
    """The bound of a culture without a well in range."""
    bounds = combined.bounds
    if dilutions_contradict.bounds_contradict(bounds):
        return replace(combined, state=NOT_DETERMINED)
    if np.isfinite(bounds.at_least):
        state, bound = "above_uloq", bounds.at_least
    elif np.isfinite(bounds.at_most):
        state, bound = "below_lloq", bounds.at_most
    else:
        return combined
    return replace(combined, state=state, bound=bound, lower=bounds.at_least, upper=bounds.at_most)


def _in_range(
    combined: Combination, precision: Precision | None, *, has_limits: bool
) -> Combination:
    """The mean of the dilutions that agree, over plates, with its 95 % limits."""
    standards_of = {} if precision is None else precision.standards_of
    freedom = 0.0 if precision is None else precision.scatter.wells.degrees_of_freedom
    plates = sorted({group.plate for group in combined.groups})
    verdicts = tuple(
        vote(
            [group for group in combined.groups if group.plate == plate],
            freedom or np.inf,
            _errors_by_chance(precision),
        )
        for plate in plates
    )
    believed = [verdict.used for verdict in verdicts if verdict.used]
    if not believed:
        return replace(combined, state=NOT_DETERMINED, verdicts=verdicts)
    curves = [standards_of.get(groups[0].plate, groups[0].plate) for groups in believed]
    mean, error, spread = _over_plates([weighted_mean(groups) for groups in believed], curves)
    if not has_limits:
        return replace(combined, value=float(np.exp(mean)), state="ok", verdicts=verdicts)
    used = pd.concat([group.wells for of_plate in believed for group in of_plate])
    quantile = _quantile(used) if np.isfinite(error) else float("nan")
    return replace(
        combined,
        value=float(np.exp(mean)),
        lower=float(np.exp(mean - quantile * error)),
        upper=float(np.exp(mean + quantile * error)),
        state="ok",
        used=used,
        verdicts=verdicts,
        plate_spread=spread,
    )


def _over_plates(
    plates: Sequence[tuple[float, float, float]], curves: Sequence[str]
) -> tuple[float, float, PlateSpread | None]:
    """Mean of ln concentration over plates, its standard error, and how far the plates differ.

    Where plates scatter more than their own errors allow, the error grows by that ratio (R. T.
    Birge, Phys. Rev. 40 (1932) 207). The error is NaN where a plate has none. The error of a curve
    is the same for the plates that are read from it: `curves` names that of each plate.
    """
    means = np.array([mean for mean, _, _ in plates])
    variances = np.array([own + shared for _, own, shared in plates])
    if not (variances > 0).all():
        return float(means.mean()), float("nan"), None
    inverse = 1 / variances
    mean = float((inverse * means).sum() / inverse.sum())
    weights = inverse / inverse.sum()
    variance = float((weights**2 * [own for _, own, _ in plates]).sum())
    by_curve = dict.fromkeys(curves, 0.0)
    for curve, weight, (_, _, shared) in zip(curves, weights, plates, strict=True):
        by_curve[curve] += float(weight) * shared**0.5
    error = (variance + sum(one**2 for one in by_curve.values())) ** 0.5
    if len(means) == 1:
        return mean, error, None
    scatter = float((inverse * (means - mean) ** 2).sum()) / (len(means) - 1)
    spread = PlateSpread(float(np.ptp(means)), scatter)
    return mean, error * max(1.0, scatter**0.5), spread


def _quantile(wells: pd.DataFrame) -> float:
    """The multiplier that the wells' own limits were made with (Student's where df are few)."""
    error = np.hypot(wells["ln_se_well"].astype(float), wells["ln_se_curve"].astype(float))
    half_width = np.log(wells["upper_pg_ml"].astype(float) / wells["concentration_pg_ml"])
    stated = float((half_width / error).max())
    return stated if np.isfinite(stated) else normal_quantile(UPPER_TAIL)
