"""Do two drugs together have more effect than expected from each alone?

Bliss independence (C. I. Bliss, Ann. Appl. Biol. 26 (1939) 585): independent drugs multiply the
viable fractions, so observed over expected viability is the exponential of the interaction contrast
on ln viable. For display also percent specific apoptosis (W. S. Abbott, J. Econ. Entomol. 18 (1925)
265) and the excess over the highest single agent: over all experiments, not in each.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coculture.comparison.design.arms import Arm, Design
from coculture.comparison.design.families import interaction_weights, interactions
from coculture.comparison.quantities.quantity import Quantity
from coculture.comparison.settings import ComparisonSettings, Factor
from coculture.comparison.statistics.contrasts import MIN_EXPERIMENTS, per_experiment_contrast
from coculture.comparison.statistics.donors import Donors
from coculture.comparison.statistics.group_means import GroupMeans

COLUMNS = (
    "combination", "measure", "treatment", "unit", "experiment", "value", "lower", "upper", "df",
    "p", "wells",
)  # fmt: skip
ALL = "all"
VIABILITY_RATIO = "observed over expected viability"
OBSERVED, EXPECTED = "observed", "expected (Bliss)"
"""The specific apoptosis of both drugs in the column `treatment`; each drug alone has its name."""


@dataclass(frozen=True)
class _Measure:
    """One measure of a combination, with its value in each experiment.

    With `is_log` they are logarithms of what is reported, and their mean is tested against 0.
    """

    name: str
    unit: str
    by_experiment: "pd.Series[float]"
    treatment: str = ""
    is_log: bool = False
    wells: float = np.nan


def combination_table(
    arms: pd.DataFrame, design: Design, settings: ComparisonSettings
) -> pd.DataFrame:
    """comparison/combination.csv: each measure of each combination, by experiment and for all.

    The value over all experiments is their mean (of the ratio the geometric mean), or with three
    donors or more the mean of the donors' means, with its 95 % t interval. p tests whether the
    Bliss ratio is 1, two-sided; `wells` is the number of wells of the four arms in the experiments
    that have all of them.
    """
    quantity = killing(settings)
    if quantity is None:
        return pd.DataFrame(columns=list(COLUMNS))
    scales = {scale.scale: scale for scale in quantity.scales}
    labels = [design.label(arm) for arm in design.arms]
    percents = GroupMeans.of(arms, scales["points"], labels)
    percent, donors = percents.estimates, percents.donors
    of_percent = arms["endpoint"] == scales["points"].name
    wells = arms[of_percent].set_index(["experiment", "arm"])["wells"]
    viable = GroupMeans.of(arms, scales["log_rest"], labels).estimates
    rows: list[dict[str, object]] = []
    for arm, one, other in interactions(design):
        if one.adds_analyte or other.adds_analyte:
            continue
        weights = interaction_weights(design, arm, one, other)
        ratio = per_experiment_contrast(viable, weights).values  # noqa: PD011
        counted = int(
            sum(wells[experiment, label] for experiment in ratio.index for label in weights)
        )
        measures = [
            _Measure(VIABILITY_RATIO, "ratio", ratio, is_log=True, wells=counted),
            *_specific(quantity.name, percent, weights, design),
        ]
        for measure in measures:
            rows += _rows(name_of(design, arm, one, other), measure, donors)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def name_of(design: Design, arm: Arm, one: Factor, other: Factor) -> str:
    """The name of a combination: of its arm, and with further drugs of the two, too."""
    # Three drugs together make up to three pairs, each with the third drug in all arms.
    return design.label(arm) + (
        f" ({one.name} × {other.name})" if len(design.given(arm)) > 2 else ""
    )


def killing(settings: ComparisonSettings) -> Quantity | None:
    """The quantity that says which part of the cells a treatment kills; None if there is none."""
    of_rest = (one for one in settings.quantities if one.scales[-1].scale == "log_rest")
    return next(of_rest, None)


def _specific(
    name: str, percent: pd.DataFrame, weights: dict[str, float], design: Design
) -> Iterator[_Measure]:
    """Specific killing by both drugs, by each alone, and as expected; and both excesses."""
    both, first, second, neither = weights  # the order of `interaction_weights`
    untreated = percent[neither]

    def specific(label: str) -> "pd.Series[float]":
        return 100 * (percent[label] - untreated) / (100 - untreated)

    def measure(name: str, values: "pd.Series[float]", treatment: str = "") -> _Measure:
        return _Measure(name, "percentage points", values.dropna(), treatment)

    treatment = {label: design.treatment(design.by_label[label]) for label in (both, first, second)}
    together, alone, other_alone = (specific(label) for label in (both, first, second))
    expected = alone + other_alone - alone * other_alone / 100
    complete = pd.concat([alone, other_alone, together], axis=1).dropna()
    # One agent for all experiments: the higher one of each would be too high by its own error.
    means = complete.mean().tolist()
    label, highest = (first, alone) if not means[1] > means[0] else (second, other_alone)
    yield measure(f"specific {name}, {treatment[both]}", together, OBSERVED)
    yield measure(f"specific {name}, {treatment[first]}", alone, treatment[first])
    yield measure(f"specific {name}, {treatment[second]}", other_alone, treatment[second])
    yield measure(f"specific {name}, expected by Bliss", expected, EXPECTED)
    yield measure("excess over Bliss", together - expected)
    excess = (together - highest).reindex(complete.index)
    yield measure(f"excess over the highest single agent, {treatment[label]}", excess)


def _rows(combination: str, measure: _Measure, donors: Donors) -> Iterator[dict[str, object]]:
    """One row for each experiment, and one for all."""
    named: dict[str, object] = {
        "combination": combination,
        "measure": measure.name,
        "treatment": measure.treatment,
        "unit": measure.unit,
    }
    values = measure.by_experiment.transform(np.exp) if measure.is_log else measure.by_experiment
    for experiment, value in values.items():
        yield {**named, "experiment": experiment, "value": float(value)}
    over_all = per_experiment_contrast(
        measure.by_experiment.to_frame("value"), {"value": 1.0}, donors
    )
    numbers = np.array([over_all.estimate, *over_all.ci95])
    mean, lower, upper = np.exp(numbers) if measure.is_log else numbers
    tested = measure.is_log and over_all.n >= MIN_EXPERIMENTS
    yield {
        **named,
        "experiment": ALL,
        "value": float(mean),
        "lower": float(lower),
        "upper": float(upper),
        "df": over_all.df if over_all.n > 1 else np.nan,
        "p": over_all.p if tested else np.nan,
        "wells": measure.wells,
    }
