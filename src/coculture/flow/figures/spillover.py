"""The spillover matrix as a heat map."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from coculture.drawing import Drawing, style
from coculture.exchange.figure_text import FigureText
from coculture.exchange.vocabulary import number
from coculture.flow.compensation.spillover import spillover_matrix
from coculture.flow.figures.experiment_results import ExperimentResults, GateRecord, nothing_to_draw
from coculture.flow.gate_names import SHARED_GATES
from coculture.flow.settings import FlowSettings

TABLE = "figures/flow/spillover.csv"
TITLE = "Spillover between channels"
CAPTION = "The share of each stain's signal (row) that is seen in each channel (column)."
_NOT_COMPENSATED = "The data were not compensated."
COLUMNS = ("stain", "stain_label", "channel", "channel_label", "share")


def draw(results: ExperimentResults) -> Drawing:
    """The matrix with its coefficients: a row is a stain, a column the channel it is seen in.

    Channels with gates are labelled with their stain or marker, too.
    """
    coefficients = spillover_matrix(results.spillover)
    if coefficients is None:
        is_alone = len(results.settings.stained_channels) == 1
        why = "One channel is stained: there is no spill." if is_alone else _NOT_COMPENSATED
        return nothing_to_draw(why, TITLE, TABLE, COLUMNS)
    matrix = coefficients.to_numpy(dtype=np.float64)
    stains = _stains(results.gates, results.settings)

    def label(channel: str) -> str:
        return stains.get(str(channel), str(channel))

    off_diagonal = np.where(np.eye(len(matrix)) == 1, np.nan, matrix)
    size = max(3.2, 0.75 * len(matrix) + 1.4)
    with style.house_style():
        figure = Figure(figsize=(size + 0.8, size))
        ax = figure.subplots()
        top = max(float(np.nanmax(off_diagonal, initial=0.0)), 0.01)
        image = ax.imshow(off_diagonal, cmap="Blues", vmin=0, vmax=top)
        for (row, column), value in np.ndenumerate(matrix):
            light = row != column and value > 0.6 * top
            ax.text(
                column,
                row,
                "1" if row == column else f"{value:.3f}",
                ha="center",
                va="center",
                fontsize=8,
                color="white" if light else style.BLACK,
            )
        ax.set_xticks(
            range(len(matrix)),
            [label(name) for name in coefficients.columns],
            rotation=45,
            ha="right",
            rotation_mode="anchor",
        )
        ax.set_yticks(range(len(matrix)), [label(name) for name in coefficients.index])
        ax.set_xlabel("seen in channel")
        ax.set_ylabel("stain of channel")
        ax.set_title("Spillover")
        ax.spines[:].set_visible(False)
        ax.tick_params(length=0)
        figure.colorbar(image, ax=ax, label="share of the stain's own signal", shrink=0.8)
    rows = [
        (str(stain), label(stain), str(channel), label(channel), matrix[row, column])
        for row, stain in enumerate(coefficients.index)
        for column, channel in enumerate(coefficients.columns)
    ]
    text = FigureText(TITLE, CAPTION, _result(coefficients))
    return Drawing(figure, pd.DataFrame(rows, columns=COLUMNS), TABLE, text)


def _result(coefficients: pd.DataFrame) -> str:
    others = [
        (float(coefficients.loc[stain, channel]), str(stain), str(channel))
        for stain in coefficients.index
        for channel in coefficients.columns
        if stain != channel
    ]
    if not others:
        return ""
    share, stain, channel = max(others)
    return (
        f"The largest spillover is {number(100 * share)} %: the stain of {stain} seen in {channel}."
    )


def _stains(gates: GateRecord, settings: FlowSettings) -> dict[str, str]:
    """Channel -> its label: stain or marker, and the channel."""
    return {
        str(block["channels"][0]): f"{settings.gate_name(name)} ({block['channels'][0]})"
        for blocks in gates["populations"].values()
        for name, block in blocks.items()
        if name not in SHARED_GATES
    }
