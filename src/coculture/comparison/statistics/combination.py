"""Did two drugs together do more than each alone would let one expect?

Bliss independence (C. I. Bliss, Ann. Appl. Biol. 26 (1939) 585): independent drugs multiply the
viable fractions, so observed over expected viability is the exponential of the interaction contrast
on ln viable. Beside it, for display, percent specific apoptosis (W. S. Abbott, J. Econ. Entomol. 18
(1925) 265) and the excess over the highest single agent.
"""

import numpy as np
import pandas as pd

from coculture.comparison.design.arms import Design
from coculture.comparison.design.endpoints import LN_VIABLE, PERCENT, Cells, endpoints
from coculture.comparison.design.families import interaction_weights, interactions
from coculture.comparison.settings import ComparisonSettings
from coculture.comparison.statistics.contrasts import per_experiment_contrast

COLUMNS = (
    "combination", "measure", "unit", "experiment", "value", "lower", "upper", "df", "p", "wells",
)  # fmt: skip
ALL = "all"
VIABILITY_RATIO = "observed over expected viability"


def combination_table(
    arms: pd.DataFrame, design: Design, settings: ComparisonSettings
) -> pd.DataFrame:
    """comparison/combination.csv: per combination, measure and experiment, then over all of them.

    The value over all experiments is their mean (of the ratio: the geometric mean) with its 95 % t
    interval; the p is of the Bliss ratio being 1, two-sided, and `wells` counts those of its four
    arms in the experiments that have all of them.
    """
    scales = {endpoint.name: endpoint for endpoint in endpoints(settings)}
    labels = [design.label(arm) for arm in design.arms]
    percent = Cells.of(arms, scales[PERCENT], labels).estimates
    wells = arms[arms["endpoint"] == PERCENT].set_index(["experiment", "arm"])["wells"]
    viable = Cells.of(arms, scales[LN_VIABLE], labels).estimates
    rows: list[dict[str, object]] = []
    for arm, one, other in interactions(design):
        if one.adds_analyte or other.adds_analyte:
            continue
        weights = interaction_weights(design, arm, one, other)
        # Three drugs together are up to three pairs, each with the third given throughout.
        which = f" ({one.name} × {other.name})" if len(design.given(arm)) > 2 else ""
        name = design.label(arm) + which
        ratio = per_experiment_contrast(viable, weights).values  # noqa: PD011
        counted = int(
            sum(wells[experiment, label] for experiment in ratio.index for label in weights)
        )
        rows += _summarised(name, VIABILITY_RATIO, "ratio", ratio, True, counted)
        neither = percent[list(weights)[-1]]
        specific = {
            design.treatment(design.by_label[label]): 100
            * (percent[label] - neither)
            / (100 - neither)
            for label in list(weights)[:3]
        }
        together, alone, beside = specific.values()
        expected = alone + beside - alone * beside / 100
        highest = pd.concat([alone, beside], axis=1).max(axis=1, skipna=False)
        measures = {f"specific apoptosis, {drug}": part for drug, part in specific.items()}
        measures |= {
            "specific apoptosis, expected by Bliss": expected,
            "excess over Bliss": together - expected,
            "excess over the highest single agent": together - highest,
        }
        for measure, values in measures.items():
            rows += _summarised(name, measure, "percentage points", values.dropna(), False)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _summarised(
    combination: str,
    measure: str,
    unit: str,
    values: pd.Series,
    is_log: bool,
    wells: float = np.nan,
) -> list[dict[str, object]]:
    named = {"combination": combination, "measure": measure, "unit": unit}
    shown = np.exp(values) if is_log else values
    rows: list[dict[str, object]] = [
        {**named, "experiment": experiment, "value": float(value)}
        for experiment, value in shown.items()
    ]
    over_all = per_experiment_contrast(values.to_frame("value"), {"value": 1.0})
    numbers = np.array([over_all.estimate, *over_all.ci95])
    value, lower, upper = np.exp(numbers) if is_log else numbers
    rows.append(
        {
            **named,
            "experiment": ALL,
            "value": float(value),
            "lower": float(lower),
            "upper": float(upper),
            "df": over_all.df if over_all.n > 1 else np.nan,
            "p": over_all.p if is_log and over_all.n > 2 else np.nan,
            "wells": wells,
        }
    )
    return rows
