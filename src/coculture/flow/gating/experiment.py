"""From an experiment's FCS files to counts per gate: every gate set from controls, then applied.

Order of gates: scatter within range > acquisition time > cells (not debris) > single cells >
population > Annexin V x viability dye. There is no live gate before the quadrants: it would take
away what is counted. Saturated Annexin V or dye events are the brightest dying cells and stay.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.flow.compensation.experiment_spillover import experiment_spillover
from coculture.flow.compensation.spillover import spillover_table
from coculture.flow.gating import gates, quality
from coculture.flow.gating.acquisition_date import other_days
from coculture.flow.gating.flowcytometrytools import passes
from coculture.flow.gating.gate_setting import set_gates
from coculture.flow.gating.intervals import wilson_interval
from coculture.flow.gating.steadiness import Steadiness, all_steady, steadiness
from coculture.flow.settings import FlowSettings, Population
from coculture.flow.tubes import Tube, open_tubes, read_tube, text_of

STAGES = ("scatter", "time", "cells", "singlets", "population")
TIME_RULE = (
    "per file: stretches of acquisition whose signal departs from the rest of the file, or that "
    "came at more than 2.5 times its rate, are left out"
)
Progress = Callable[[str], None]


@dataclass(frozen=True)
class GatedExperiment:
    """What gating an experiment gives."""

    wells: pd.DataFrame
    """flow/wells.csv: one row an FCS file and population."""
    gates: dict[str, Any]
    """gates.yaml: where the spillover is from, and every population's gates with their rules."""
    spillover: pd.DataFrame
    """flow/spillover.csv: the matrix the experiment was compensated with, column `stain` and one
    column a channel; no rows without compensation."""


def gate_experiment(
    files: pd.DataFrame, settings: FlowSettings, progress: Progress = lambda _: None
) -> GatedExperiment:
    """Compensate, gate and count all files of one experiment.

    Parameters
    ----------
    files
        Rows of flow.csv of one experiment: fcs, experiment, plate, well, role, cells, channel,
        culture, exclude; `path` where a file is opened elsewhere than at `fcs`, and `untreated`
        (samples whose culture got no drug) and a sample's `cells` where they are known. Files with
        a reason under `exclude` are listed in the result and not read; if all have one, no gate
        is set.
    settings
        The flow section of the config.
    progress
        Called with a sentence when a step begins.

    Raises
    ------
    FcsError, SpilloverError, ThresholdError, GateError
        All ValueError, naming the file, matrix, population or gate.
    """
    experiment = str(files["experiment"].iloc[0])
    tubes = open_tubes(files, settings)
    if not tubes:
        return _nothing_read(experiment, files, settings)
    progress(f"{experiment}: spillover ({settings.compensation.source})")
    spillover = experiment_spillover(tubes, settings.compensation)
    progress(f"{experiment}: gates from the controls")
    blocks = set_gates(tubes, spillover.matrix, settings, settings.gates.get(experiment, {}))
    of_other_days = other_days(tubes)
    counted: dict[int, list[dict[str, Any]]] = {}
    for number, tube in enumerate(tubes, start=1):
        progress(f"{experiment}: file {number} of {len(tubes)}, {tube.fcs}")
        counted[tube.row] = _count_tube(tube, spillover.matrix, settings, blocks)
        for row in counted[tube.row]:
            row["flags"] = "; ".join(filter(None, [of_other_days.get(tube.row), row["flags"]]))
    record = {
        "experiment": experiment,
        "spillover": spillover.record,
        "time": {"rule": TIME_RULE},
        "populations": {
            name: {gate: dict(block) for gate, block in of_population.items()}
            for name, of_population in blocks.items()
        },
    }
    wells = _wells(files, counted, settings)
    return GatedExperiment(wells, record, spillover_table(spillover.matrix))


def _nothing_read(experiment: str, files: pd.DataFrame, settings: FlowSettings) -> GatedExperiment:
    """The result of an experiment whose files are all excluded: their reasons, and no gates."""
    record = {
        "experiment": experiment,
        "spillover": {"source": "none"},
        "time": {"rule": TIME_RULE},
        "populations": {population.name: {} for population in settings.populations},
    }
    return GatedExperiment(_wells(files, {}, settings), record, spillover_table(None))


def _wells(
    files: pd.DataFrame,
    counted: Mapping[int, Sequence[Mapping[str, Any]]],
    settings: FlowSettings,
) -> pd.DataFrame:
    """flow/wells.csv; files without counts were excluded and have a row a population too."""
    not_read = [{"population": population.name, "flags": ""} for population in settings.populations]
    rows = [
        {**_identity(file), **counts}
        for row, file in files.iterrows()
        for counts in counted.get(int(str(row)), not_read)
    ]
    wells = pd.DataFrame(rows, columns=_columns())
    whole = [name for name in _columns() if name.startswith(("events_", "n_"))]
    return wells.astype(dict.fromkeys(whole, "Int64"))


def _identity(file: "pd.Series[Any]") -> dict[str, Any]:
    return {
        "experiment": text_of(file, "experiment"),
        "fcs": text_of(file, "fcs"),
        "plate": text_of(file, "plate"),
        "well": text_of(file, "well"),
        "role": text_of(file, "role"),
        "culture": text_of(file, "culture"),
        "cells": text_of(file, "cells"),
        "excluded": text_of(file, "exclude"),
    }


def _columns() -> list[str]:
    """Column order: who, counts along the gates, percents, flags last."""
    who = ["experiment", "fcs", "plate", "well", "role", "culture", "cells", "population"]
    counts = ["events_total", "events_nonfinite", *(f"events_{stage}" for stage in STAGES)]
    quadrants = [f"n_{name}" for name in gates.QUADRANTS] + [
        f"percent_{name}" for name in gates.QUADRANTS
    ]
    apoptotic = [f"percent_apoptotic{end}" for end in ("", "_lower", "_upper")]
    return [
        *who,
        *counts,
        *quadrants,
        *apoptotic,
        "sensitivity_percent_points",
        "flags",
        "excluded",
    ]


def _count_tube(
    tube: Tube,
    spillover: pd.DataFrame | None,
    settings: FlowSettings,
    blocks: Mapping[str, Mapping[str, gates.Block]],
) -> list[dict[str, Any]]:
    """Counts and flags of one file, for each population."""
    populations = settings.populations
    if tube.role == "beads":
        return [{"events_total": tube.header.events, "flags": ""} for _ in populations]
    events = read_tube(tube, spillover)
    own_time = all(gates.TIME in blocks[population.name] for population in populations)
    time = all_steady(events) if own_time else _steadiness(tube, events)
    rows = []
    for population in populations:
        counts = _count(events, population, blocks[population.name], time.steady)
        counts |= {
            "population": population.name,
            "events_total": tube.header.events,
            "events_nonfinite": tube.header.events - len(events),
        }
        margin = quality.margin_percent(
            tube, events, counts["events_scatter"], counts["events_total"]
        )
        judged = counts | {
            "percent_margin": margin,
            "percent_departing": time.percent_departing,
            "percent_time_lost": time.percent_time_lost,
        }
        raised = quality.flags(tube, judged, settings.limits)
        if tube.role == "sample":
            raised += quality.fallback_flags(blocks[population.name], population, settings)
            raised += quality.spillover_flags(spillover, settings.limits)
        rows.append(counts | {"flags": "; ".join(raised)})
    quality.add_gating_differences(rows, populations, settings.limits)
    return rows


def steady(tube: Tube, events: pd.DataFrame) -> NDArray[np.bool_]:
    """Which events came in steady stretches of acquisition; all of them without a time channel."""
    return _steadiness(tube, events).steady


def _steadiness(tube: Tube, events: pd.DataFrame) -> Steadiness:
    panel = tube.panel
    if panel.time is None:
        return all_steady(events)
    channels = (panel.forward_scatter_area, panel.annexin, panel.viability_dye)
    signals = [events[channel].to_numpy() for channel in channels if channel is not None]
    return steadiness(events[panel.time].to_numpy(), signals)


def stage_masks(
    events: pd.DataFrame,
    population: Population,
    blocks: Mapping[str, gates.Block],
    steady: NDArray[np.bool_],
) -> dict[str, NDArray[np.bool_]]:
    """Which events are left after each of STAGES, masks of shape (events,).

    `steady` are the events that acquisition time lets through, unless the user gave a time gate.
    """
    of_stage = {
        "scatter": [gates.SCATTER, gates.SIDE_SCATTER],
        "time": [gates.TIME],
        "cells": [gates.CELLS],
        "singlets": [gates.SINGLETS],
        "population": [marker.channel for marker in population.markers],
    }
    inside = np.ones(len(events), dtype=bool)
    masks = {}
    for stage in STAGES:
        if stage == "time" and gates.TIME not in blocks:
            inside = inside & steady
        for name in of_stage[stage]:
            if name in blocks:
                inside = inside & passes(gates.draw(name, blocks[name]), events)
        masks[stage] = inside
    return masks


def _count(
    events: pd.DataFrame,
    population: Population,
    blocks: Mapping[str, gates.Block],
    steady: NDArray[np.bool_],
) -> dict[str, Any]:
    """Events after each stage and in each quadrant."""
    masks = stage_masks(events, population, blocks, steady)
    counts: dict[str, Any] = {
        f"events_{stage}": int(np.count_nonzero(mask)) for stage, mask in masks.items()
    }
    if gates.ANNEXIN in blocks and gates.VIABILITY_DYE in blocks:
        counts |= _quadrant_counts(events, masks["population"], blocks)
    return counts


def _quadrant_counts(
    events: pd.DataFrame, inside: NDArray[np.bool_], blocks: Mapping[str, gates.Block]
) -> dict[str, Any]:
    annexin, dye = blocks[gates.ANNEXIN], blocks[gates.VIABILITY_DYE]
    stains = dict.fromkeys([annexin["channels"][0], dye["channels"][0]])
    events = pd.DataFrame({name: events[name].to_numpy()[inside] for name in stains}, copy=False)
    number = gates.quadrant_counts(annexin, dye, events)
    total = len(events)
    apoptotic = number["early"] + number["late"]
    lower, upper = wilson_interval(apoptotic, total)
    return {
        **{f"n_{name}": count for name, count in number.items()},
        **{f"percent_{name}": _percent(count, total) for name, count in number.items()},
        "percent_apoptotic": _percent(apoptotic, total),
        "percent_apoptotic_lower": 100 * lower,
        "percent_apoptotic_upper": 100 * upper,
        "sensitivity_percent_points": quality.sensitivity(events, annexin, apoptotic),
    }


def _percent(count: int, total: int) -> float:
    return 100 * count / total if total else float("nan")
