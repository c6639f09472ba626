"""Combinations: each drug alone, both as expected by Bliss independence, both as observed."""

import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coculture.comparison.combinations.tables import in_matrices
from coculture.comparison.design.arms import Design
from coculture.comparison.design.interference import caption_of
from coculture.comparison.figures.axes import (
    MEAN,
    caption,
    grid,
    nothing_to_draw,
    why_no_values,
)
from coculture.comparison.figures.inputs import FigureInputs
from coculture.comparison.statistics.combination import (
    ALL,
    EXPECTED,
    OBSERVED,
    VIABILITY_RATIO,
    killing,
    name_of,
)
from coculture.comparison.statistics.exploratory import PER_EXPERIMENT
from coculture.drawing import Drawing, style
from coculture.drawing.marks import Mark, experiment_marks, legend_line
from coculture.exchange.figure_text import FigureText
from coculture.exchange.names import relabelled
from coculture.exchange.vocabulary import number

TABLE = "figures/comparison/combination.csv"
_MOST_SAID = 6
"""Combinations whose ratios the result names one by one."""
COLUMNS = ("combination", "treatment", "experiment", "value", "unit")


def combination(inputs: FigureInputs) -> Drawing:
    """Specific apoptosis of each combination: alone, expected by Bliss independence, observed."""
    tables, settings = inputs.tables, inputs.settings
    text = FigureText(
        "Combinations compared with Bliss independence",
        "Expected is Bliss independence: the effect of two drugs that act independently.",
        _result(tables.combination, inputs.design),
        PER_EXPERIMENT,
    )
    quantity = killing(settings)
    if quantity is None:
        message = "No combination to show: no percent of cells that die is compared."
        return nothing_to_draw(message, TABLE, COLUMNS, text)
    of_percent = tables.arms["endpoint"] == quantity.columns.value
    percent = tables.arms.loc[of_percent, "mean"]
    disturbed = caption_of(inputs.design, tables.arms.loc[of_percent, "arm"], quantity.name)
    marks = experiment_marks(tables.arms["experiment"].unique())
    measured = inputs.arms_of_experiments(quantity.columns.value)
    elsewhere = {
        name_of(inputs.design, *pair)
        for pair in in_matrices(inputs.design, settings, quantity.name, measured)
    }
    complete = {
        str(name): values
        for name, rows in tables.combination.groupby("combination", sort=False)
        if name not in elsewhere and not (values := _specific_apoptosis(rows)).empty
    }
    if not complete:
        why = (
            why_no_values(inputs.cultures, quantity)
            if percent.isna().all()
            else "no two drugs were given alone and together in one experiment"
        )
        return nothing_to_draw(f"No combination to show: {why}.", TABLE, COLUMNS, text)
    with style.house_style():
        rows, columns = grid(len(complete))
        figure = Figure(figsize=(3.6 * max(columns, 2), 3.9 * rows))
        axes = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
        for axis, (name, values) in zip(axes, complete.items(), strict=False):
            _draw_combination(axis, values, marks)
            ratio = _viability_ratio(tables.combination, name)
            title = textwrap.fill(relabelled(name, settings.cell_labels), 36)
            axis.set_title(title, fontsize=9, pad=27)
            axis.text(0.0, 1.02, ratio, transform=axis.transAxes, fontsize=7.5, va="bottom")
        drawn = {experiment for values in complete.values() for experiment in values.index}
        figure.legend(
            handles=[legend_line(name, mark) for name, mark in marks.items() if name in drawn],
            title="experiment",
            title_fontsize=8,
            loc="outside right center",
        )
        for axis in axes[len(complete) :]:
            axis.set_visible(False)
        for axis in axes[::columns]:
            axis.set_ylabel(f"Specific {quantity.name} (%)")
        caption(
            figure,
            f"Specific {quantity.name}: 100 (treated − untreated) / (100 − untreated), in each "
            "experiment that has all four arms; untreated: without either of the two drugs.\n"
            f"Bars: mean of these experiments.{disturbed}",
        )
    return Drawing(figure, _shown(complete), TABLE, text)


def _shown(complete: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    rows = [
        {
            "combination": name,
            "treatment": treatment,
            "experiment": experiment,
            "value": value,
            "unit": "%",
        }
        for name, values in complete.items()
        for experiment, line in pd.concat([values, values.mean().to_frame(MEAN).T]).iterrows()
        for treatment, value in line.items()
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _specific_apoptosis(rows: pd.DataFrame) -> pd.DataFrame:
    """Specific apoptosis of one combination in the experiments that have all four arms.

    Experiments x treatments: each drug alone, expected, observed.
    """
    specific = rows[(rows["treatment"] != "") & (rows["experiment"] != ALL)]
    values = specific.pivot_table(index="experiment", columns="treatment", values="value")
    of_both = (EXPECTED, OBSERVED)
    alone = [drug for drug in dict.fromkeys(rows["treatment"]) if drug not in ("", *of_both)]
    return values.reindex(columns=[*alone, *of_both]).dropna()


def _result(combinations: pd.DataFrame, design: Design) -> str:
    """Observed over expected viability of every combination."""
    ratios = combinations[
        (combinations["measure"] == VIABILITY_RATIO)
        & (combinations["experiment"] == ALL)
        & combinations["value"].notna()
    ]
    if ratios.empty:
        return ""
    rows = ratios.to_dict("records")
    if len(rows) <= _MOST_SAID:
        said = "; ".join(f"{row['combination']}: {VIABILITY_RATIO} {_ratio(row)}" for row in rows)
        return design.with_display_labels(f"{said}.")
    ordered = sorted(rows, key=lambda row: float(row["value"]))
    low, high = (f"{_ratio(row)} in {row['combination']}" for row in (ordered[0], ordered[-1]))
    below = sum(row["upper"] < 1 for row in rows)
    return design.with_display_labels(
        f"{VIABILITY_RATIO[:1].upper()}{VIABILITY_RATIO[1:]} of {len(rows)} combinations: from "
        f"{low} to {high}. The 95 % CI is below 1 (more effect than expected) in {below} of them."
    )


def _ratio(row: Any) -> str:
    """The ratio with its interval: "0.823 (95 % CI 0.762 to 0.89)"."""
    interval = ""
    if pd.notna(row["lower"]):
        interval = f" (95 % CI {number(row['lower'])} to {number(row['upper'])})"
    return f"{number(row['value'])}{interval}"


def _viability_ratio(combinations: pd.DataFrame, name: str) -> str:
    """Observed over expected viability with its interval, as text."""
    of_ratio = combinations[
        (combinations["combination"] == name) & (combinations["measure"] == VIABILITY_RATIO)
    ]
    n = int((of_ratio["experiment"] != ALL).sum())
    ratio = of_ratio[of_ratio["experiment"] == ALL].iloc[0]
    text = f"viable, observed / expected = {ratio['value']:.2f}"
    if np.isnan(ratio["lower"]):
        return f"{text}\nn = {n}, {ratio['wells']:.0f} wells"
    limits = f"95 % CI {ratio['lower']:.2f} to {ratio['upper']:.2f}"
    return f"{text}\n{limits}, n = {n}, df = {ratio['df']:.0f}, {ratio['wells']:.0f} wells"


def _draw_combination(axis: Axes, values: pd.DataFrame, marks: Mapping[str, Mark]) -> None:
    # Side by side, so that no experiment hides another.
    shifts = np.linspace(-0.12, 0.12, len(values)) if len(values) > 1 else np.zeros(1)
    for shift, (experiment, line) in zip(shifts, values.iterrows(), strict=True):
        mark = marks[str(experiment)]
        axis.plot(
            np.arange(4) + shift,
            line.to_numpy(dtype=float),
            color=mark.colour,
            marker=mark.marker,
            linewidth=0.8,
            markersize=6,
            markeredgecolor="white",
        )
    for position, mean in enumerate(values.mean()):
        axis.plot(
            [position - 0.25, position + 0.25], [mean, mean], color=style.BLACK, linewidth=2.2
        )
    axis.axhline(0, color=style.GREY, linewidth=0.8)
    names = [textwrap.fill(str(name), 12, break_on_hyphens=False) for name in values.columns]
    axis.set_xticks(range(4), names)
    axis.tick_params(axis="x", labelbottom=True)
    axis.set_xlim(-0.5, 3.5)
