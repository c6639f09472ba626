"""One value for each culture and analyte: its wells combined, or the bound that they leave."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coculture.distributions import normal_quantile
from coculture.elisa.plates import notes
from coculture.elisa.plates.checks import culture_flags, dilutions_contradict, subjects
from coculture.elisa.plates.checks.not_parallel import is_not_parallel
from coculture.elisa.plates.combination import (
    Bounds,
    Combination,
    DilutionChange,
    PlateSpread,
    SplitReplicates,
)
from coculture.elisa.plates.flag_codes import WellFlags, codes
from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import ABOVE_RANGE, BELOW_RANGE

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
)
"""Columns of elisa/cultures.csv, in their order."""


@dataclass(frozen=True)
class CombinedCultures:
    """The cultures of a study, measured by ELISA.

    Attributes
    ----------
    cultures
        elisa/cultures.csv, one row a culture and analyte.
    flags
        elisa/flags.csv: bounds, and everything that is doubtful about a culture. The flags of its
        wells are not repeated; their codes are in the column `flags`.
    """

    cultures: pd.DataFrame
    flags: tuple[Flag, ...]


def combine_cultures(wells: pd.DataFrame, well_flags: Iterable[Flag] = ()) -> CombinedCultures:
    """Combine the wells of all plates to one row for each culture and analyte.

    Wells within the range are averaged on the log scale with weights 1 / variance of the well. The
    uncertainty of the curve, which the wells of a plate share, is added and does not shrink with
    their number. The least diluted wells in range are the reference: dilutions that differ from
    them by more than 30 % and more than chance are not used.

    A culture without a well in range keeps its bound: the lowest LLOQ times dilution (state
    below_lloq) or the highest ULOQ times dilution (above_uloq). Wells below the range at one
    dilution and above it at another leave no bound unless they enclose a range.

    Parameters
    ----------
    wells
        elisa/wells.csv of all plates.
    well_flags
        The flags of all plates, from :func:`coculture.elisa.quantify_plate`.
    """
    samples = wells[(wells["role"] == "sample") & (wells["culture"] != "")]
    of_wells = WellFlags(well_flags)
    rows: list[dict[str, object]] = []
    flags: list[Flag] = []
    for (culture, analyte), group in samples.groupby(["culture", "analyte"], sort=True):
        combined = _combine(group, str(culture), str(analyte))
        own = culture_flags(combined)
        rows.append(_row(combined, group, codes([*of_wells.of(combined.measured), *own])))
        flags += [*notes.culture_bound(combined), *own]
    return CombinedCultures(pd.DataFrame(rows, columns=list(CULTURE_COLUMNS)), tuple(flags))


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


def _combine(group: pd.DataFrame, culture: str, analyte: str) -> Combination:
    group = group.sort_values(["dilution", "plate", "well"], kind="stable")
    measured = group[~group["state"].isin(["missing", "excluded", "not_determined"])]
    measured, split = _with_replicates_together(measured)
    inside = measured[measured["state"] == "ok"]
    first_plate = next(iter(_plates(measured if len(measured) else group)))
    outside = Combination(
        concerns=subjects.culture(culture, analyte, first_plate),
        value=float("nan"),
        lower=float("nan"),
        upper=float("nan"),
        state="excluded" if (group["state"] == "excluded").all() else "missing",
        bound=float("nan"),
        used=measured,
        measured=measured,
        bounds=_bounds(measured),
        split_replicates=tuple(split),
    )
    return _in_range(outside, inside) if len(inside) else _out_of_range(outside)


def _with_replicates_together(
    measured: pd.DataFrame,
) -> tuple[pd.DataFrame, list[SplitReplicates]]:
    """Replicates on both sides of a limit are in or out of range together, as their mean is.

    Using only the inner one would bias the mean away from the limit. A replicate without a number
    (beyond an asymptote, overflow) counts as the limit, and the mean is then a bound.
    """
    parts, split = [], []
    for _, wells in measured.groupby(["dilution", "plate"], sort=True):
        inside = wells["state"] == "ok"
        if inside.any() and not inside.all():
            wells, found = _together(wells)
            split += found
        parts.append(wells)
    return (pd.concat(parts) if parts else measured), split


def _together(wells: pd.DataFrame) -> tuple[pd.DataFrame, list[SplitReplicates]]:
    lloq, uloq = float(wells["lloq_pg_ml"].iloc[0]), float(wells["uloq_pg_ml"].iloc[0])
    undiluted = wells["in_well_pg_ml"] * wells["dilution"]
    inside = wells["state"] == "ok"
    below, above = (wells["state"].isin(states) for states in (BELOW_RANGE, ABOVE_RANGE))
    at_most, at_least = ((undiluted.isna() & outside).any() for outside in (below, above))
    known = undiluted.where(undiluted.notna(), np.where(above, uloq, lloq))
    mean = float(np.exp(np.log(known).mean()))
    relation = ("near " if at_most else "above ") if at_least else "below " if at_most else ""
    split = []
    if below.any():
        split.append(SplitReplicates("LLOQ", mean, relation, lloq))
    if above.any():
        split.append(SplitReplicates("ULOQ", mean, relation, uloq))
    if at_most and at_least:
        return _as_bound(wells, "missing"), split
    if at_least or mean > uloq:
        return _as_bound(wells, "above_uloq").assign(lower_pg_ml=min(mean, uloq)), split
    if at_most or mean < lloq:
        return _as_bound(wells, "below_lloq").assign(upper_pg_ml=max(mean, lloq)), split
    limits = {name: wells[name].where(inside) for name in ("lower_pg_ml", "upper_pg_ml")}
    return wells.assign(state="ok", concentration_pg_ml=undiluted, **limits), split


def _as_bound(wells: pd.DataFrame, state: str) -> pd.DataFrame:
    return wells.assign(
        state=state, concentration_pg_ml=np.nan, lower_pg_ml=np.nan, upper_pg_ml=np.nan
    )


def _bounds(measured: pd.DataFrame) -> Bounds:
    """The strictest bounds of the wells outside the range."""
    below = measured.loc[measured["state"].isin(BELOW_RANGE), "upper_pg_ml"]
    above = measured.loc[measured["state"].isin(ABOVE_RANGE), "lower_pg_ml"]
    return Bounds(at_least=float(above.max()), at_most=float(below.min()))


def _out_of_range(combined: Combination) -> Combination:
    """The bound of a culture without a well in range."""
    bounds = combined.bounds
    if dilutions_contradict.bounds_contradict(bounds):
        return replace(combined, state="missing")
    if np.isfinite(bounds.at_least):
        state, bound = "above_uloq", bounds.at_least
    elif np.isfinite(bounds.at_most):
        state, bound = "below_lloq", bounds.at_most
    else:
        return combined
    return replace(combined, state=state, bound=bound, lower=bounds.at_least, upper=bounds.at_most)


def _in_range(combined: Combination, inside: pd.DataFrame) -> Combination:
    """The mean of the wells in range with its 95 % limits."""
    inside = inside.assign(ln=np.log(inside["concentration_pg_ml"].astype(float)))
    changes = tuple(_dilution_changes(inside))
    differing = [change.dilution for change in changes if is_not_parallel(change)]
    used = inside[~inside["dilution"].isin(differing)]
    mean, error, spread = _mean_and_error(used)
    quantile = _quantile(used) if np.isfinite(error) else float("nan")
    return replace(
        combined,
        value=float(np.exp(mean)),
        lower=float(np.exp(mean - quantile * error)),
        upper=float(np.exp(mean + quantile * error)),
        state="ok",
        used=used,
        dilution_changes=changes,
        plate_spread=spread,
        dilution_trend_percent=(
            float(100 * np.expm1(changes[-1].ln_difference)) if changes else float("nan")
        ),
    )


def _dilution_changes(inside: pd.DataFrame) -> Iterator[DilutionChange]:
    """Each higher dilution against the lowest one, by rising dilution."""
    least = inside["dilution"].min()
    reference, reference_error = _well_mean(inside[inside["dilution"] == least])
    for dilution, wells in inside[inside["dilution"] > least].groupby("dilution", sort=True):
        mean, error = _well_mean(wells)
        yield DilutionChange(
            float(str(dilution)), mean - reference, float(np.hypot(error, reference_error))
        )


def _well_mean(wells: pd.DataFrame) -> tuple[float, float]:
    """Weighted mean of ln concentration and its standard error from the wells' scatter."""
    weight = _weights(wells)
    return float((weight * wells["ln"]).sum() / weight.sum()), float(1 / np.sqrt(weight.sum()))


def _weights(wells: pd.DataFrame) -> pd.Series:
    variance = wells["ln_se_well"].astype(float) ** 2
    return 1 / variance if (variance > 0).all() else pd.Series(1.0, index=wells.index)


def _mean_and_error(wells: pd.DataFrame) -> tuple[float, float, PlateSpread | None]:
    """Mean of ln concentration over plates, its standard error, and how far the plates differ.

    Where plates scatter more than their own errors allow, the error grows by that ratio (R. T.
    Birge, Phys. Rev. 40 (1932) 207). The error is NaN where a plate has none.
    """
    means, variances = [], []
    for _, plate in wells.groupby("plate", sort=True):
        weight = _weights(plate)
        shared = float((weight * plate["ln_se_curve"]).sum() / weight.sum())
        own = float(1 / weight.sum()) if (plate["ln_se_well"] > 0).all() else float("nan")
        means.append(_well_mean(plate)[0])
        variances.append(own + shared**2)
    inverse = 1 / np.array(variances)
    if not np.isfinite(inverse).all():
        return float(np.mean(means)), float("nan"), None
    mean = float((inverse * np.array(means)).sum() / inverse.sum())
    error = float(1 / np.sqrt(inverse.sum()))
    if len(means) == 1:
        return mean, error, None
    scatter = float((inverse * (np.array(means) - mean) ** 2).sum()) / (len(means) - 1)
    return mean, error * max(1.0, scatter**0.5), PlateSpread(max(means) - min(means), scatter)


def _quantile(wells: pd.DataFrame) -> float:
    """The multiplier that the wells' own limits were made with (Student's where df are few)."""
    error = np.hypot(wells["ln_se_well"].astype(float), wells["ln_se_curve"].astype(float))
    half_width = np.log(wells["upper_pg_ml"].astype(float) / wells["concentration_pg_ml"])
    stated = float((half_width / error).max())
    return stated if np.isfinite(stated) else normal_quantile(0.975)
