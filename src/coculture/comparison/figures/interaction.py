"""Two factors given alone and together: parallel lines mean no interaction."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coculture.comparison.combinations.tables import in_matrices
from coculture.comparison.design.arms import Arm, Design
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.design.families import INTERACTION, interaction_weights, interactions
from coculture.comparison.design.interference import caption_of
from coculture.comparison.figures.axes import (
    MAX_LISTED,
    MEAN,
    as_shown,
    caption,
    kind_of_mean,
    label_decades,
    log_limits,
    nothing_to_draw,
    why_no_values,
)
from coculture.comparison.figures.inputs import FigureInputs
from coculture.comparison.findings.sentences import in_points, unit_of_points
from coculture.comparison.number_formats import significant, with_donors
from coculture.comparison.settings import Factor
from coculture.comparison.statistics import outside_range
from coculture.comparison.statistics.between_experiments import contrast_of
from coculture.comparison.statistics.contrasts import BETWEEN
from coculture.comparison.statistics.exploratory import PER_EXPERIMENT
from coculture.comparison.statistics.group_means import GroupMeans
from coculture.drawing import Drawing, style
from coculture.exchange.figure_text import FigureText
from coculture.exchange.names import relabelled
from coculture.exchange.vocabulary import heading, listed, number

TABLE = "figures/comparison/interaction.csv"
COLUMNS = ("panel", "line", "arm", "experiment", "value", "unit", "n")
_Lines = tuple[tuple[Arm, Arm], tuple[Arm, Arm]]


def interaction(inputs: FigureInputs, subject: str) -> Drawing:
    """Two factors given alone and together, one panel for each pair.

    `subject` is the name of an endpoint of the config.
    """
    tables, design = inputs.tables, inputs.design
    quantity = inputs.settings.compared(subject)
    scale = quantity.primary
    text = FigureText(
        f"Does one drug change the effect of the other on {quantity.in_sentences}?",
        "Parallel lines: the effect of each drug is the same with and without the other.",
        result_of_interactions(tables.contrasts, scale, design),
        PER_EXPERIMENT,
    )
    means = GroupMeans.of(tables.arms, scale, [design.label(arm) for arm in design.arms])
    elsewhere = in_matrices(
        design, inputs.settings, subject, inputs.arms_of_experiments(scale.name)
    )
    pairs = [
        (arm, one, other)
        for arm, one, other in interactions(design)
        if (arm, one, other) not in elsewhere
        and means.mean[list(interaction_weights(design, arm, one, other))].notna().any().all()
    ]
    if not pairs:
        why = (
            why_no_values(inputs.cultures, quantity)
            if means.mean.isna().all(axis=None)
            else "no two factors were given alone and together"
        )
        return nothing_to_draw(f"No interaction to show: {why}.", TABLE, COLUMNS, text)
    rows: list[dict[str, object]] = []
    with style.house_style():
        columns = min(len(pairs), 4)
        height = -(-len(pairs) // columns)
        figure = Figure(figsize=(2.7 * max(columns, 2), 3.5 * height))
        axes = figure.subplots(height, columns, squeeze=False, sharey=True).ravel()
        for axis, (arm, one, other) in zip(axes, pairs, strict=False):
            lines = _lines(design, arm, one, other)
            rows += _draw_panel(axis, means, scale, design, lines)
            weights = interaction_weights(design, arm, one, other)
            axis.set_xlabel(_label(means, weights, scale), fontsize=7.5)
        if scale.bounds is not None:
            axes[0].set_ylim(bottom=scale.bounds[0])
        for axis in axes[len(pairs) :]:
            axis.set_visible(False)
        for axis in axes[::columns]:
            axis.set_ylabel(heading(scale.title_shown))
        of_endpoint = tables.arms[tables.arms["endpoint"] == scale.name]
        drawn = {str(row["arm"]) for row in rows}
        wells = of_endpoint.loc[of_endpoint["arm"].isin(drawn), "wells"].sum()
        beyond = "divided by the product" if scale.is_ratio else "minus the sum"
        caption(
            figure,
            f"Thin lines: experiments. Thick lines: their {kind_of_mean(scale)}; {wells:.0f} wells."
            f"\nBelow each panel: the effect of both together, {beyond} of their effects alone, "
            f"inside experiments{_between(means, pairs, design)}."
            f"{caption_of(design, sorted(drawn), subject)}",
        )
    return Drawing(figure, pd.DataFrame(rows, columns=list(COLUMNS)), TABLE, text)


def _between(means: GroupMeans, pairs: Sequence[tuple[Arm, Factor, Factor]], design: Design) -> str:
    """What is added to the caption if the arms of a panel share no experiment."""
    every = (means.groups(interaction_weights(design, *pair)) for pair in pairs)
    if not any(len(one) > 1 for one in every):
        return ""
    return (
        f", or {BETWEEN} where arms share none (points: experiments; dashed: between means of "
        "different experiments)"
    )


def result_of_interactions(contrasts: pd.DataFrame, scale: Endpoint, design: Design) -> str:
    """Each interaction with its interval; of many the strongest.

    `contrasts` is comparison/contrasts.csv.
    """
    found = contrasts[
        (contrasts["family"] == INTERACTION)
        & (contrasts["endpoint"] == scale.name)
        & (contrasts["analysis"] == PER_EXPERIMENT)
    ].dropna(subset=["estimate", "lower", "upper"])
    if found.empty:
        return ""
    points_unit = unit_of_points(scale)
    unit, none = ("-fold", "1-fold") if scale.is_ratio else (f" {points_unit}", f"0 {points_unit}")
    columns = ["estimate", "lower", "upper"]
    each = []
    for name, numbers in zip(found["contrast"], found[columns].to_numpy(float), strict=True):
        value, lower, upper = (number(float(one)) for one in as_shown(numbers, scale))
        each.append(f"{name} {value}{unit} (95 % CI {lower} to {upper})")
    if len(each) <= MAX_LISTED:
        text = f"Interactions ({none} is none): {'; '.join(each)}."
    else:
        strongest = each[int(found["estimate"].abs().argmax())]
        includes_none = int(((found["lower"] <= 0) & (found["upper"] >= 0)).sum())
        text = (
            f"The strongest of {len(each)} interactions is {strongest}. The 95 % CI includes "
            f"{none} (no interaction) in {includes_none} of {len(each)}."
        )
    return relabelled(text, design.cell_labels)


def _lines(design: Design, arm: Arm, one: Factor, other: Factor) -> _Lines:
    """The arms on the line without `one`, and those on the line with it."""
    without_one = design.with_level(arm, one, one.untreated)
    return (
        (
            design.with_level(without_one, other, other.untreated),
            design.with_level(arm, other, other.untreated),
        ),
        (without_one, arm),
    )


def _draw_panel(
    axis: Axes, means: GroupMeans, scale: Endpoint, design: Design, lines: _Lines
) -> list[dict[str, object]]:
    """Draw one pair of factors. Returns a row for each point.

    Arms that share no experiment are drawn as points, and only their means are connected, dashed.
    """
    if scale.is_ratio:
        axis.set_yscale("log")
        axis.set_ylim(*log_limits(means.mean.to_numpy(dtype=float)))
        label_decades(axis.yaxis)
    common = lines[0][0]
    across = _extra(design, lines[0][1], common)
    between = _extra(design, lines[1][0], common)
    no_across = (
        design.named_controls(common, lines[0][1]) or f"no {_drugs(design, lines[0][1], common)}"
    )
    without_between = f"without {_drugs(design, lines[1][0], common)}"
    if named := design.named_controls(common, lines[1][0]):
        without_between = f"with {named}"
    rest = f" with {design.additions(common)}" if design.given(common) else ""
    cells, factors = f"{design.cells_and_setting(common)}{rest}", f"{across} × {between}"
    panel = f"{cells}: {factors}"
    rows: list[dict[str, object]] = []
    for (first, second), colour, name in zip(
        lines, (style.GREY, style.BLUE), (without_between, f"with {between}"), strict=True
    ):
        labels = [design.label(first), design.label(second)]
        apart = len(means.groups(dict.fromkeys(labels, 1.0))) > 1
        values = means.mean[labels].dropna(how="all" if apart else "any")
        n = values.count()
        if (n == 0).any():
            continue
        average = values.mean().to_frame(MEAN).T
        axis.plot(
            [0, 1],
            as_shown(values, scale).T,
            color=colour,
            linewidth=0.7,
            alpha=0.6,
            linestyle="none" if apart else "-",
            marker="o" if apart else "none",
            markersize=3,
        )
        axis.plot(
            [0, 1],
            as_shown(average, scale)[0],
            color=colour,
            linewidth=2.4,
            linestyle="--" if apart else "-",
            marker="o",
            markersize=6,
            label=f"{name} (n = {listed(map(str, n)) if apart else len(values)})",
        )
        for experiment, pair in pd.concat([values, average]).iterrows():
            rows += [
                {
                    "panel": panel,
                    "line": name,
                    "arm": arm,
                    "experiment": experiment,
                    "value": float(as_shown(value, scale)),
                    "unit": scale.unit_shown,
                    "n": n[str(arm)] if experiment == MEAN else np.nan,
                }
                for arm, value in pair.dropna().items()
            ]
    axis.set_title(f"{cells}\n{factors}", fontsize=9)
    axis.set_xticks([0, 1], [no_across, across])
    axis.set_xlim(-0.3, 1.3)
    axis.legend(fontsize=7, loc="best")
    return rows


def _label(means: GroupMeans, weights: dict[str, float], scale: Endpoint) -> str:
    """The interaction with its 95 % interval, n and df."""
    if (means.relation[list(weights)] != "").any(axis=None):
        return "means outside the range: no estimate"
    contrast = contrast_of(means.mean, weights, means.groups(weights))
    ends = outside_range.limits(means, weights, "", 0.95)
    numbers = as_shown([contrast.estimate, *ends], scale)
    value, lower, upper = (
        significant(float(one)) if scale.is_ratio else in_points(scale, float(one))
        for one in numbers
    )
    n = with_donors(contrast.n_each_as_text or str(contrast.n), contrast.n_donors)
    compared = f"\n{contrast.compared}" if contrast.is_between else ""
    if contrast.n < 2 or np.isnan(numbers[1]):
        return f"interaction {value}, n = {n}{compared}"
    limits = f"95 % CI {lower} to {upper}"
    df = f"{contrast.df:.{1 if contrast.is_between else 0}f}"
    return f"interaction {value}\n{limits}, n = {n}, df = {df}{compared}"


def _drugs(design: Design, arm: Arm, common: Arm) -> str:
    """The drugs in `arm` that are not in `common`, without their doses."""
    return " + ".join(factor.name for factor in design.given(design.difference(arm, common)))


def _extra(design: Design, arm: Arm, common: Arm) -> str:
    """The treatment in `arm` that is not in `common`."""
    return design.additions(design.difference(arm, common))
