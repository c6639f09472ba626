"""The first outcome (percent apoptotic) of every sample when a threshold is moved (Annexin V's)."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coculture.drawing import Drawing, style
from coculture.exchange.culture_marks import mark_culture
from coculture.exchange.figure_text import FigureText
from coculture.exchange.outcomes import Outcome, Outcomes, Stain
from coculture.exchange.vocabulary import number
from coculture.flow.figures.experiment_results import (
    NO_QUADRANTS,
    ExperimentResults,
    GatedPopulation,
    Values,
    nothing_to_draw,
    short_name,
)
from coculture.flow.gating import gates as gate_blocks
from coculture.flow.gating.checks.threshold_sensitive import SHIFT_DECADES
from coculture.flow.tubes import Tube

TABLE = "figures/flow/threshold_sensitivity.csv"
TITLE = "Sensitivity to the {} threshold"
_TITLE_WITHOUT = "Sensitivity to thresholds"
CAPTION = (
    "Percent {} when the {} threshold is moved by up to a tenth of a decade in either direction."
)
_SHIFTS = np.round(np.linspace(-SHIFT_DECADES, SHIFT_DECADES, 11), 6)
_NOT_MOVED = len(_SHIFTS) // 2
_MAX_NAMED = 12
_LINE_OF_TEXT = 0.036
"""Height of a name beside the lines, as a share of the axis."""


def draw(results: ExperimentResults) -> Drawing:
    """One line per sample of the reported population, from -0.1 to +0.1 decades.

    One panel for each stain whose threshold the first outcome depends on.
    """
    gated, outcome = results.reported, results.first
    samples, population = gated.samples, gated.population.name
    stains = results.settings.outcomes.decisive
    columns = _columns(outcome, stains)
    title = TITLE.format(" or ".join(stain.name for stain in stains))
    if not gated.has_quadrants or not samples or not stains:
        return nothing_to_draw(NO_QUADRANTS, _TITLE_WITHOUT, TABLE, columns)
    limit = results.settings.limits.sensitivity_percent_points
    rows: list[tuple[object, ...]] = []
    used: list[str] = []
    with style.house_style():
        figure = Figure(figsize=(6.4 * len(stains), 4.2))
        axes = figure.subplots(1, len(stains), squeeze=False)[0]
        for ax, stain in zip(axes, stains, strict=True):
            lines = _lines(gated, samples, stain, results.settings.outcomes)
            ends = [_threshold(gated, tube, stain) for tube in samples]
            used.append(" to ".join(dict.fromkeys(f"{end:.4g}" for end in (min(ends), max(ends)))))
            _draw_lines(ax, lines, limit)
            ax.axvline(0, color=style.BLACK, linewidth=0.8, linestyle=":", zorder=1)
            ticks = _SHIFTS[[0, _NOT_MOVED, -1]]
            named = [f"{shift:+g}".replace("-", "−") if shift else "0" for shift in ticks]
            ax.set_xticks(ticks, named)
            ax.set_xlabel(f"{stain.name} threshold moved by (decades)")
            ax.set_ylabel(f"Percent {outcome.name} of {gated.population.in_words}")
            ax.set_title(f"{results.name}: sensitivity to the {stain.name} threshold")
            rows += [
                (tube.fcs, tube.culture, population, *point, stain.name)
                for tube, percents in lines
                for point in zip(
                    _SHIFTS, _threshold(gated, tube, stain) * 10**_SHIFTS, percents, strict=True
                )
            ]
        figure.supxlabel(
            f"One line per sample, with a mark at the threshold used ({', '.join(used)}). "
            f"Coloured: changes by more than {limit:g} percentage points;\n"
            f"up to {_MAX_NAMED} of these are named, with their largest change.",
            x=0.01,
            ha="left",
            fontsize=7,
        )
    frame = pd.DataFrame(rows, columns=[*_columns(outcome, ()), "stain"])[columns]
    names = " or the ".join(stain.name for stain in stains)
    text = FigureText(title, CAPTION.format(outcome.name, names), _result(results))
    return Drawing(figure, frame, TABLE, text)


def _columns(outcome: Outcome, stains: Sequence[Stain]) -> list[str]:
    """With several stains, a last column says whose threshold is moved."""
    of_stain = ["stain"] if len(stains) > 1 else []
    point = ["shift_decades", "threshold", outcome.column]
    return ["fcs", "culture", "population", *point, *of_stain]


def _result(results: ExperimentResults) -> str:
    changes = results.reported_samples("sensitivity_percent_points")["sensitivity_percent_points"]
    if changes.empty:
        return ""
    return (
        f"Percent {results.first.name} changes by {number(float(changes.median()), 2)} "
        "percentage points in "
        f"the median sample and by at most {number(float(changes.max()), 2)}."
    )


def _threshold(gated: GatedPopulation, tube: Tube, stain: Stain) -> float:
    """The threshold of a stain of one file."""
    return float(gate_blocks.of_tube(gated.of_stains, tube)[stain.gate]["threshold"])


def _lines(
    gated: GatedPopulation, samples: Sequence[Tube], stain: Stain, outcomes: Outcomes
) -> list[tuple[Tube, Values]]:
    """Each sample that has events, with its first outcome at each moved threshold of a stain."""
    channels = {gate: str(block["channels"][0]) for gate, block in gated.of_stains.items()}
    lines = []
    for tube in samples:
        ends = {one.gate: _threshold(gated, tube, one) for one in outcomes.decisive}
        events = gated.events(tube, "population", *dict.fromkeys(channels.values()))
        if not len(events):
            continue
        values = {gate: events[channels[gate]].to_numpy() for gate in ends}
        is_above = {gate: values[gate] >= end for gate, end in ends.items()}
        counts = [
            np.count_nonzero(
                gate_blocks.first_outcome(
                    outcomes, {**is_above, stain.gate: values[stain.gate] >= moved}
                )
            )
            for moved in ends[stain.gate] * 10**_SHIFTS
        ]
        lines.append((tube, 100 * np.array(counts) / len(events)))
    return lines


def _draw_lines(ax: Axes, lines: Sequence[tuple[Tube, Values]], limit: float) -> None:
    named = {}
    for tube, percents in lines:
        change = float(np.max(np.abs(percents - percents[_NOT_MOVED])))
        is_sensitive = change > limit
        (line,) = ax.plot(
            _SHIFTS,
            percents,
            color=style.VERMILION if is_sensitive else style.GREY,
            linewidth=1.2 if is_sensitive else 0.8,
            marker="o",
            markersize=3,
            markevery=[_NOT_MOVED],
            zorder=3 if is_sensitive else 2,
        )
        mark_culture(line, tube.culture)
        if is_sensitive:
            named[f"{short_name(tube)} ({change:.1f})"] = (change, float(percents[-1]))
    ax.set_ylim(0, None)
    _name(ax, dict(sorted(named.items(), key=lambda item: -item[1][0])[:_MAX_NAMED]))


def _name(ax: Axes, named: Mapping[str, tuple[float, float]]) -> None:
    """Names at the ends of their lines, moved up where they would overlap."""
    top = ax.get_ylim()[1]
    lowest = 0.0
    for name, (_, end) in sorted(named.items(), key=lambda item: item[1][1]):
        place = max(end, lowest)
        lowest = place + _LINE_OF_TEXT * top
        ax.annotate(
            name,
            (_SHIFTS[-1], end),
            (1.08 * _SHIFTS[-1], place),
            fontsize=6.5,
            va="center",
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": style.GREY,
                "linewidth": 0.4,
                "shrinkB": 0,
                "relpos": (0, 0.5),
            },
        )
