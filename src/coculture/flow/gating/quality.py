"""Quality flags: a number and its limit, or what a threshold lacks. A flagged well stays in."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from coculture.flow.gating import gates
from coculture.flow.settings import FlowSettings, Limits, Population
from coculture.flow.tubes import Tube

_FALLBACKS = {"fmo": "FMO", "unstained": "unstained"}
SENSITIVITY_DECADES = 0.1
"""How far the Annexin V threshold is moved either way to see what percent apoptotic hangs on."""


def flags(tube: Tube, counts: Mapping[str, Any], limits: Limits) -> list[str]:
    """The flags of one file and population, from its counts.

    `counts` holds the columns of flow/wells.csv and, beside them, percent_margin,
    percent_departing and percent_time_lost.
    """
    sample = tube.role == "sample"
    doublets = _percent(counts["events_cells"] - counts["events_singlets"], counts["events_cells"])
    raised = [
        _above("events not finite", counts["events_nonfinite"], 0, ""),
        _above("margin events", counts["percent_margin"], limits.margin_percent),
        _above("unsteady acquisition", counts["percent_departing"], limits.time_percent),
        _above("acquisition time lost", counts["percent_time_lost"], limits.time_percent),
        _above("doublets", doublets, limits.doublets_percent),
    ]
    if sample:
        raised += [
            _below("few events", counts["events_population"], limits.fewest_events, ""),
            _above(
                "threshold-sensitive",
                counts.get("sensitivity_percent_points", np.nan),
                limits.sensitivity_percent_points,
                " points",
            ),
        ]
    if tube.untreated:
        viable = counts.get("percent_viable", np.nan)
        raised.append(_below("untreated viability", viable, limits.untreated_viable_percent))
    if tube.role == "unstained" and "percent_apoptotic" in counts:
        limit = limits.unstained_positive_percent
        dye = counts["percent_late"] + counts["percent_necrotic"]
        raised += [
            _above("unstained Annexin V positive", counts["percent_apoptotic"], limit),
            _above("unstained dye positive", dye, limit),
        ]
    return [flag for flag in raised if flag]


def spillover_flags(spillover: pd.DataFrame | None, limits: Limits) -> list[str]:
    """Coefficients above the limit: a stain that is brighter in a foreign channel."""
    if spillover is None:
        return []
    return [
        f"spillover {stain} into {channel} ({spillover.loc[stain, channel]:.3g}, "
        f"limit {limits.spillover:g})"
        for stain in spillover.index
        for channel in spillover.columns
        if stain != channel and float(spillover.loc[stain, channel]) > limits.spillover
    ]


def fallback_flags(
    blocks: Mapping[str, gates.Block], population: Population, settings: FlowSettings
) -> list[str]:
    """Thresholds of a population that the experiment's controls could not set in the best way.

    A source that the config asks for is no fallback; a valley of all samples is exploratory
    either way.
    """
    shown = {marker.channel: marker.channel for marker in population.markers}
    shown |= {gates.ANNEXIN: "annexin", gates.VIABILITY_DYE: "dye"}
    asked = {
        gates.ANNEXIN: settings.annexin_threshold,
        gates.VIABILITY_DYE: settings.viability_dye_threshold,
    }
    raised = []
    for name in shown:
        if name not in blocks:
            continue
        source = gates.source(blocks[name])
        if source == "pooled":
            raised.append(f"exploratory: {shown[name]} threshold from the valley of all samples")
        elif source in _FALLBACKS and source != asked.get(name):
            raised.append(f"{shown[name]} threshold from {_FALLBACKS[source]} only")
    return raised


def add_gating_differences(
    rows: Sequence[dict[str, Any]], populations: Sequence[Population], limits: Limits
) -> None:
    """Flag, in place, one file's rows of two gatings of the same cells that disagree."""
    by_name = {row["population"]: row for row in rows}
    for population in populations:
        if population.same_cells_as is None:
            continue
        pair = by_name[population.name], by_name[population.same_cells_as]
        percents = [row.get("percent_apoptotic", np.nan) for row in pair]
        flag = _above(
            f"gated as {population.name} and as {population.same_cells_as}",
            abs(percents[0] - percents[1]),
            limits.gating_difference_percent_points,
            " points apart",
        )
        for row in pair:
            row["flags"] = "; ".join(filter(None, [row["flags"], flag]))


def sensitivity(events: pd.DataFrame, annexin: gates.Block, apoptotic: int) -> float:
    """Largest change, in percent points, as the Annexin V threshold moves by 0.1 decade.

    `events` are those of the population, `apoptotic` those counted so; NaN if there are none or
    the threshold is not above 0.
    """
    threshold = float(annexin["threshold"])
    if not len(events) or threshold <= 0:
        return float("nan")
    values = events[annexin["channels"][0]].to_numpy()
    moved = [threshold * 10**shift for shift in (-SENSITIVITY_DECADES, SENSITIVITY_DECADES)]
    changes = [abs(np.count_nonzero(values >= end) - apoptotic) for end in moved]
    return 100 * max(changes) / len(events)


def margin_percent(tube: Tube, events: pd.DataFrame, in_range: int, total: int) -> float:
    """Percent of events out of the scatter range, or at the top of Annexin V or dye."""
    saturated = np.zeros(len(events), dtype=bool)
    tops = {channel.name: channel.maximum for channel in tube.header.channels}
    for channel in (tube.panel.annexin, tube.panel.viability_dye):
        if channel is not None:
            saturated |= events[channel].to_numpy() >= tops[channel]
    return _percent(total - in_range + int(np.count_nonzero(saturated)), total)


def _above(name: str, number: float, limit: float, unit: str = " %") -> str:
    return _flag(name, number, limit, unit) if number > limit else ""


def _below(name: str, number: float, limit: float, unit: str = " %") -> str:
    return _flag(name, number, limit, unit) if number < limit else ""


def _flag(name: str, number: float, limit: float, unit: str) -> str:
    shown = f"{number:.2g}" if abs(number) < 1 else f"{number:.1f}".removesuffix(".0")
    return f"{name} ({shown}{unit}, limit {limit:g}{unit})"


def _percent(part: float, whole: float) -> float:
    return 100 * part / whole if whole else 0.0
