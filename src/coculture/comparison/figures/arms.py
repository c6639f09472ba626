"""Arms: every well, every experiment, and below them every difference with its interval.

The plots of wells inside experiments follow S. J. Lord et al., J. Cell Biol. 219 (2020)
e202001064 ("SuperPlots"): the unit of replication is the large mark.
"""

import textwrap
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from coculture.comparison import number_formats
from coculture.comparison.design.arms import Arm, Design, sentence_of, setting_of
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.design.interference import caption_of
from coculture.comparison.figures.axes import (
    MAX_LISTED,
    as_shown,
    caption,
    kind_of_mean,
    label_decades,
    log_limits,
    nothing_to_draw,
    why_no_values,
)
from coculture.comparison.figures.differences import (
    DrawnDifferences,
    difference_rows,
    draw_differences,
)
from coculture.comparison.figures.inputs import FigureInputs
from coculture.comparison.figures.limits import draw_limits, limits_of
from coculture.comparison.quantities.quantity import Quantity
from coculture.comparison.statistics.censoring import ABOVE, BELOW
from coculture.comparison.statistics.contrasts import BETWEEN
from coculture.comparison.statistics.exploratory import PER_EXPERIMENT, POOLED_ERROR
from coculture.comparison.statistics.group_means import ADDED, well_values
from coculture.drawing import Drawing, style
from coculture.drawing.marks import Mark, experiment_marks, legend_line
from coculture.exchange.culture_marks import mark_culture
from coculture.exchange.figure_text import FigureText
from coculture.exchange.vocabulary import heading, many, number

TABLE = "figures/comparison/arms.csv"
COLUMNS = (
    "mark", "arm", "contrast", "experiment", "culture", "value", "lower", "upper", "unit",
    "relation", "n", "df", "n_each",
)  # fmt: skip
_GAP = 0.8
"""Empty space between the groups of arms of two cell types, in arms."""
_LETTERS_OF_AN_ARM = 10
"""Letters of the name of an arm on one line; longer words are not broken."""
_LETTER = 0.06
"""Width of a letter of the name of an arm, in inches."""
_SLOT = 0.26
"""Largest width of one experiment in an arm, in arms: its wells, and its mean next to them."""
_WIDTH_OF_EXPERIMENTS = 0.9
"""Width of all experiments in an arm, in arms."""


def arms(inputs: FigureInputs, subject: str) -> Drawing:
    """Wells, experiments, and differences by the primary analysis.

    `subject` is the name of an endpoint of the config.
    """
    return _superplot(inputs, subject, PER_EXPERIMENT)


def arms_by_pooled_error(inputs: FigureInputs, subject: str) -> Drawing:
    """As `arms`, with the differences by the pooled-error analysis."""
    return _superplot(inputs, subject, POOLED_ERROR)


def _superplot(inputs: FigureInputs, subject: str, analysis: str) -> Drawing:
    quantity = inputs.settings.compared(subject)
    scale = quantity.primary
    design = inputs.design
    wells = well_values(inputs.cultures, scale, inputs.settings)
    shown_arms = [
        arm for arm in design.arms if wells.loc[_is(wells, design, arm), "value"].notna().any()
    ]
    means = _means(inputs.tables.arms, scale, [design.label(arm) for arm in shown_arms])
    text = FigureText(
        f"{_title(quantity)}, by arm",
        "Small marks are wells, large marks are experiments, lines connect the arms of one "
        "experiment. The tests use the experiments.",
        result_of_arms(means, scale, design),
        analysis,
    )
    if not shown_arms:
        message = f"No arms to show: {why_no_values(inputs.cultures, quantity)}."
        return nothing_to_draw(message, TABLE, COLUMNS, text)
    differences = DrawnDifferences.of(inputs.tables, scale, analysis)
    limits = list(limits_of(wells, scale))
    rows = max(len(differences.rows), 1)
    with style.house_style():
        figure = Figure(figsize=(_width(design, shown_arms), 5.0 + 0.27 * rows))
        # Two sub-figures, so that long names in the lower panel do not narrow the upper one.
        above, below = np.asarray(figure.subfigures(2, 1, height_ratios=[3.8, 0.27 * rows + 1.2]))
        upper, lower = above.subplots(), below.subplots()
        positions = _positions(shown_arms)
        marks = experiment_marks(wells["experiment"].unique())
        _draw_cultures(upper, wells, means, scale, design, positions, marks)
        _legend(upper, marks, draw_limits(upper, limits, design, positions, scale))
        _label_arms(upper, design, positions)
        draw_differences(lower, differences, scale, design, inputs.settings, marks)
        text_below = _caption(wells, differences, scale, analysis)
        disturbed = caption_of(design, map(design.label, shown_arms), subject)
        caption(below, f"{sentence_of(design)}\n{text_below}{disturbed}")
    shown = [
        *_well_rows(wells, scale),
        *_experiment_rows(means, scale),
        *({"mark": "limit", "unit": scale.unit_shown} | limit for limit in limits),
        *difference_rows(differences, scale, inputs.settings),
    ]
    return Drawing(figure, pd.DataFrame(shown, columns=list(COLUMNS)), TABLE, text)


def _title(quantity: Quantity) -> str:
    """What the figure shows: "Percent apoptotic", or the name of the quantity."""
    outcome = quantity.options.get("outcome")
    return f"Percent {outcome}" if quantity.kind == "percent" else heading(quantity.name)


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


def _positions(arms: Sequence[Arm]) -> dict[Arm, float]:
    """The position of each arm on the x axis, with a gap before another setting."""
    positions: dict[Arm, float] = {}
    position, previous = -1.0, None
    for arm in arms:
        setting = setting_of(arm)
        position += 1 + (_GAP if previous not in (None, setting) else 0)
        positions[arm], previous = position, setting
    return positions


def _draw_cultures(
    axis: Axes,
    wells: pd.DataFrame,
    means: pd.DataFrame,
    scale: Endpoint,
    design: Design,
    positions: dict[Arm, float],
    marks: Mapping[str, Mark],
) -> None:
    if scale.is_ratio:
        axis.set_yscale("log")
        axis.set_ylim(*log_limits(wells["value"].to_numpy(dtype=float)))
        label_decades(axis.yaxis)
    slot = min(_SLOT, _WIDTH_OF_EXPERIMENTS / max(len(marks), 1))
    for index, (experiment, mark) in enumerate(marks.items()):
        shift = slot * (index + 0.5 - len(marks) / 2)
        of_experiment = wells[wells["experiment"] == experiment]
        drawn = means[means["experiment"] == experiment].set_index("arm")
        joined: dict[Arm, list[tuple[float, float, str]]] = {}
        for arm, position in positions.items():
            values = of_experiment[_is(of_experiment, design, arm)].dropna(subset="value")
            _draw_wells(axis, values, position + shift - 0.3 * slot, mark, scale)
            label = design.label(arm)
            mean, relation = float("nan"), ""  # breaks the line of an experiment that lacks the arm
            if label in drawn.index:
                mean = float(as_shown(drawn.loc[label, "mean"], scale))
                relation = str(drawn.loc[label, "relation"])
            point = (position + shift + 0.2 * slot, mean, relation)
            joined.setdefault(setting_of(arm), []).append(point)
        for points in joined.values():
            _draw_experiment(axis, points, mark)
    if scale.bounds is not None:
        axis.set_ylim(bottom=scale.bounds[0])
    axis.set_ylabel(heading(scale.title_shown))


def _draw_wells(
    axis: Axes, values: pd.DataFrame, position: float, mark: Mark, scale: Endpoint
) -> None:
    """The wells of an arm in one experiment, above all large marks; open if censored."""
    spread = 0.02 * (np.arange(len(values)) - (len(values) - 1) / 2)
    for x, value, side, culture in zip(
        position + spread, values["value"], values["side"], values["culture"], strict=True
    ):
        (well,) = axis.plot(
            x,
            as_shown(value, scale),
            marker=mark.marker,
            markersize=3,
            color=mark.colour,
            markerfacecolor="white" if side else mark.colour,
            markeredgecolor=mark.colour if side else "white",
            markeredgewidth=0.7 if side else 0.3,
            zorder=5,
        )
        mark_culture(well, str(culture))


def _draw_experiment(axis: Axes, points: list[tuple[float, float, str]], mark: Mark) -> None:
    """The means of an experiment, connected between neighbouring arms; open if a bound."""
    x, y, _ = zip(*points, strict=True)
    axis.plot(x, y, color=mark.colour, linewidth=0.8, alpha=0.4, zorder=3)
    for position, value, relation in (point for point in points if not np.isnan(point[1])):
        axis.plot(
            position,
            value,
            marker=mark.marker,
            markersize=6,
            color=mark.colour,
            markerfacecolor="white" if relation else mark.colour,
            markeredgecolor=mark.colour if relation else "white",
            markeredgewidth=1.1 if relation else 0.7,
            zorder=4,
        )


def _label_arms(axis: Axes, design: Design, positions: dict[Arm, float]) -> None:
    axis.set_xticks(
        list(positions.values()),
        [_on_lines(design.treatment(arm)) for arm in positions],
        fontsize=7.5,
    )
    axis.set_xlim(-0.7, max(positions.values(), default=0) + 0.7)
    settings: dict[str, list[float]] = {}
    for arm, position in positions.items():
        settings.setdefault(design.cells_and_setting(arm), []).append(position)
    for name, centres in settings.items():
        letters = int(max(len(centres), 1) * _LETTERS_OF_AN_ARM)
        axis.text(
            float(np.mean(centres)),
            1.02,
            textwrap.fill(name, letters, break_on_hyphens=False),
            transform=axis.get_xaxis_transform(),
            ha="center",
            va="bottom",
            fontweight="bold",
            fontsize=9,
        )


def _legend(axis: Axes, marks: Mapping[str, Mark], limits: Sequence[Line2D]) -> None:
    axis.legend(
        handles=[*(legend_line(name, mark) for name, mark in marks.items()), *limits],
        title="experiment",
        title_fontsize=8,
        loc="center left",
        bbox_to_anchor=(1.0, 0.5),
    )


def _caption(
    wells: pd.DataFrame, differences: DrawnDifferences, scale: Endpoint, analysis: str
) -> str:
    used = wells[wells["value"].notna()]
    n = used["experiment"].nunique()
    text = (
        f"{number_formats.experiments(n)}, {len(used)} wells. Small marks: wells. Large marks: "
        f"{kind_of_mean(scale)} of the wells of an experiment; lines connect the arms of one "
        "experiment and break at an arm without a value. Lower panel, exploratory: "
    )
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
    if (used["side"] != 0).any():
        text += " Open marks: outside the quantifiable range, at its limit."
    if differences.rows["relation"].isin(["<=", ">="]).any():
        text += " Arrowheads: bounds."
    left_out = wells[wells["value"].isna()]
    added = left_out["missing"] == ADDED
    if added.any():
        text += f" Not shown: {int(added.sum())} cultures to which {scale.subject} was added."
    if (~added).any():
        text += f" Without a value: {', '.join(left_out.loc[~added, 'culture'])}."
    return text


def _is(wells: pd.DataFrame, design: Design, arm: Arm) -> "pd.Series[bool]":
    return wells["arm"] == design.label(arm)


def _width(design: Design, arms: Sequence[Arm]) -> float:
    """The width in inches that the names of all arms and the legend need."""
    letters = [len(line) for arm in arms for line in _on_lines(design.treatment(arm)).splitlines()]
    last = max(_positions(arms).values())
    return max(8.6, 1.7 + (last + 1.4) * max(_LETTERS_OF_AN_ARM, *letters) * _LETTER)


def _on_lines(treatment: str) -> str:
    """A treatment on several short lines, for the x axis."""
    drugs = treatment.replace(" + ", "\n+ ").splitlines()
    return "\n".join(
        textwrap.fill(drug, _LETTERS_OF_AN_ARM, break_on_hyphens=False, break_long_words=False)
        for drug in drugs
    )
