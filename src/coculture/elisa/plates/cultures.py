"""One value a culture: its wells and dilutions combined, or the bound they leave."""

from typing import Any

import numpy as np
import pandas as pd

from coculture.distributions import normal_quantile
from coculture.exchange.vocabulary import ABOVE_RANGE, BELOW_RANGE

PARALLELISM_PERCENT = 30.0
"""Dilutions of a sample, or its plates, may differ by this much (ICH M10, 2022, parallelism)."""

_QUANTILE = normal_quantile(0.975)
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


def combine_cultures(wells: pd.DataFrame) -> pd.DataFrame:
    """Combine the wells of all plates (elisa/wells.csv) to one row a culture and analyte.

    Wells within the range are averaged on the log scale with weights 1 / variance of the well; the
    curve's own uncertainty, which wells of a plate share, is added and does not shrink with their
    number. The least diluted wells in range are the reference: dilutions that differ from them by
    more than 30 % and more than chance are left out, and the culture is flagged "not parallel".

    A culture without a well in range keeps its bound: the lowest LLOQ times dilution (state
    below_lloq) or the highest ULOQ times dilution (above_uloq); wells below at one dilution and
    above at another contradict each other and leave no bound unless they enclose a range.
    """
    samples = wells[(wells["role"] == "sample") & (wells["culture"] != "")]
    rows = [
        {"culture": culture, "analyte": analyte, **_combine(group)}
        for (culture, analyte), group in samples.groupby(["culture", "analyte"], sort=True)
    ]
    return pd.DataFrame(rows, columns=list(CULTURE_COLUMNS))


def _combine(group: pd.DataFrame) -> dict[str, Any]:
    group = group.sort_values(["dilution", "plate", "well"], kind="stable")
    measured = group[~group["state"].isin(["missing", "excluded"])]
    flags = _carried_flags(measured)
    measured = _with_replicates_together(measured, flags)
    inside = measured[measured["state"] == "ok"]
    combined = _in_range(inside, flags) if len(inside) else _bound(measured, group, flags)
    if len(inside):
        _look_for_contradictions(combined, measured, flags)
    used = combined.pop("used")
    return {
        **combined,
        "wells": len(used),
        "wells_measured": len(measured),
        "dilutions": "; ".join(f"{value:g}" for value in sorted(set(used["dilution"]))),
        "plates": "; ".join(sorted(set(measured["plate"].astype(str)))),
        "flags": "; ".join(flags),
        "excluded": "; ".join(dict.fromkeys(filter(None, group["excluded"]))),
    }


def _with_replicates_together(measured: pd.DataFrame, flags: list[str]) -> pd.DataFrame:
    """Replicates on both sides of a limit are in or out together, as their mean is.

    To drop the outer one alone would bias what is left away from the limit. A replicate that the
    curve gives no number (beyond an asymptote, overflow) stands at its limit: the mean is then a
    bound.
    """
    parts = []
    for _, wells in measured.groupby(["dilution", "plate"], sort=True):
        inside = wells["state"] == "ok"
        parts.append(_together(wells, flags) if inside.any() and not inside.all() else wells)
    return pd.concat(parts) if parts else measured


def _together(wells: pd.DataFrame, flags: list[str]) -> pd.DataFrame:
    lloq, uloq = float(wells["lloq_pg_ml"].iloc[0]), float(wells["uloq_pg_ml"].iloc[0])
    undiluted = wells["in_well_pg_ml"] * wells["dilution"]
    inside = wells["state"] == "ok"
    below, above = (wells["state"].isin(states) for states in (BELOW_RANGE, ABOVE_RANGE))
    at_most, at_least = ((undiluted.isna() & outside).any() for outside in (below, above))
    known = undiluted.where(undiluted.notna(), np.where(above, uloq, lloq))
    mean = float(np.exp(np.log(known).mean()))
    relation = ("near " if at_most else "above ") if at_least else "below " if at_most else ""
    for name, outside, limit in (("LLOQ", below, lloq), ("ULOQ", above, uloq)):
        if outside.any():
            flags.append(
                f"replicates on both sides of the {name} "
                f"(mean {relation}{_pg_ml(mean)}, limit {_pg_ml(limit)})"
            )
    if at_most and at_least:
        return _as_bound(wells, "missing")
    if at_least or mean > uloq:
        return _as_bound(wells, "above_uloq").assign(lower_pg_ml=min(mean, uloq))
    if at_most or mean < lloq:
        return _as_bound(wells, "below_lloq").assign(upper_pg_ml=max(mean, lloq))
    limits = {name: wells[name].where(inside) for name in ("lower_pg_ml", "upper_pg_ml")}
    return wells.assign(state="ok", concentration_pg_ml=undiluted, **limits)


def _as_bound(wells: pd.DataFrame, state: str) -> pd.DataFrame:
    return wells.assign(
        state=state, concentration_pg_ml=np.nan, lower_pg_ml=np.nan, upper_pg_ml=np.nan
    )


def _in_range(inside: pd.DataFrame, flags: list[str]) -> dict[str, Any]:
    inside = inside.assign(ln=np.log(inside["concentration_pg_ml"].astype(float)))
    trend, parallel = _parallel(inside, flags)
    inside = inside[parallel]
    mean, error, quantile = _mean_and_error(inside, flags)
    return {
        "concentration_pg_ml": float(np.exp(mean)),
        "lower_pg_ml": float(np.exp(mean - quantile * error)),
        "upper_pg_ml": float(np.exp(mean + quantile * error)),
        "state": "ok",
        "bound_pg_ml": np.nan,
        "dilution_trend_percent": trend,
        "used": inside,
    }


def _parallel(inside: pd.DataFrame, flags: list[str]) -> tuple[float, pd.Series]:
    """Change from the least to the most diluted wells in percent; which wells agree."""
    least = inside["dilution"].min()
    agree = pd.Series(True, index=inside.index)
    trend = float("nan")
    reference, reference_error = _well_mean(inside[inside["dilution"] == least])
    for dilution, wells in inside[inside["dilution"] > least].groupby("dilution", sort=True):
        mean, error = _well_mean(wells)
        difference = mean - reference
        trend = float(100 * np.expm1(difference))
        large = abs(difference) > np.log1p(PARALLELISM_PERCENT / 100)
        if large and abs(difference) > _QUANTILE * np.hypot(error, reference_error):
            agree[inside["dilution"] == dilution] = False
            apart = 100 * np.expm1(abs(difference))
            flags.append(
                f"not parallel at dilution {dilution:g} "
                f"({apart:.0f} % apart, limit {PARALLELISM_PERCENT:g} %)"
            )
    return trend, agree


def _well_mean(wells: pd.DataFrame) -> tuple[float, float]:
    """Weighted mean of ln concentration and its standard error from the wells' scatter."""
    weight = _weights(wells)
    return float((weight * wells["ln"]).sum() / weight.sum()), float(1 / np.sqrt(weight.sum()))


def _weights(wells: pd.DataFrame) -> pd.Series:
    variance = wells["ln_se_well"].astype(float) ** 2
    return 1 / variance if (variance > 0).all() else pd.Series(1.0, index=wells.index)


def _mean_and_error(wells: pd.DataFrame, flags: list[str]) -> tuple[float, float, float]:
    """Mean of ln concentration over plates, its standard error, and the interval's quantile.

    Where plates scatter more than their own errors allow, the error grows by that ratio (R. T.
    Birge, Phys. Rev. 40 (1932) 207).
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
        return float(np.mean(means)), float("nan"), float("nan")
    mean = float((inverse * np.array(means)).sum() / inverse.sum())
    error = float(1 / np.sqrt(inverse.sum()))
    if len(means) > 1:
        scatter = float((inverse * (np.array(means) - mean) ** 2).sum()) / (len(means) - 1)
        error *= max(1.0, scatter**0.5)
        apart = max(means) - min(means)
        if apart > np.log1p(PARALLELISM_PERCENT / 100) and scatter > _QUANTILE**2:
            flags.append(
                f"plates differ ({100 * np.expm1(apart):.0f} % apart, "
                f"limit {PARALLELISM_PERCENT:g} %)"
            )
    return mean, error, _quantile(wells)


def _quantile(wells: pd.DataFrame) -> float:
    """The multiplier that the wells' own limits were made with (Student's where df are few)."""
    error = np.hypot(wells["ln_se_well"].astype(float), wells["ln_se_curve"].astype(float))
    half_width = np.log(wells["upper_pg_ml"].astype(float) / wells["concentration_pg_ml"])
    stated = float((half_width / error).max())
    return stated if np.isfinite(stated) else _QUANTILE


def _bound(measured: pd.DataFrame, group: pd.DataFrame, flags: list[str]) -> dict[str, Any]:
    below = measured[measured["state"].isin(BELOW_RANGE)]
    above = measured[measured["state"].isin(ABOVE_RANGE)]
    upper = float(below["upper_pg_ml"].min()) if len(below) else float("nan")
    lower = float(above["lower_pg_ml"].max()) if len(above) else float("nan")
    if len(below) and len(above):
        words = "dilutions contradict" if lower >= upper else "between two dilutions"
        flags.append(f"{words} (above {_pg_ml(lower)}, below {_pg_ml(upper)})")
    if len(below) and len(above) and lower >= upper:
        state, bound, lower, upper = "missing", float("nan"), float("nan"), float("nan")
    elif len(above):
        state, bound = "above_uloq", lower
    elif len(below):
        state, bound = "below_lloq", upper
    else:
        state = "excluded" if (group["state"] == "excluded").all() else "missing"
        bound = float("nan")
    return {
        "concentration_pg_ml": np.nan,
        "lower_pg_ml": lower,
        "upper_pg_ml": upper,
        "state": state,
        "bound_pg_ml": bound,
        "dilution_trend_percent": np.nan,
        "used": measured,
    }


def _look_for_contradictions(
    combined: dict[str, Any], measured: pd.DataFrame, flags: list[str]
) -> None:
    """A well's bound that excludes the whole interval: a hook, or wells confused."""
    below = measured.loc[measured["state"].isin(BELOW_RANGE), "upper_pg_ml"].min()
    above = measured.loc[measured["state"].isin(ABOVE_RANGE), "lower_pg_ml"].max()
    lower, upper = combined["lower_pg_ml"], combined["upper_pg_ml"]
    if below < lower:
        flags.append(f"dilutions contradict (below {_pg_ml(below)}, limit {_pg_ml(lower)})")
    if above > upper:
        flags.append(f"dilutions contradict (above {_pg_ml(above)}, limit {_pg_ml(upper)})")


def _carried_flags(wells: pd.DataFrame) -> list[str]:
    """The wells' flags, each once, in order of appearance."""
    words = [word for flags in wells["flags"].fillna("") for word in str(flags).split("; ") if word]
    return list(dict.fromkeys(words))


def _pg_ml(value: float) -> str:
    """A concentration to three digits, never as a power of ten.

    >>> _pg_ml(93.75), _pg_ml(30000.0)
    ('93.8 pg/mL', '30000 pg/mL')
    """
    return f"{value:.3g} pg/mL" if value < 1000 else f"{value:.0f} pg/mL"
