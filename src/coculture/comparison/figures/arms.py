"""Every well, every experiment, and beneath them every difference with its interval.

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

from coculture.comparison.comparison import Comparison
from coculture.comparison.design.arms import Arm, Design, sentence_of
from coculture.comparison.design.endpoints import Endpoint, primary_endpoint, well_values
from coculture.comparison.figures.differences import (
    difference_rows,
    differences_of,
    draw_differences,
)
from coculture.comparison.figures.elements import (
    Mark,
    as_shown,
    caption,
    experiment_line,
    experiment_marks,
    kind_of_mean,
    label_decades,
    log_limits,
    nothing_to_draw,
    why_nothing,
)
from coculture.comparison.figures.limits import draw_limits, limits_of
from coculture.comparison.findings import wording
from coculture.comparison.settings import ComparisonSettings
from coculture.comparison.statistics.censoring import ABOVE, BELOW
from coculture.comparison.statistics.exploratory import PER_EXPERIMENT, POOLED_ERROR
from coculture.drawing import Drawing, style
from coculture.exchange.culture_marks import stands_for

TABLE = "figures/comparison/arms.csv"
COLUMNS = (
    "mark", "arm", "contrast", "experiment", "culture", "value", "lower", "upper", "unit",
    "relation", "n", "df",
)  # fmt: skip
_GAP = 0.8
"""Empty space between the groups of arms of two cell types, in arms."""
_LETTERS_OF_AN_ARM = 10
"""Letters of an arm's name on one line, longer words apart."""
_LETTER = 0.06
"""Width of a letter of an arm's name, in inches."""
_SLOT = 0.26
"""Widest room of one experiment in an arm, in arms: its wells, and its mean beside them."""
_ROOM = 0.9
"""Of an arm, for all its experiments."""


def superplot(
    cultures: pd.DataFrame,
    tables: Comparison,
    endpoint: str,
    settings: ComparisonSettings,
    analysis: str = PER_EXPERIMENT,
) -> Drawing:
    """Wells small, experiments large, and beneath them the differences with their t intervals.

    Parameters
    ----------
    cultures
        cultures.csv of the study.
    tables
        The comparison's tables (`compare`, or `read` from disk).
    endpoint
        "apoptosis", or the name of an analyte.
    settings
        Factors, cell labels and findings.
    analysis
        Whose differences stand beneath: per_experiment or pooled_error.
    """
    scale = primary_endpoint(endpoint, settings)
    design = Design.of(cultures, settings)
    wells = well_values(cultures, scale, settings)
    arms = [arm for arm in design.arms if wells.loc[_is(wells, design, arm), "value"].notna().any()]
    if not arms:
        words = f"No arms to show: {why_nothing(tables.arms, scale)}."
        return nothing_to_draw(words, TABLE, COLUMNS)
    differences = differences_of(tables.contrasts, scale, analysis)
    means = _means(tables.arms, scale, [design.label(arm) for arm in arms])
    limits = list(limits_of(wells, scale))
    rows = max(len(differences), 1)
    with style.house_style():
        figure = Figure(figsize=(_width(design, arms), 5.0 + 0.27 * rows))
        # Two sub-figures, so that the long names below do not narrow the panel above.
        above, below = np.asarray(figure.subfigures(2, 1, height_ratios=[3.8, 0.27 * rows + 1.2]))
        upper, lower = above.subplots(), below.subplots()
        places = _places(arms)
        marks = experiment_marks(wells["experiment"].unique())
        _draw_cultures(upper, wells, means, scale, design, places, marks)
        _legend(upper, marks, draw_limits(upper, limits, design, places, scale))
        _label_arms(upper, design, places)
        draw_differences(lower, differences, scale, design, settings, marks)
        caption(below, f"{sentence_of(design)}\n{_caption(wells, differences, scale, analysis)}")
    shown = [
        *_well_rows(wells, scale),
        *_experiment_rows(means, scale),
        *({"mark": "limit", "unit": scale.unit_shown} | limit for limit in limits),
        *difference_rows(differences, scale, settings),
    ]
    return Drawing(figure, pd.DataFrame(shown, columns=list(COLUMNS)), TABLE)


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


def _places(arms: Sequence[Arm]) -> dict[Arm, float]:
    """Where each arm stands on the x axis; a gap before other cells, stroma or hours."""
    places: dict[Arm, float] = {}
    position, before = -1.0, None
    for arm in arms:
        group = (arm.cells, arm.stroma, arm.hours)
        position += 1 + (_GAP if before not in (None, group) else 0)
        places[arm], before = position, group
    return places


def _draw_cultures(
    axis: Axes,
    wells: pd.DataFrame,
    means: pd.DataFrame,
    scale: Endpoint,
    design: Design,
    places: dict[Arm, float],
    marks: Mapping[str, Mark],
) -> None:
    if scale.is_ratio:
        axis.set_yscale("log")
        axis.set_ylim(*log_limits(wells["value"].to_numpy(dtype=float)))
        label_decades(axis.yaxis)
    slot = min(_SLOT, _ROOM / max(len(marks), 1))
    for number, (experiment, mark) in enumerate(marks.items()):
        shift = slot * (number + 0.5 - len(marks) / 2)
        of_experiment = wells[wells["experiment"] == experiment]
        drawn = means[means["experiment"] == experiment].set_index("arm")
        joined: dict[tuple[str, str, float], list[tuple[float, float, str]]] = {}
        for arm, place in places.items():
            values = of_experiment[_is(of_experiment, design, arm)].dropna(subset="value")
            _draw_wells(axis, values, place + shift - 0.3 * slot, mark, scale)
            label = design.label(arm)
            mean, relation = float("nan"), ""  # an arm it lacks breaks the experiment's line
            if label in drawn.index:
                mean = float(as_shown(drawn.loc[label, "mean"], scale))
                relation = str(drawn.loc[label, "relation"])
            point = (place + shift + 0.2 * slot, mean, relation)
            joined.setdefault((arm.cells, arm.stroma, arm.hours), []).append(point)
        for points in joined.values():
            _draw_experiment(axis, points, mark)
    if not scale.is_ratio:
        axis.set_ylim(bottom=0)
    axis.set_ylabel(scale.title_shown)


def _draw_wells(
    axis: Axes, values: pd.DataFrame, place: float, mark: Mark, scale: Endpoint
) -> None:
    """One experiment's wells of an arm, over all large marks; open where censored."""
    spread = 0.02 * (np.arange(len(values)) - (len(values) - 1) / 2)
    for x, value, side, culture in zip(
        place + spread, values["value"], values["side"], values["culture"], strict=True
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
        stands_for(well, str(culture))


def _draw_experiment(axis: Axes, points: list[tuple[float, float, str]], mark: Mark) -> None:
    """The experiment's means, joined where arms beside each other have one; open where a bound."""
    x, y, _ = zip(*points, strict=True)
    axis.plot(x, y, color=mark.colour, linewidth=0.8, alpha=0.4, zorder=3)
    for place, value, relation in (point for point in points if not np.isnan(point[1])):
        axis.plot(
            place,
            value,
            marker=mark.marker,
            markersize=6,
            color=mark.colour,
            markerfacecolor="white" if relation else mark.colour,
            markeredgecolor=mark.colour if relation else "white",
            markeredgewidth=1.1 if relation else 0.7,
            zorder=4,
        )


def _label_arms(axis: Axes, design: Design, places: dict[Arm, float]) -> None:
    axis.set_xticks(
        list(places.values()),
        [_on_lines(design.treatment(arm)) for arm in places],
        fontsize=7.5,
    )
    axis.set_xlim(-0.7, max(places.values(), default=0) + 0.7)
    groups: dict[str, list[float]] = {}
    for arm, place in places.items():
        groups.setdefault(f"{design.display_setting(arm)} cells", []).append(place)
    for words, positions in groups.items():
        room = int(max(len(positions), 1) * _LETTERS_OF_AN_ARM)
        axis.text(
            float(np.mean(positions)),
            1.02,
            textwrap.fill(words, room, break_on_hyphens=False),
            transform=axis.get_xaxis_transform(),
            ha="center",
            va="bottom",
            fontweight="bold",
            fontsize=9,
        )


def _legend(axis: Axes, marks: Mapping[str, Mark], limits: Sequence[Line2D]) -> None:
    axis.legend(
        handles=[*(experiment_line(name, mark) for name, mark in marks.items()), *limits],
        title="experiment",
        title_fontsize=8,
        loc="center left",
        bbox_to_anchor=(1.0, 0.5),
    )


def _caption(wells: pd.DataFrame, differences: pd.DataFrame, scale: Endpoint, analysis: str) -> str:
    used = wells[wells["value"].notna()]
    n = used["experiment"].nunique()
    words = (
        f"{wording.experiments(n)}, {len(used)} wells. Small marks: wells. Large marks: the "
        f"{kind_of_mean(scale)} of an experiment's wells, joined within an experiment (a line "
        "breaks at an arm without a value). Below, exploratory: "
    )
    if analysis == POOLED_ERROR:
        words += (
            "each difference by the pooled-error analysis (one error variance from all arms, "
            "experiment as block), with its 95 % interval and n, the experiments that have all of "
            "its arms; p by Dunnett for all treatments of the same cells against untreated."
        )
    else:
        words += "each difference inside each experiment, and their mean with its 95 % t interval."
    if (used["side"] != 0).any():
        words += " Open marks: outside the quantifiable range, at its limit."
    if differences["relation"].isin(["<=", ">="]).any():
        words += " Arrowheads: bounds."
    left_out = wells[wells["value"].isna()]
    added = left_out["note"].str.endswith(" was added")
    if added.any():
        words += f" Not shown: {int(added.sum())} cultures to which {scale.subject} was added."
    if (~added).any():
        words += f" Without a value: {', '.join(left_out.loc[~added, 'culture'])}."
    return words


def _is(wells: pd.DataFrame, design: Design, arm: Arm) -> "pd.Series[bool]":
    return wells["arm"] == design.label(arm)


def _width(design: Design, arms: Sequence[Arm]) -> float:
    """Inches in which the names of all arms have room beside one another, and the legend."""
    letters = [len(line) for arm in arms for line in _on_lines(design.treatment(arm)).splitlines()]
    last = max(_places(arms).values())
    return max(8.6, 1.7 + (last + 1.4) * max(_LETTERS_OF_AN_ARM, *letters) * _LETTER)


def _on_lines(treatment: str) -> str:
    """A treatment on several short lines, for the x axis."""
    drugs = treatment.replace(" + ", "\n+ ").splitlines()
    return "\n".join(
        textwrap.fill(drug, _LETTERS_OF_AN_ARM, break_on_hyphens=False, break_long_words=False)
        for drug in drugs
    )
