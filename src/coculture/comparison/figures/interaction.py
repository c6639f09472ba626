"""Two factors given alone and together: parallel lines are no interaction."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coculture.comparison.comparison import Comparison
from coculture.comparison.design.arms import Arm, Design
from coculture.comparison.design.endpoints import Cells, Endpoint, primary_endpoint
from coculture.comparison.design.families import interaction_weights, interactions
from coculture.comparison.figures.elements import (
    MEAN,
    as_shown,
    caption,
    kind_of_mean,
    label_decades,
    log_limits,
    nothing_to_draw,
    why_nothing,
)
from coculture.comparison.findings.wording import points, significant
from coculture.comparison.settings import ComparisonSettings, Factor
from coculture.comparison.statistics.contrasts import per_experiment_contrast
from coculture.drawing import Drawing, style

TABLE = "figures/comparison/interaction.csv"
COLUMNS = ("panel", "line", "arm", "experiment", "value", "unit", "n")
_Lines = tuple[tuple[Arm, Arm], tuple[Arm, Arm]]


def interaction(
    cultures: pd.DataFrame, tables: Comparison, endpoint: str, settings: ComparisonSettings
) -> Drawing:
    """Two factors given alone and together, one panel each: parallel lines are no interaction."""
    scale = primary_endpoint(endpoint, settings)
    design = Design.of(cultures, settings)
    cells = Cells.of(tables.arms, scale, [design.label(arm) for arm in design.arms])
    pairs = [
        (arm, one, other)
        for arm, one, other in interactions(design)
        if cells.mean[list(interaction_weights(design, arm, one, other))].notna().any().all()
    ]
    if not pairs:
        why = (
            why_nothing(tables.arms, scale)
            if cells.mean.isna().all(axis=None)
            else "no two factors were given alone and together"
        )
        return nothing_to_draw(f"No interaction to show: {why}.", TABLE, COLUMNS)
    rows: list[dict[str, object]] = []
    with style.house_style():
        columns = min(len(pairs), 4)
        height = -(-len(pairs) // columns)
        figure = Figure(figsize=(2.7 * max(columns, 2), 3.5 * height))
        axes = figure.subplots(height, columns, squeeze=False, sharey=True).ravel()
        for axis, (arm, one, other) in zip(axes, pairs, strict=False):
            lines = _lines(design, arm, one, other)
            rows += _draw_panel(axis, cells.mean, scale, design, lines)
            weights = interaction_weights(design, arm, one, other)
            axis.set_xlabel(_in_words(cells, weights, scale), fontsize=7.5)
        if not scale.is_ratio:
            axes[0].set_ylim(bottom=0)
        for axis in axes[len(pairs) :]:
            axis.set_visible(False)
        for axis in axes[::columns]:
            axis.set_ylabel(scale.title_shown)
        of_endpoint = tables.arms[tables.arms["endpoint"] == scale.name]
        drawn = {str(row["arm"]) for row in rows}
        wells = of_endpoint.loc[of_endpoint["arm"].isin(drawn), "wells"].sum()
        caption(
            figure,
            f"Thin lines: experiments. Thick lines: their {kind_of_mean(scale)}; {wells:.0f} wells."
            "\nBelow each panel: what both did together beyond the sum of what each did alone"
            f"{' (as a factor)' if scale.is_ratio else ''}, inside experiments.",
        )
    return Drawing(figure, pd.DataFrame(rows, columns=list(COLUMNS)), TABLE)


def _lines(design: Design, arm: Arm, one: Factor, other: Factor) -> _Lines:
    """The arms on the line without `one`, and on the line with it."""
    without_one = design.with_level(arm, one, one.untreated)
    return (
        (
            design.with_level(without_one, other, other.untreated),
            design.with_level(arm, other, other.untreated),
        ),
        (without_one, arm),
    )


def _draw_panel(
    axis: Axes, means: pd.DataFrame, scale: Endpoint, design: Design, lines: _Lines
) -> list[dict[str, object]]:
    """Draw one pair of factors; returns a row for each point."""
    if scale.is_ratio:
        axis.set_yscale("log")
        axis.set_ylim(*log_limits(means.to_numpy(dtype=float)))
        label_decades(axis.yaxis)
    ground = lines[0][0]
    across = _extra(design, lines[0][1], ground)
    between = _extra(design, lines[1][0], ground)
    rest = f" with {design.treatment(ground)}" if design.given(ground) else ""
    panel = f"{design.display_setting(ground)} cells{rest}: {across} × {between}"
    rows: list[dict[str, object]] = []
    for (first, second), colour, words in zip(
        lines, (style.GREY, style.BLUE), (f"without {between}", f"with {between}"), strict=True
    ):
        values = means[[design.label(first), design.label(second)]].dropna()
        if values.empty:
            continue
        average = values.mean().to_frame(MEAN).T
        axis.plot([0, 1], as_shown(values, scale).T, color=colour, linewidth=0.7, alpha=0.6)
        axis.plot(
            [0, 1],
            as_shown(average, scale)[0],
            color=colour,
            linewidth=2.4,
            marker="o",
            markersize=6,
            label=f"{words} (n = {len(values)})",
        )
        for experiment, pair in pd.concat([values, average]).iterrows():
            rows += [
                {
                    "panel": panel,
                    "line": words,
                    "arm": arm,
                    "experiment": experiment,
                    "value": float(as_shown(value, scale)),
                    "unit": scale.unit_shown,
                    "n": len(values) if experiment == MEAN else np.nan,
                }
                for arm, value in pair.items()
            ]
    axis.set_title(panel.replace(": ", "\n"), fontsize=9)
    axis.set_xticks([0, 1], [f"no {across}", across])
    axis.set_xlim(-0.3, 1.3)
    axis.legend(fontsize=7, loc="best")
    return rows


def _in_words(cells: Cells, weights: dict[str, float], scale: Endpoint) -> str:
    """The interaction with its 95 % interval, n and df."""
    if (cells.relation[list(weights)] != "").any(axis=None):
        return "with cells outside the range: no estimate"
    contrast = per_experiment_contrast(cells.mean, weights)
    numbers = as_shown([contrast.estimate, *contrast.ci95], scale)
    said = significant if scale.is_ratio else points
    value, lower, upper = (said(float(number)) for number in numbers)
    if contrast.n < 2 or np.isnan(numbers[1]):
        return f"interaction {value}, n = {contrast.n}"
    limits = f"95 % CI {lower} to {upper}"
    return f"interaction {value}\n{limits}, n = {contrast.n}, df = {contrast.df:.0f}"


def _extra(design: Design, arm: Arm, ground: Arm) -> str:
    """What `arm` was given and `ground` was not."""
    return design.treatment(design.difference(arm, ground))
