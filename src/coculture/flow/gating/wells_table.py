"""The table of wells: a row for each FCS file and population, with its counts and percents."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from coculture.exchange.flags import Flag, codes
from coculture.exchange.outcomes import (
    Outcomes,
    background_column,
    count_column,
    median_column,
)
from coculture.flow.files import FlowFile
from coculture.flow.gating.acquisition_date import acquired_at
from coculture.flow.gating.cell_density import Amounts
from coculture.flow.gating.checks import annexin_missing, staining_not_seen
from coculture.flow.gating.checks.brightness_differs import (
    brightness_column,
    lost_columns,
    weakened,
)
from coculture.flow.gating.checks.too_few_cells import lacks_percent
from coculture.flow.gating.counting import is_beads
from coculture.flow.gating.intervals import wilson_interval
from coculture.flow.gating.measurement import STAGES, Measurement
from coculture.flow.settings import FlowSettings

_UNSEEN = {annexin_missing.CODE, staining_not_seen.CODE}
"""Cautions that a stain may not have stained."""


def wells(
    files: Sequence[FlowFile],
    measured: Mapping[int, Sequence[Measurement]],
    flags: Mapping[tuple[int, str], Sequence[Flag]],
    settings: FlowSettings,
    counted_per: Amounts | None = None,
) -> pd.DataFrame:
    """flow/wells.csv: every file with a row for each population, also those that were excluded."""
    rows = []
    for file in files:
        counted: Iterator[dict[str, Any]]
        if file.row in measured:
            counted = (
                _counted(one, settings) | _density(one, counted_per or Amounts())
                for one in measured[file.row]
            )
        else:
            counted = ({"population": population.name} for population in settings.populations)
        for row in counted:
            raised = flags.get((file.row, str(row.get("population"))), ())
            cautions = [flag for flag in raised if flag.severity != "note"]
            row |= _seen(file, row, cautions, measured, settings)
            opened = measured.get(file.row)
            row["acquired"] = acquired_at(opened[0].tube.header) if opened else ""
            rows.append({**_identity(file), **row, "flags": codes(cautions)})
    # Not with columns=_columns(), which would drop a column that it does not list.
    wells = pd.DataFrame(rows)
    known = _columns(settings)
    wells = wells.reindex(columns=[*known, *wells.columns.difference(known)])
    whole = [name for name in known if name.startswith(("events_", "n_"))]
    seen = settings.outcomes.seen_columns
    return wells.astype({**dict.fromkeys(whole, "Int64"), **dict.fromkeys(seen, "boolean")})


def with_backgrounds(
    wells: pd.DataFrame, found: Mapping[tuple[str, str], float], settings: FlowSettings
) -> pd.DataFrame:
    """The table with the background of each channel beside the medians of the population."""
    for channel in settings.stained_channels:
        of_population = {
            population.name: found.get((population.name, channel), math.nan)
            for population in settings.populations
        }
        has_median = wells[median_column(channel)].notna()
        background = wells["population"].map(of_population).where(has_median)
        wells[background_column(channel)] = background.astype(float)
    return wells


def _seen(
    file: FlowFile,
    row: Mapping[str, Any],
    cautions: Sequence[Flag],
    measured: Mapping[int, Sequence[Measurement]],
    settings: FlowSettings,
) -> dict[str, bool]:
    """Of a sample with percents, whether each stain was seen, as the cautions say."""
    first = settings.outcomes.first
    if file.role != "sample" or first is None or first.column not in row:
        return {}
    panel = measured[file.row][0].tube.panel
    unseen = [flag.concerns.channel for flag in cautions if flag.code in _UNSEEN]
    columns = settings.outcomes.seen_columns
    if len(columns) == 1:
        return {columns[0]: not unseen}
    stains = zip(columns, panel.of_stains, strict=True)
    return {column: stain.channel not in unseen for column, stain in stains}


def _identity(file: FlowFile) -> dict[str, Any]:
    return {
        "experiment": file.experiment,
        "fcs": file.fcs,
        "plate": file.plate,
        "well": file.well,
        "role": file.role,
        "culture": file.culture,
        "cells": file.cells,
        "excluded": file.exclude,
    }


def _counted(one: Measurement, settings: FlowSettings) -> dict[str, Any]:
    """The columns of one measurement; of beads only the number of events.

    A sample with fewer than `min_cells` cells has counts but no percents.
    """
    outcomes = settings.outcomes
    counts = one.counts
    if is_beads(one.tube):
        return {"events_total": counts.total}
    row: dict[str, Any] = {
        "population": one.population.name,
        "events_total": counts.total,
        "events_nonfinite": counts.nonfinite,
        "events_beads": counts.beads,
        **{f"events_{stage}": number for stage, number in counts.after.items()},
        **_medians(one, settings),
    }
    first = outcomes.first
    if not counts.has_quadrants or first is None:
        return row
    row |= {count_column(name): number for name, number in counts.quadrants.items()}
    row |= _brightness(one, outcomes)
    if lacks_percent(one, settings.min_cells):
        return row
    counted = sum(counts.quadrants[name] for name in first.classes)
    lower, upper = wilson_interval(counted, sum(counts.quadrants.values()))
    return row | {
        **{each.column: counts.percent(*each.classes) for each in outcomes.outcomes},
        f"{first.column}_lower": 100 * lower,
        f"{first.column}_upper": 100 * upper,
        "sensitivity_percent_points": counts.sensitivity,
    }


def _medians(one: Measurement, settings: FlowSettings) -> dict[str, float]:
    """The population's median in the channel of each stain and marker."""
    names = one.tube.panel.names
    return {
        median_column(channel): one.medians[names[channel]]
        for channel in settings.stained_channels
        if names[channel] in one.medians
    }


def _density(one: Measurement, counted_per: Amounts) -> dict[str, Any]:
    """Cells of the population per bead, volume or second, of a sample where they are known."""
    row = one.tube.row
    volume = {"volume_ul": counted_per.volumes[row]} if row in counted_per.volumes else {}
    if row not in counted_per.of_row:
        return volume
    density = counted_per.density(row, one.counts.cells)
    return {"cell_density": density, "cell_density_unit": counted_per.unit, **volume}


def _brightness(one: Measurement, outcomes: Outcomes) -> dict[str, float]:
    """Brightness of the stained cells of each stain, and what a weaker stain would lose."""
    found = {}
    for stain in outcomes.stains:
        cells = one.stained.get(stain.gate)
        if cells is not None:
            found[brightness_column(stain)] = cells.brightness
        if cells is not None and stain in weakened(outcomes):
            for times, column in lost_columns(stain).items():
                found[column] = 100 * cells.share_lost(times)
    return found


def _columns(settings: FlowSettings) -> list[str]:
    """Column order: the file, counts along the gates, percents, flags."""
    outcomes = settings.outcomes
    identity = ["experiment", "fcs", "plate", "well", "role", "culture", "cells", "population"]
    counts = [
        "events_total",
        "events_nonfinite",
        "events_beads",
        *(f"events_{stage}" for stage in STAGES),
        "cell_density",
        "cell_density_unit",
    ]
    single = [one.column for one in outcomes.outcomes if one != outcomes.first]
    first = [] if outcomes.first is None else [outcomes.first.column]
    lacking = [stain for stain in outcomes.stains if not stain.living_are_positive]
    return [
        *identity,
        *counts,
        *outcomes.counts,
        *single,
        *(f"{column}{end}" for column in first for end in ("", "_lower", "_upper")),
        *(["sensitivity_percent_points"] if first else []),
        *map(brightness_column, lacking),
        *(column for stain in weakened(outcomes) for column in lost_columns(stain).values()),
        *outcomes.seen_columns,
        "volume_ul",
        *map(median_column, settings.stained_channels),
        *map(background_column, settings.stained_channels),
        "flags",
        "excluded",
        "acquired",
    ]
