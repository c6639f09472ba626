"""Limits of the quantifiable range, drawn as lines across the arms to which they apply."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from coculture.comparison.design.arms import Arm, Design
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.figures.axes import as_shown
from coculture.comparison.statistics.censoring import ABOVE, BELOW
from coculture.drawing import style


def limits_of(wells: pd.DataFrame, scale: Endpoint) -> Iterator[dict[str, object]]:
    """The limits at which each arm has wells outside the range."""
    for side, relation in ((BELOW, "<="), (ABOVE, ">=")):
        censored = wells[(wells["side"] == side) & wells["value"].notna()]
        bounds = as_shown(censored["value"], scale).round(6)
        pairs = dict.fromkeys(zip(censored["arm"], bounds.tolist(), strict=True))
        for arm, bound in sorted(pairs):
            yield {"arm": arm, "value": bound, "relation": relation}


def draw_limits(
    axis: Axes,
    limits: Sequence[Mapping[str, object]],
    design: Design,
    positions: Mapping[Arm, float],
    scale: Endpoint,
) -> list[Line2D]:
    """Draw a line at each limit of the arms that have a position.

    Returns one line for LLOQ and one for ULOQ of all arms, for the legend.
    """
    kinds = []
    by_label = {design.label(arm): position for arm, position in positions.items()}
    for relation, name, dashes in (("<=", "LLOQ", (4, 2)), (">=", "ULOQ", (1, 2))):
        bounds: set[float] = set()
        for limit in (one for one in limits if one["relation"] == relation):
            bound = float(str(limit["value"]))
            bounds.add(bound)
            if (position := by_label.get(str(limit["arm"]))) is None:
                continue
            axis.plot(
                [position - 0.45, position + 0.45],
                [bound, bound],
                color=style.BLACK,
                linewidth=0.9,
                linestyle=(0, dashes),
            )
        if bounds:
            values = ", ".join(f"{float(f'{bound:.3g}'):,.10g}" for bound in sorted(bounds))
            what = f", {name} × dilution" if scale.columns.is_diluted else ""
            label = textwrap.fill(
                f"limit of the open marks{what}: {values} {scale.unit_shown}".rstrip(), 20
            )
            kinds.append(Line2D([], [], color=style.BLACK, linestyle=(0, dashes), label=label))
    return kinds
