"""Percent apoptotic as the Annexin V threshold moves."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from coculture import style
from coculture.flow import gates as gate_blocks
from coculture.flow.figures.drawn import (
    Record,
    drawn_experiment,
    has_quadrants,
    nothing_to_draw,
    short_name,
)
from coculture.flow.quality import SENSITIVITY_DECADES
from coculture.flow.settings import FlowSettings

_SHIFTS = 21


def threshold_sensitivity(
    files: pd.DataFrame,
    wells: pd.DataFrame,
    gates: Record,
    spillover: pd.DataFrame,
    settings: FlowSettings,
) -> Figure:
    """Percent apoptotic of every sample as the Annexin V threshold moves by 0.1 decade."""
    del wells
    experiment = drawn_experiment(files, gates, spillover, settings)
    samples = [tube for tube in experiment.tubes if tube.role == "sample"]
    if not has_quadrants(experiment) or not samples:
        return nothing_to_draw("No Annexin V and viability dye in this study, or no sample.")
    block = experiment.blocks[gate_blocks.ANNEXIN]
    shifts = np.linspace(-SENSITIVITY_DECADES, SENSITIVITY_DECADES, _SHIFTS)
    moved = float(block["threshold"]) * 10**shifts
    with style.house_style():
        figure = Figure(figsize=(6.4, 4.2))
        ax = figure.subplots()
        for tube in samples:
            events = np.sort(experiment.events(tube, "population")[block["channels"][0]])
            if not len(events):
                continue
            percents = 100 * (1 - np.searchsorted(events, moved) / len(events))
            change = np.max(np.abs(percents - percents[_SHIFTS // 2]))
            moves = change > settings.limits.sensitivity_percent_points
            ax.plot(
                shifts,
                percents,
                color=style.VERMILION if moves else style.GREY,
                linewidth=1.2 if moves else 0.8,
                zorder=3 if moves else 2,
            )
            if moves:
                ax.annotate(
                    f" {short_name(tube)} ({change:.1f})",
                    (shifts[-1], percents[-1]),
                    fontsize=6.5,
                    va="center",
                    annotation_clip=False,
                )
        ax.axvline(0, color=style.BLACK, linewidth=0.8, linestyle=":")
        ax.set_xticks(shifts[::5], [f"{shift:+.2f}" for shift in shifts[::5]])
        ax.set_xlabel("Annexin V threshold moved by (decades)")
        ax.set_ylabel(f"percent apoptotic of {experiment.population.name}")
        ax.set_ylim(0, None)
        ax.set_title(f"{gates['experiment']}: what the Annexin V threshold decides")
        figure.supxlabel(
            f"One line a sample; threshold {float(block['threshold']):.4g}. Coloured and named: "
            f"moves by more than {settings.limits.sensitivity_percent_points:g} points.",
            x=0.01,
            ha="left",
            fontsize=7,
        )
    return figure
