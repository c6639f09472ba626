"""Matrices of two drugs crossed at several doses: the effect beyond what each reference expects."""

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coculture.comparison import number_formats
from coculture.comparison.combinations.crossed import CrossedDrugs, crossed_drugs
from coculture.comparison.combinations.excess import BLISS
from coculture.comparison.figures.axes import caption, nothing_to_draw
from coculture.comparison.figures.inputs import FigureInputs
from coculture.comparison.statistics.combination import ALL
from coculture.comparison.statistics.exploratory import PER_EXPERIMENT
from coculture.drawing import Drawing, style
from coculture.exchange.figure_text import FigureText
from coculture.exchange.names import relabelled
from coculture.exchange.vocabulary import MISSING

TABLE = "figures/comparison/dose_pairs.csv"
COLUMNS = (
    "drugs", "setting", "reference", "dose", "dose_unit", "second_dose", "second_dose_unit",
    "excess", "lower", "upper",
)  # fmt: skip
_CELL = (0.92, 0.5)
"""Width and height of a cell in inches: two lines of numbers fit."""
_LEAST_RANGE = 10.0
"""Points at the ends of the colours, at least: a small excess looks small."""
_DARK = 0.6
"""Share of this range above which numbers are white."""


@dataclass(frozen=True)
class _Matrix:
    """The rows of one pair of drugs in one setting, over all experiments."""

    crossed: CrossedDrugs
    endpoint: str
    setting: str
    rows: pd.DataFrame

    @property
    def references(self) -> list[str]:
        """Those that expect something at one pair of doses at least."""
        known = self.rows[self.rows["excess"].notna()]
        return list(dict.fromkeys(known["reference"]))


def dose_pairs(inputs: FigureInputs) -> Drawing:
    """Observed minus expected effects at every pair of doses, a matrix for each reference."""
    text = FigureText(
        "Do two drugs together do more than expected?",
        "Observed minus expected effect, in points of the whole effect; red: more, blue: less.",
        _result(inputs.tables.synergy, inputs.settings.cell_labels),
        PER_EXPERIMENT,
    )
    matrices = [one for one in _matrices(inputs) if one.references]
    if not matrices:
        message = "No pairs of doses to show: no experiment has all of their arms."
        return nothing_to_draw(message, TABLE, COLUMNS, text)
    shown = pd.concat([one.rows for one in matrices])
    highest = max(_LEAST_RANGE, float(shown["excess"].abs().max()))
    with style.house_style():
        widest = max(_across(one.rows) for one in matrices)
        columns = max(len(one.references) for one in matrices)
        heights = [_CELL[1] * _up(one.rows) + 1.1 for one in matrices]
        figure = Figure(figsize=(columns * (_CELL[0] * widest + 0.9), sum(heights) + 0.5))
        axes = figure.subplots(
            len(matrices), columns, squeeze=False, gridspec_kw={"height_ratios": heights}
        )
        for line, matrix in zip(axes, matrices, strict=True):
            for axis, reference in zip(line, matrix.references, strict=False):
                _draw(axis, matrix, reference, highest)
            for axis in line[len(matrix.references) :]:
                axis.set_visible(False)
        caption(
            figure,
            "Numbers: mean over experiments and its 95 % interval. Effects are 100 (x − u) / "
            "(100 − u) of a percent, or 100 (1 − x / u) of what the drugs lower, u untreated in "
            "the same experiment. Bliss: independent drugs. HSA: the better drug alone. Loewe: "
            "doses of one another; none beyond the plateau of a drug (grey). One test: the mean "
            "over all pairs (table); single cells are exploratory.",
        )
    return Drawing(figure, _data(matrices), TABLE, text)


def _matrices(inputs: FigureInputs) -> list[_Matrix]:
    rows = inputs.tables.dose_pairs
    over_all = rows[rows["experiment"] == ALL]
    design = inputs.design
    found = []
    for crossed in crossed_drugs(design):
        of_drugs = over_all[
            (over_all["drug"] == crossed.first.name)
            & (over_all["second_drug"] == crossed.second.name)
            & (over_all["setting"] == crossed.setting(design))
        ]
        found += [
            _Matrix(crossed, str(endpoint), crossed.setting(design, displayed=True), of_endpoint)
            for endpoint, of_endpoint in of_drugs.groupby("endpoint", sort=False)
        ]
    return found


def _across(rows: pd.DataFrame) -> int:
    """Cells from left to right: the drug with more doses."""
    return max(rows["dose"].nunique(), rows["second_dose"].nunique())


def _up(rows: pd.DataFrame) -> int:
    return min(rows["dose"].nunique(), rows["second_dose"].nunique())


def _draw(axis: Axes, matrix: _Matrix, reference: str, highest: float) -> None:
    rows = matrix.rows[matrix.rows["reference"] == reference]
    drugs = {"dose": matrix.crossed.first, "second_dose": matrix.crossed.second}
    across, up = sorted(drugs, key=lambda one: -rows[one].nunique())
    doses, levels = sorted(rows[across].unique()), sorted(rows[up].unique())
    table = rows.pivot_table(index=up, columns=across, values="excess", dropna=False)
    table = table.reindex(index=levels, columns=doses)
    axis.set_facecolor(style.LIGHT_GREY)
    axis.imshow(
        table.to_numpy(float),
        cmap=style.DIFFERENCE_MAP,
        vmin=-highest,
        vmax=highest,
        origin="lower",
        aspect="auto",
    )
    for row in rows.to_dict("records"):
        place = float(doses.index(row[across])), float(levels.index(row[up]))
        if pd.isna(row["excess"]):
            axis.text(*place, MISSING, ha="center", va="center")
            continue
        colour = "white" if abs(row["excess"]) > _DARK * highest else style.BLACK
        label = number_formats.points(row["excess"], sign=True)
        axis.text(*place, label, ha="center", va="bottom", color=colour, fontsize=8)
        if pd.notna(row["lower"]):
            limits = [number_formats.points(row[side]) for side in ("lower", "upper")]
            axis.text(*place, " to ".join(limits), ha="center", va="top", color=colour, fontsize=6)
    for name, of_axis, of_drug in ((across, axis.xaxis, doses), (up, axis.yaxis, levels)):
        of_axis.set_ticks(np.arange(len(of_drug)), [f"{dose:g}" for dose in of_drug])
        of_axis.set_label_text(f"{drugs[name].name} ({drugs[name].unit})".replace(" ()", ""))
        of_axis.set_tick_params(length=0)
    axis.spines[:].set_visible(False)
    title = f"{matrix.setting}, {matrix.endpoint}: {reference}"
    width = int(_CELL[0] * len(table.columns) * 10) + 4
    axis.set_title(textwrap.fill(title, max(width, 24)), fontsize=9)


def _data(matrices: list[_Matrix]) -> pd.DataFrame:
    parts = []
    for one in matrices:
        rows = one.rows.assign(drugs=f"{one.crossed.first.name} × {one.crossed.second.name}")
        parts.append(rows[list(COLUMNS)])
    return pd.concat(parts, ignore_index=True)


def _result(summary: pd.DataFrame, cell_labels: Mapping[str, str]) -> str:
    """The mean excess over Bliss of every pair of drugs."""
    of_bliss = summary[(summary["reference"] == BLISS) & summary["excess"].notna()]
    each = []
    for row in of_bliss.to_dict("records"):
        interval = ""
        if pd.notna(row["lower"]):
            limits = (number_formats.points(row[side]) for side in ("lower", "upper"))
            interval = f" (95 % CI {' to '.join(limits)})"
        excess = number_formats.points(row["excess"], sign=True)
        each.append(
            f"{row['drug']} × {row['second_drug']}, {relabelled(row['setting'], cell_labels)}: "
            f"{excess} points over Bliss{interval}"
        )
    return f"{'; '.join(each)}." if each else ""
