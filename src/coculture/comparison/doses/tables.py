"""comparison/dose_curves.csv and comparison/dose_summary.csv."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd

from coculture.comparison.design.arms import Design
from coculture.comparison.design.interference import labels_of
from coculture.comparison.doses.dose_curve import DoseCurve, Potency
from coculture.comparison.doses.experiment_curves import (
    EFFECT_LEVEL,
    ExperimentCurves,
    experiment_curves,
)
from coculture.comparison.doses.mean_potency import mean_over_experiments, mean_potency
from coculture.comparison.doses.series import dose_series
from coculture.comparison.doses.trend import reversal, trend_contrast, trend_weights
from coculture.comparison.settings import ComparisonSettings
from coculture.comparison.statistics.donors import Donors
from coculture.comparison.statistics.group_means import GroupMeans
from coculture.comparison.statistics.outside_range import limits
from coculture.exchange.vocabulary import listed

CURVE_COLUMNS = (
    "endpoint", "drug", "series", "experiment", "doses", "untreated", "direction", "state",
    "ec50", "ec50_relation", "ic50", "ic50_relation", "dose_unit", "slope", "plateau_at_zero",
    "plateau", "note",
)  # fmt: skip
SUMMARY_COLUMNS = (
    "endpoint", "drug", "series", "direction", "measure", "value", "relation", "lower", "upper",
    "unit", "p", "n", "bounds", "note", "interference",
)  # fmt: skip
TREND, EC50, IC50, SLOPE = "trend per dose step", "EC50", "IC50", "Hill slope"
AT_ZERO, PLATEAU = "plateau at dose zero", "plateau at high doses"
RISES, FALLS = "rises", "falls"
STATE_IN_WORDS = {
    "curve": "",
    "not_reached": "fewer than two doses beyond the half effect",
    "below_doses": "every dose is beyond the half effect",
    "no_effect": "no effect in the direction of the other experiments",
    "too_few_doses": "a curve needs four doses",
    "no_untreated": "no untreated wells in this experiment",
    "bound": "a mean outside the quantifiable range",
}
"""Why an experiment has no EC50."""


def dose_tables(
    arms: pd.DataFrame, design: Design, settings: ComparisonSettings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The curves of all experiments and their summary, on the scale of findings.

    Parameters
    ----------
    arms
        comparison/arms.csv.

    Returns
    -------
    comparison/dose_curves.csv, one row for each endpoint, series and experiment, and
    comparison/dose_summary.csv, one for each measure. Both are empty in a study without doses.
    """
    labels = [design.label(arm) for arm in design.arms]
    curves: list[dict[str, object]] = []
    summary: list[dict[str, object]] = []
    for quantity in settings.quantities:
        endpoint = quantity.primary
        means = GroupMeans.of(arms, endpoint, labels)
        for series in dose_series(design, means.cultured):
            found = experiment_curves(series, means, endpoint, design)
            if found is None:
                continue
            common = {
                "endpoint": endpoint.name,
                "drug": series.factor.name,
                "series": series.name(design),
                "direction": RISES if found.direction > 0 else FALLS,
            }
            curves += [common | row for row in _curve_rows(found)]
            disturbed = labels_of(design, series.labels(design), endpoint.subject)
            summary += [
                common | {"interference": disturbed} | row
                for row in _summary_rows(found, means, design)
            ]
    return (
        pd.DataFrame(curves, columns=list(CURVE_COLUMNS)),
        pd.DataFrame(summary, columns=list(SUMMARY_COLUMNS)),
    )


def _curve_rows(found: ExperimentCurves) -> Iterator[dict[str, object]]:
    ic50 = found.ic50
    for experiment, curve in found.curves.items():
        half = ic50.get(experiment, Potency(float("nan")))
        yield {
            "experiment": experiment,
            "doses": len(curve.doses),
            "untreated": curve.untreated if np.isfinite(curve.untreated) else np.nan,
            "state": curve.state,
            "ec50": curve.ec50.value,
            "ec50_relation": curve.ec50.relation,
            "ic50": half.value,
            "ic50_relation": half.relation,
            "dose_unit": found.series.factor.unit,
            "slope": curve.slope if curve.is_fitted else np.nan,
            "plateau_at_zero": curve.plateau_at_zero if curve.is_fitted else np.nan,
            "plateau": curve.plateau if curve.is_fitted else np.nan,
            "note": STATE_IN_WORDS[curve.state],
        }


def _summary_rows(
    found: ExperimentCurves, means: GroupMeans, design: Design
) -> Iterator[dict[str, object]]:
    yield _trend(found, means, design)
    if all(curve.state == "too_few_doses" for curve in found.curves.values()):
        return
    unit = found.series.factor.unit
    if not found.has_effect:
        note = f"no dose effect is shown (trend, two-sided p above {EFFECT_LEVEL:g}): no EC50"
        yield _row(EC50, np.nan, unit=unit, n=len(found.curves), note=note)
        return
    donors = means.donors
    yield _potency_row(EC50, found.ec50, unit, donors)
    if found.ic50:
        yield _potency_row(IC50, found.ic50, unit, donors)
    fitted = {name: curve for name, curve in found.curves.items() if curve.is_fitted}
    scale = found.endpoint.unit_shown
    for measure, read, shown_unit, is_log in (
        (SLOPE, lambda one: np.log(one.slope), "", True),
        (AT_ZERO, lambda one: one.plateau_at_zero, scale, found.endpoint.scale == "log"),
        (PLATEAU, lambda one: one.plateau, scale, found.endpoint.scale == "log"),
    ):
        if fitted:
            yield _mean_row(measure, fitted, read, shown_unit, donors, is_log=is_log)


def _trend(found: ExperimentCurves, means: GroupMeans, design: Design) -> dict[str, object]:
    labels = found.series.labels(design)
    contrast = trend_contrast(means, labels)
    tested = contrast is not None and contrast.has_enough and contrast.varies
    ends = limits(means, trend_weights(labels), "", 0.95) if tested else (np.nan, np.nan)
    numbers = np.array([np.nan if contrast is None else contrast.estimate, *ends])
    is_ratio = found.endpoint.is_ratio
    value, lower, upper = np.exp(numbers) if is_ratio else numbers
    notes = [] if contrast is not None else ["means outside the quantifiable range: no estimate"]
    turned = reversal(means, labels, found.direction)
    if turned is not None:
        position, _ = turned
        low, high = labels[position], labels[position + 1]
        change = "falls" if found.direction > 0 else "rises"
        notes.append(f"not monotone: it {change} from {low} to {high}")
    of_ratio = "odds ratio" if found.endpoint.is_odds else "ratio"
    unit = of_ratio if is_ratio else found.endpoint.unit
    return _row(
        TREND,
        value,
        lower=lower,
        upper=upper,
        unit=unit,
        p=contrast.p if contrast is not None and tested else np.nan,
        n=0 if contrast is None else contrast.n,
        note="; ".join(notes),
    )


def _potency_row(
    measure: str, every: Mapping[str, Potency], unit: str, donors: Donors
) -> dict[str, object]:
    """A dose over all experiments, with what bounds it."""
    mean = mean_potency(every, donors)
    without = [name for name, one in every.items() if np.isnan(one.value)]
    notes = [mean.note, f"{listed(without)} without a curve" if without else ""]
    return _row(
        measure,
        mean.value,
        lower=mean.lower,
        upper=mean.upper,
        relation=mean.relation,
        unit=unit,
        n=mean.n,
        bounds=mean.bounds,
        note="; ".join(filter(None, notes)),
    )


def _mean_row(
    measure: str,
    fitted: Mapping[str, DoseCurve],
    read: Callable[[DoseCurve], float],
    unit: str,
    donors: Donors,
    *,
    is_log: bool,
) -> dict[str, object]:
    values = {name: float(read(curve)) for name, curve in fitted.items()}
    return _mean_of(measure, values, unit, donors, is_log=is_log)


def _mean_of(
    measure: str,
    values: Mapping[str, float],
    unit: str,
    donors: Donors,
    *,
    is_log: bool,
    note: str = "",
) -> dict[str, object]:
    """A mean over experiments, or donors, with its 95 % t interval from three experiments on."""
    contrast = mean_over_experiments(values, donors)
    ends = contrast.ci95 if contrast.has_enough else (np.nan, np.nan)
    numbers = np.array([contrast.estimate, *ends])
    value, lower, upper = np.exp(numbers) if is_log else numbers
    return _row(measure, value, lower=lower, upper=upper, unit=unit, n=contrast.n, note=note)


def _row(
    measure: str,
    value: float,
    *,
    lower: float = np.nan,
    upper: float = np.nan,
    relation: str = "",
    unit: str = "",
    p: float = np.nan,
    n: int = 0,
    bounds: int = 0,
    note: str = "",
) -> dict[str, object]:
    return {
        "measure": measure,
        "value": float(value),
        "relation": relation,
        "lower": float(lower),
        "upper": float(upper),
        "unit": unit,
        "p": p,
        "n": n,
        "bounds": bounds,
        "note": note,
    }
