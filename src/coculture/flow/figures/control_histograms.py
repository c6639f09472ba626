"""Histograms of each channel with a threshold, with the threshold and its rule."""

import math
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coculture.drawing import Drawing, style
from coculture.exchange.figure_text import FigureText
from coculture.exchange.vocabulary import many, number
from coculture.flow.figures.axis_views import set_scale, stain_view
from coculture.flow.figures.experiment_results import (
    ExperimentResults,
    GatedPopulation,
    Values,
    nothing_to_draw,
)
from coculture.flow.gating import gates as gate_blocks
from coculture.flow.gating.densities import density
from coculture.flow.gating.sources import bright_control
from coculture.flow.gating.sources.threshold import FEWEST_EVENTS
from coculture.flow.tubes import Tube

TABLE = "figures/flow/control_histograms.csv"
TITLE = "Thresholds and controls"
CAPTION = (
    "Each threshold with the files from which it was set. All treatments of an experiment have the "
    "same threshold."
)
_OF_MARKERS = (
    " Unstained cells lack only the stains: cells that make a reporter, such as GFP, still have it."
)
COLUMNS = ("population", "gate", "channel", "curve", "value", "height", "events", "rule")
_EVERY = 4
"""Every so many-th point of a density is drawn: more would not be visible."""
_MAX_NAMED = 3
"""Most controls that are named; of more, only the number is given."""
_CONTROL, _BRIGHT = "control without the stain or marker", "control that has the marker"
_FMO = "FMO control of the marker"
_SAMPLES = "all samples"
_COLOURS = {
    _CONTROL: style.BLUE,
    _BRIGHT: style.PURPLE,
    _FMO: style.GREEN,
    "unstained": style.GREY,
    _SAMPLES: style.ORANGE,
}
_LEGEND = {"unstained": "unstained (still has a reporter such as GFP)"}
"""Curves that the legend explains if a panel shows a marker."""


def draw(results: ExperimentResults) -> Drawing:
    """The events of controls and samples at each threshold, and the rule that set it."""
    panels = [(gated, name) for gated in results.populations for name in _threshold_names(gated)]
    if not panels:
        why = "This study has no marker or stain, or no file to set gates from."
        return nothing_to_draw(why, TITLE, TABLE, COLUMNS)
    shown: list[pd.DataFrame] = []
    columns = min(3, len(panels))
    rows = math.ceil(len(panels) / columns)
    with style.house_style():
        figure = Figure(figsize=(3.4 * columns, 3.2 * rows + 0.3))
        axes = figure.subplots(rows, columns, squeeze=False).ravel()
        rules = [_rule_lines(gated.blocks[name]) for gated, name in panels]
        title_pad = 6 + 9 * max(map(len, rules))
        for ax, (gated, name), lines in zip(axes, panels, rules, strict=False):
            shown.append(_draw_histogram(ax, gated, name))
            named = results.settings.gate_name(name)
            ax.set_title(f"{gated.population.in_words}: {named}", pad=title_pad)
            ax.text(0, 1.02, "\n".join(lines), fontsize=6.5, transform=ax.transAxes, va="bottom")
        for ax in axes[len(panels) :]:
            ax.set_axis_off()
        entries = {
            label: handle
            for ax in axes
            for handle, label in zip(*ax.get_legend_handles_labels(), strict=True)
        }
        lacking = {stain.gate for stain in results.settings.outcomes.lacking}
        has_marker = any(name not in lacking for _, name in panels)
        labels = [_LEGEND.get(label, label) if has_marker else label for label in entries]
        figure.legend(
            entries.values(), labels, loc="outside lower left", ncols=4 if columns == 3 else columns
        )
    caption = CAPTION + (_OF_MARKERS if has_marker else "")
    text = FigureText(TITLE, caption, _result(panels))
    return Drawing(figure, pd.concat(shown, ignore_index=True), TABLE, text)


def _result(panels: Sequence[tuple[GatedPopulation, str]]) -> str:
    each = [
        f"{gated.population.in_words} {gated.settings.gate_name(name)} "
        f"{number(float(gated.blocks[name]['threshold']))}"
        for gated, name in panels
    ]
    return f"Thresholds: {', '.join(each)}."


def _threshold_names(gated: GatedPopulation) -> list[str]:
    """The gates of a population that have a threshold: of markers, then of stains."""
    names = [*(marker.gate for marker in gated.population.markers), *gated.settings.stain_gates]
    return [name for name in names if "threshold" in gated.blocks.get(name, {})]


def _rule_lines(block: gate_blocks.Block) -> list[str]:
    """The threshold, how it was set and from which files, as lines that fit a panel.

    >>> _rule_lines({"channels": ["A"], "threshold": 178.2, "rule": "99.5th percentile of x"})
    ['178.2: 99.5th percentile of x']
    """
    parts = [f"{block['threshold']:.4g}: {block['rule']}"]
    parts += [str(block["note"])] if "note" in block else []
    parts += [f"automatic: {block['automatic']:.4g}"] if "automatic" in block else []
    return [*textwrap.wrap("; ".join(parts), 58), *textwrap.wrap(_files(block), 58)]


def _files(block: gate_blocks.Block) -> str:
    """The files from which a threshold was set; empty for one that was set by hand.

    >>> _files({"controls": ["flow/E1-FMO.fcs"], "samples": ["a.fcs", "b.fcs"]})
    'From E1-FMO; 2 samples'
    """
    controls, samples = block.get("controls", ()), block.get("samples", ())
    if len(controls) > _MAX_NAMED:
        controls = [f"{len(controls)} controls"]
    named = [", ".join(Path(path).stem for path in controls)] if controls else []
    if samples:
        named.append(many(len(samples), "sample"))
    return f"From {'; '.join(named)}" if named else ""


def _together(
    gated: GatedPopulation, wanted: Callable[[Tube], bool], stage: str, channel: str
) -> Values:
    """Values in one channel of all wanted tubes, after a stage of gating."""
    tubes = [tube for tube in gated.tubes if wanted(tube) and not tube.is_on_beads]
    return _values(gated, tubes, stage, channel)


def _values(gated: GatedPopulation, tubes: Sequence[Tube], stage: str, channel: str) -> Values:
    parts = [gated.events(tube, stage, channel)[channel].to_numpy() for tube in tubes]
    return np.concatenate([np.empty(0), *parts])


def _of_controls(
    gated: GatedPopulation, wanted: Callable[[Tube], bool], stage: str, channel: str
) -> Values:
    """Values of the wanted controls, as those that set a threshold are chosen (`Request.tubes`).

    Unstained cells lack an antibody against the marker of their population. Then all their single
    cells are taken; none if these are too few for a curve.
    """
    cells = {tube.cells for tube in gated.tubes if tube.role == "sample"} - {""}
    every = [tube for tube in gated.tubes if wanted(tube) and not tube.is_on_beads]
    same = [tube for tube in every if tube.cells in cells]
    for of_stage in (stage, "singlets"):
        for tubes in (same, every):
            found = _values(gated, tubes, of_stage, channel)
            if len(found) >= FEWEST_EVENTS:
                return found
    return np.empty(0)


def _has_role(*roles: str) -> Callable[[Tube], bool]:
    return lambda tube: tube.role in roles


def _without(gated: GatedPopulation, name: str) -> Callable[[Tube], bool]:
    """Whether a control lacks a stain and has another."""
    panel = gated.tubes[0].panel
    own = panel.stain(name).channel
    others = {stain.channel for stain in panel.of_stains} - {own}

    def is_without(tube: Tube) -> bool:
        has_other = tube.role != "single_stain" and tube.only_channel in others
        return tube.lacked_channel == own or has_other

    def lacks(tube: Tube) -> bool:
        return is_without(tube) or (
            panel.stain(name).living_are_positive
            and tube.is_control_of(own)
            and bool(tube.stained_channel)
        )

    return lacks


def _groups(
    gated: GatedPopulation, name: str, block: gate_blocks.Block
) -> dict[str, Callable[[Tube], bool]]:
    """Curve -> its tubes."""
    channel = str(block["channels"][0])
    rest = {"unstained": _has_role("unstained"), _SAMPLES: _has_role("sample")}
    if name in gated.settings.stain_gates:
        return {_CONTROL: _without(gated, name), **rest}
    of_marker = _BRIGHT if block.get("source") == bright_control.CODE else _CONTROL
    return {
        of_marker: lambda tube: tube.is_control_of(channel),
        _FMO: lambda tube: tube.is_fmo_of(channel),
        **rest,
    }


def _draw_histogram(ax: Axes, gated: GatedPopulation, name: str) -> pd.DataFrame:
    """Draw curves and threshold. Returns the rows of the figure's table."""
    block = gated.blocks[name]
    channel, threshold = str(block["channels"][0]), float(block["threshold"])
    stage = "population" if name in gated.settings.stain_gates else "singlets"
    values = {
        label: (_together if label == _SAMPLES else _of_controls)(gated, wanted, stage, channel)
        for label, wanted in _groups(gated, name, block).items()
    }
    view = stain_view(gated, block, np.concatenate(list(values.values())))
    shown = []
    for label, of_group in values.items():
        if len(of_group) < 2:
            continue
        curve = density(view.place(of_group))
        position = curve.position[::_EVERY]
        height = np.round(curve.height[::_EVERY] / curve.height.max(), 4)
        ax.fill_between(position, height, color=_COLOURS[label], alpha=0.18, linewidth=0)
        ax.plot(position, height, color=_COLOURS[label], label=label)
        points = {"curve": label, "value": view.linear(position), "height": height}
        shown.append(pd.DataFrame({**points, "events": len(of_group)}))
    ax.axvline(float(view.place([threshold])[0]), color=style.VERMILION, label="threshold")
    set_scale(ax, "x", view)
    ax.set_ylim(0, 1.12)
    ax.set_yticks([0, 0.5, 1])
    ax.set_ylabel("events (peak = 1)")
    line = {"curve": ["threshold"], "value": [threshold], "rule": [str(block["rule"])]}
    rows = pd.concat([*shown, pd.DataFrame(line)], ignore_index=True)
    rows = rows.assign(population=gated.population.name, gate=name, channel=channel)
    return rows.reindex(columns=COLUMNS).astype({"events": "Int64"})
