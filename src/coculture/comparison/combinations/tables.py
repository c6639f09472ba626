"""comparison/dose_pairs.csv and comparison/synergy.csv."""

from collections.abc import Collection, Iterable, Iterator

import numpy as np
import pandas as pd

from coculture.comparison.combinations.crossed import CrossedDrugs, crossed_drugs, pairs_measured
from coculture.comparison.combinations.effects import EffectIs, crossed_effects
from coculture.comparison.combinations.excess import LOEWE, Excess, excess_over
from coculture.comparison.design.arms import Arm, Design
from coculture.comparison.design.interference import labels_of
from coculture.comparison.quantities.endpoint import Endpoint
from coculture.comparison.settings import ComparisonSettings, Factor, Finding
from coculture.comparison.statistics.combination import ALL, killing
from coculture.comparison.statistics.contrasts import (
    MIN_EXPERIMENTS,
    Contrast,
    per_experiment_contrast,
)
from coculture.comparison.statistics.donors import Donors
from coculture.comparison.statistics.group_means import GroupMeans

EFFECT_IS = "endpoint_is"
"""Config key of a synergy: whether the drugs raise or lower its endpoint."""
SYNERGY = "synergy"
"""The kind of finding that asks for the dose pairs of its endpoint."""
_CROSSED = ("endpoint", "drug", "second_drug", "setting", "reference")
PAIR_COLUMNS = (
    *_CROSSED, "dose", "dose_unit", "second_dose", "second_dose_unit", "experiment", "observed",
    "expected", "excess", "lower", "upper", "n",
)  # fmt: skip
SUMMARY_COLUMNS = (
    *_CROSSED, "excess", "lower", "upper", "p", "n", "pairs", "pairs_without", "note",
    "interference",
)  # fmt: skip


def synergy_tables(
    arms: pd.DataFrame, design: Design, settings: ComparisonSettings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What was observed and expected at every pair of doses, and the mean over all of them.

    Parameters
    ----------
    arms
        comparison/arms.csv.

    Returns
    -------
    comparison/dose_pairs.csv, one row for each reference, pair of doses and experiment, and one for
    all experiments; comparison/synergy.csv, one for each reference. Both are empty in a study that
    crossed no drugs at several doses.
    """
    labels = [design.label(arm) for arm in design.arms]
    pairs: list[dict[str, object]] = []
    summary: list[dict[str, object]] = []
    for endpoint, effect_is in endpoints_of_effects(settings):
        means = GroupMeans.of(arms, endpoint, labels)
        for crossed in crossed_drugs(design):
            effects = crossed_effects(crossed, means, endpoint, design, effect_is)
            for excess in excess_over(effects):
                common = _common(endpoint, crossed, excess, design)
                pairs += [common | row for row in _pair_rows(crossed, excess, means.donors)]
                disturbed = labels_of(design, crossed.labels(design), endpoint.subject)
                summary.append(
                    common | _summary(excess, means.donors) | {"interference": disturbed}
                )
    return (
        pd.DataFrame(pairs, columns=list(PAIR_COLUMNS)),
        pd.DataFrame(summary, columns=list(SUMMARY_COLUMNS)),
    )


def effect_is_of(finding: Finding) -> EffectIs:
    """Whether the drugs of a synergy raise its endpoint, as without the key, or lower it."""
    return "lowered" if finding.options.get(EFFECT_IS) == "lowered" else "raised"


def over_experiments(values: "pd.Series[float]", donors: Donors) -> Contrast:
    """The mean of a number over experiments, or over donors where these are tested."""
    return per_experiment_contrast(values.to_frame("value"), {"value": 1.0}, donors)


def in_matrices(
    design: Design,
    settings: ComparisonSettings,
    subject: str,
    measured: Iterable[Collection[str]],
) -> frozenset[tuple[Arm, Factor, Factor]]:
    """The arms with two drugs whose effect on an endpoint is in matrices of dose pairs.

    `measured` has the names of the arms of each experiment that has the endpoint.
    """
    if subject not in {endpoint.subject for endpoint, _ in endpoints_of_effects(settings)}:
        return frozenset()
    return pairs_measured(design, measured)


def endpoints_of_effects(settings: ComparisonSettings) -> Iterator[tuple[Endpoint, EffectIs]]:
    """The percent of cells that die, and the endpoints of findings that claim a synergy."""
    found: dict[str, tuple[Endpoint, EffectIs]] = {}
    killed = killing(settings)
    if killed is not None:
        points = next(one for one in killed.scales if one.scale == "points")
        found[killed.name] = points, "raised"
    for finding in settings.findings:
        quantity = settings.quantity(finding.endpoint)
        if finding.kind == SYNERGY and quantity is not None:
            found.setdefault(quantity.name, (quantity.primary, effect_is_of(finding)))
    yield from found.values()


def _common(
    endpoint: Endpoint, crossed: CrossedDrugs, excess: Excess, design: Design
) -> dict[str, object]:
    return {
        "endpoint": endpoint.subject,
        "drug": crossed.first.name,
        "second_drug": crossed.second.name,
        "setting": crossed.setting(design),
        "reference": excess.reference,
    }


def _pair_rows(
    crossed: CrossedDrugs, excess: Excess, donors: Donors
) -> Iterator[dict[str, object]]:
    for i, pair in enumerate(crossed.pairs):
        doses: dict[str, object] = {
            "dose": pair.first_dose,
            "dose_unit": crossed.first.unit,
            "second_dose": pair.second_dose,
            "second_dose_unit": crossed.second.unit,
        }
        found = pd.DataFrame(
            {"observed": excess.observed[:, i], "expected": excess.expected[:, i]},
            index=list(excess.experiments),
        )
        found["excess"] = found["observed"] - found["expected"]
        for experiment, row in found.dropna(subset="observed").iterrows():
            numbers = {str(name): float(value) for name, value in row.items()}
            yield {**doses, "experiment": str(experiment), **numbers}
        complete = found.dropna()
        mean = over_experiments(complete["excess"], donors)
        yield {
            **doses,
            "experiment": ALL,
            "observed": over_experiments(complete["observed"], donors).estimate,
            "expected": over_experiments(complete["expected"], donors).estimate,
            "excess": mean.estimate,
            **_limits(mean),
            "n": mean.n,
        }


def _summary(excess: Excess, donors: Donors) -> dict[str, object]:
    mean = over_experiments(excess.mean_of_pairs(), donors)
    known = int(excess.pairs_in_all.sum())
    return {
        "excess": mean.estimate,
        **_limits(mean),
        "p": mean.p if mean.n >= MIN_EXPERIMENTS else np.nan,
        "n": mean.n,
        "pairs": len(excess.pairs_in_all) if excess.reference != LOEWE else known,
        "pairs_without": len(excess.pairs_in_all) - known if excess.reference == LOEWE else 0,
        "note": _note(excess, mean),
    }


def _note(excess: Excess, mean: Contrast) -> str:
    """Why there is no number, or which experiments did not enter it."""
    if excess.reference == LOEWE and not excess.pairs_in_all.any():
        return (
            "no curve of both drugs alone in one experiment, or every effect is beyond the plateau "
            "of a drug"
        )
    lacking = list(mean.left_out)
    return f"without all pairs of doses: {', '.join(lacking)}" if lacking else ""


def _limits(mean: Contrast) -> dict[str, object]:
    lower, upper = mean.ci95
    return {"lower": float(lower), "upper": float(upper)}
