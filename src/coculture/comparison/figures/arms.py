"""Arms: every well and experiment, or bars, and below them every difference with its interval."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from coculture.comparison import number_formats
from coculture.comparison.design.arms import Design, sentence_of
from coculture.comparison.design.donors_inside_experiments import as_named
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.design.interference import caption_of
from coculture.comparison.figures.arm_rows import ArmRows
from coculture.comparison.figures.axes import (
    MAX_LISTED,
    as_shown,
    caption,
    kind_of_mean,
    nothing_to_draw,
    some_of,
    why_no_values,
)
from coculture.comparison.figures.bars import arm_means, draw_bars, mean_rows
from coculture.comparison.figures.differences import (
    DrawnDifferences,
    difference_rows,
    draw_differences,
    height_of,
)
from coculture.comparison.figures.inputs import BARS, SUPERPLOT, FigureInputs
from coculture.comparison.figures.limits import draw_limits, limits_of
from coculture.comparison.figures.superplot import draw_superplot
from coculture.comparison.quantities.quantity import Quantity
from coculture.comparison.statistics.censoring import ABOVE, BELOW
from coculture.comparison.statistics.contrasts import BETWEEN
from coculture.comparison.statistics.exploratory import PER_EXPERIMENT, POOLED_ERROR
from coculture.comparison.statistics.group_means import ADDED, well_values
from coculture.drawing import Drawing, style
from coculture.drawing.marks import Mark, experiment_marks, legend_line
from coculture.exchange.figure_text import FigureText
from coculture.exchange.vocabulary import heading, many, number

TABLE = "figures/comparison/arms.csv"
COLUMNS = (
    "mark", "arm", "contrast", "experiment", "culture", "value", "lower", "upper", "unit",
    "relation", "n", "df", "n_each",
)  # fmt: skip
_MARKS_SHOWN = {
    SUPERPLOT: "Small marks are wells, large marks are experiments, lines connect the arms of one "
    "experiment.",
    BARS: "Bars are means over the experiments with 95 % intervals, marks are experiments.",
}
"""What the upper panels show, by style."""


def arms(inputs: FigureInputs, subject: str) -> Drawing:
    """Wells, experiments, and differences by the primary analysis.

    `subject` is the name of an endpoint of the config.
    """
    return _drawn(inputs, subject, PER_EXPERIMENT)


def arms_by_pooled_error(inputs: FigureInputs, subject: str) -> Drawing:
    """As `arms`, with the differences by the pooled-error analysis."""
    return _drawn(inputs, subject, POOLED_ERROR)


def _drawn(inputs: FigureInputs, subject: str, analysis: str) -> Drawing:
    quantity = inputs.settings.compared(subject)
    scale = quantity.primary
    design = inputs.design
    wells = well_values(inputs.cultures, scale, inputs.settings)
    valued = set(wells.loc[wells["value"].notna(), "arm"])
    shown_arms = [arm for arm in design.arms if design.label(arm) in valued]
    means = _means(inputs.tables.arms, scale, [design.label(arm) for arm in shown_arms])
    text = FigureText(
        f"{_title(quantity)}, by arm",
        f"{_MARKS_SHOWN[inputs.style]} The tests use the experiments.",
        result_of_arms(means, scale, design),
        analysis,
    )
    if not shown_arms:
        message = f"No arms to show: {why_no_values(inputs.cultures, quantity)}."
        return nothing_to_draw(message, TABLE, COLUMNS, text)
    differences = DrawnDifferences.of(inputs.tables, scale, analysis)
    limits = list(limits_of(wells, scale))
    rows = ArmRows.of(design, shown_arms)
    bars = arm_means(means, scale, list(map(design.label, shown_arms)))
    below_height = height_of(differences, design)
    with style.house_style():
        figure = Figure(figsize=(rows.width, rows.height + below_height))
        # Two sub-figures, so that long names in the lower panel do not narrow the upper one.
        above, below = np.asarray(
            figure.subfigures(2, 1, height_ratios=[rows.height, below_height])
        )
        panels = above.subplots(len(rows.positions), 1, sharey=True, squeeze=False)[:, 0]
        marks = experiment_marks(wells["experiment"].unique())
        lines: list[Line2D] = []
        for index, (panel, positions) in enumerate(zip(panels, rows.positions, strict=True)):
            if inputs.style == BARS:
                draw_bars(panel, bars, means, scale, design, positions, marks)
            else:
                draw_superplot(panel, wells, means, scale, design, positions, marks)
            lines += draw_limits(panel, limits, design, positions, scale)
            rows.label(panel, index)
            panel.set_ylabel(heading(scale.title_shown))
        if scale.bounds is not None:
            panels[0].set_ylim(bottom=scale.bounds[0])
        _legend(panels[0], marks, list({line.get_label(): line for line in lines}.values()))
        lower = below.subplots()
        draw_differences(lower, differences, scale, design, inputs.settings, marks)
        text_below = _caption(wells, differences, scale, analysis, inputs.style)
        disturbed = caption_of(design, map(design.label, shown_arms), subject)
        caption(below, f"{sentence_of(design)}\n{text_below}{disturbed}")
    shown = [
        *(mean_rows(bars, scale) if inputs.style == BARS else _well_rows(wells, scale)),
        *_experiment_rows(means, scale),
        *({"mark": "limit", "unit": scale.unit_shown} | limit for limit in limits),
        *difference_rows(differences, scale, inputs.settings),
    ]
    return Drawing(figure, pd.DataFrame(shown, columns=list(COLUMNS)), TABLE, text)


def _title(quantity: Quantity) -> str:
    """What the figure shows: "Percent apoptotic", or the name of the quantity."""
    outcome = quantity.options.get("outcome")
    return f"Percent {outcome}" if quantity.kind == "percent" else heading(quantity.in_sentences)


def result_of_arms(means: pd.DataFrame, scale: Endpoint, design: Design) -> str:
    """The mean of each arm over the experiments; of many arms the lowest and the highest.

    `means` are rows of comparison/arms.csv of one endpoint, each with a mean. The mean of an arm
    with bounds is a bound too (≤, ≥), or approximate (≈) if they point both ways.
    """
    if means.empty:
        return ""
    unit = f" {scale.unit_shown}".rstrip()
    signs = means.groupby("arm", sort=False)["relation"].agg(_sign)
    # Of bounds the side is taken on which all experiments are limited.
    columns = {"": "mean", "≤ ": "high", "≥ ": "low", "≈ ": "mean"}
    values = pd.Series(
        {
            arm: float(as_shown(rows[columns[signs[arm]]].mean(), scale))
            for arm, rows in means.groupby("arm", sort=False)
        }
    )
    each = [f"{arm} {signs[str(arm)]}{number(value)}{unit}" for arm, value in values.items()]
    mean = kind_of_mean(scale).capitalize()
    if len(each) <= MAX_LISTED:
        text = f"{mean} over experiments: {'; '.join(each)}."
    else:
        lowest, highest = int(values.argmin()), int(values.argmax())
        text = f"{mean} of {len(each)} arms: lowest {each[lowest]}, highest {each[highest]}."
        bounds = int((signs != "").sum())
        if bounds:
            text += f" The mean is only a bound in {many(bounds, 'arm')}."
    return design.with_display_labels(text)


def _sign(relations: "pd.Series[str]") -> str:
    """The sign before the mean of experiments with these relations."""
    found = set(relations) - {""}
    if len(found) > 1:
        return "≈ "
    return {"<=": "≤ ", ">=": "≥ "}.get(next(iter(found), ""), "")


def _means(arms: pd.DataFrame, scale: Endpoint, labels: Sequence[str]) -> pd.DataFrame:
    """The means of experiments x arms that are drawn, from comparison/arms.csv."""
    rows = arms[(arms["endpoint"] == scale.name) & arms["mean"].notna()]
    return rows[rows["arm"].isin(labels)]


def _well_rows(wells: pd.DataFrame, scale: Endpoint) -> Iterator[dict[str, object]]:
    drawn = wells.dropna(subset="value")
    for row in drawn.assign(value=as_shown(drawn["value"], scale)).to_dict("records"):
        yield {
            "mark": "well",
            "arm": row["arm"],
            "experiment": row["experiment"],
            "culture": row["culture"],
            "value": row["value"],
            "unit": scale.unit_shown,
            "relation": {BELOW: "<=", ABOVE: ">="}.get(row["side"], ""),
        }


def _experiment_rows(means: pd.DataFrame, scale: Endpoint) -> Iterator[dict[str, object]]:
    for row in means.assign(mean=as_shown(means["mean"], scale)).to_dict("records"):
        yield {
            "mark": "experiment",
            "arm": row["arm"],
            "experiment": row["experiment"],
            "value": row["mean"],
            "unit": scale.unit_shown,
            "relation": row["relation"],
            "n": row["wells"],
        }


_MOST_NAMED = 16
"""Experiments that the legend names; more are taller than the figure. The page names each mark."""


def _legend(axis: Axes, marks: Mapping[str, Mark], limits: Sequence[Line2D]) -> None:
    named = [legend_line(name, mark) for name, mark in marks.items()]
    if len(named) > _MOST_NAMED:
        named = [Line2D([], [], linestyle="none", label=f"{len(named)}, each with\nits own mark")]
    axis.legend(
        handles=[*named, *limits],
        title="experiment",
        title_fontsize=8,
        loc="center left",
        bbox_to_anchor=(1.0, 0.5),
    )


def _caption(
    wells: pd.DataFrame,
    differences: DrawnDifferences,
    scale: Endpoint,
    analysis: str,
    style_of_arms: str,
) -> str:
    used = wells[wells["value"].notna()]
    n = as_named(used).nunique()
    mean = kind_of_mean(scale)
    text = f"{number_formats.experiments(n)}, {len(used)} wells. "
    if style_of_arms == BARS:
        text += (
            f"Bars: {mean} over the experiments with its 95 % t interval. Marks: {mean} of the "
            "wells of an experiment. "
        )
    else:
        text += (
            f"Small marks: wells. Large marks: {mean} of the wells of an experiment; lines connect "
            "the arms of one experiment and break at an arm without a value. "
        )
    text += "Lower panel, exploratory: "
    if analysis == POOLED_ERROR:
        text += (
            "each difference by the pooled-error analysis (one error variance from all arms, "
            "experiment as block), with its 95 % interval and n, the number of experiments that "
            "have all of its arms; p by Dunnett for all treatments of the same cells against "
            "untreated."
        )
    else:
        text += "each difference inside each experiment, and the mean with its 95 % t interval."
        if differences.has_between:
            text += (
                f" Arms that share no experiment are compared {BETWEEN}: n is given for each "
                "group of arms, and each mark is an experiment against the mean of the others."
            )
    if differences.left_out:
        text += (
            f" {differences.left_out} differences of combinations from their parts are in "
            "comparison/contrasts.csv."
        )
    if (used["side"] != 0).any():
        opened = "marks and bars" if style_of_arms == BARS else "marks"
        text += f" Open {opened}: outside the quantifiable range, at its limit."
    if differences.rows["relation"].isin(["<=", ">="]).any():
        text += " Arrowheads: bounds."
    left_out = wells[wells["value"].isna()]
    added = left_out["missing"] == ADDED
    if added.any():
        text += f" Not shown: {int(added.sum())} cultures to which {scale.subject} was added."
    if (~added).any():
        text += f" Without a value: {some_of(list(left_out.loc[~added, 'culture']))}."
    return text
