"""From the FCS files of an experiment to counts per gate, percents and flags.

Every gate is set first, then applied to every file. Order of the gates: scatter within range >
acquisition time > cells (not debris) > single cells > population > stains (Annexin V x viability
dye). There is no live gate before the stains, because it would remove the cells that are to be
counted. Events that are saturated in a stain are the brightest dying cells and are kept.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from coculture.exchange.flags import Flag, codes
from coculture.exchange.outcomes import (
    Outcomes,
    background_column,
    count_column,
    median_column,
)
from coculture.flow.compensation.experiment_spillover import (
    ExperimentSpillover,
    experiment_spillover,
)
from coculture.flow.compensation.remaining_spill import RemainingSpill, corrected
from coculture.flow.compensation.spillover import spillover_table
from coculture.flow.files import FlowFile, exclusion, flow_files
from coculture.flow.gate_plots.axes import axes_of
from coculture.flow.gate_plots.record import no_plots, plot_record
from coculture.flow.gating import checks
from coculture.flow.gating.acquisition_date import acquired_at, usual_day
from coculture.flow.gating.alternatives import (
    automatic_gates,
    controls_put_back,
    files_put_back,
    moved_thresholds,
    other_spillover,
    threshold_sources,
)
from coculture.flow.gating.alternatives.other_gate import OtherGate
from coculture.flow.gating.alternatives.table import OtherWhole, alternative_table
from coculture.flow.gating.backgrounds import backgrounds
from coculture.flow.gating.cell_density import Amounts, amounts
from coculture.flow.gating.checks import annexin_missing, staining_not_seen
from coculture.flow.gating.checks.brightness_differs import (
    brightness_column,
    lost_columns,
    weakened,
)
from coculture.flow.gating.checks.too_few_cells import lacks_percent
from coculture.flow.gating.checks.unusual_file import reading_notes
from coculture.flow.gating.compensated import Compensated, compensated
from coculture.flow.gating.constant_channels import refuse_constant
from coculture.flow.gating.counting import count, is_beads, measure
from coculture.flow.gating.gate_setting import Blocks, set_gates
from coculture.flow.gating.intervals import wilson_interval
from coculture.flow.gating.marker_losses import marker_states
from coculture.flow.gating.measurement import STAGES, Experiment, Measurement
from coculture.flow.gating.possible_spill import PossibleEffect
from coculture.flow.gating.refusal import refuse_unknown
from coculture.flow.gating.repeated_flags import grouped
from coculture.flow.gating.spill_effect import SpillEffect, changes_of_arms, compared
from coculture.flow.interchange.gating_ml.of_experiment import gated_file, gates_document
from coculture.flow.settings import FlowSettings
from coculture.flow.tubes import Tube, open_tubes
from coculture.running import side_by_side

TIME_RULE = (
    "in each file, parts of the acquisition whose signal differs from the rest of the file, or "
    "whose rate is above 2.5 times the median rate, are removed"
)
_UNSEEN = {annexin_missing.CODE, staining_not_seen.CODE}
"""Cautions that a stain may not have stained."""
Progress = Callable[[str], None]


@dataclass(frozen=True)
class GatedExperiment:
    """The result of gating an experiment."""

    wells: pd.DataFrame
    """flow/wells.csv: one row per FCS file and population."""
    gates: dict[str, Any]
    """gates.yaml: the source of the spillover, the stretches of time that are not used, and every
    gate of every population."""
    gating_ml: str
    """gates.xml: the same gates in Gating-ML 2.0."""
    spillover: pd.DataFrame
    """flow/spillover.csv: the matrix of the experiment, column `stain` and one column per channel;
    no rows without compensation."""
    flags: tuple[Flag, ...]
    """flow/flags.csv: excluded files, gates set by hand and everything that is doubtful."""
    alternatives: pd.DataFrame
    """flow/alternatives.csv: what each sample counts under other defensible gates and matrices."""
    plots: Mapping[str, Any]
    """gate_plots.json: the events of each tube in bins, for the gate page."""


def gate_experiment(
    files: pd.DataFrame,
    settings: FlowSettings,
    progress: Progress = lambda _: None,
    processes: int = 1,
) -> GatedExperiment:
    """Compensate, gate and count all files of one experiment.

    Parameters
    ----------
    files
        Rows of flow.csv of one experiment: fcs, experiment, plate, well, role, cells, channel,
        culture, exclude; `path` where a file is opened from another place than `fcs`;
        `untreated` (samples of cultures without drugs), `arm` (what a sample was given) and the
        `cells` of a sample where they are known. Files with a reason under `exclude` are listed in
        the result but not read; if all files are excluded, no gate is set.
    settings
        The flow section of the config.
    progress
        Called with a sentence when a step begins.
    processes
        How many processes count files at a time; the result does not depend on it.

    Raises
    ------
    FcsError, SpilloverError, ThresholdError, GateError, ConstantChannelError
        All are ValueErrors and name the file, matrix, population or gate.
    """
    listed = flow_files(files)
    name = listed[0].experiment
    tubes = open_tubes(listed, settings)
    excluded = tuple(exclusion(file) for file in listed if file.exclude)
    if not tubes:
        no_gates: dict[str, Blocks] = {one.name: {} for one in settings.populations}
        record = _record(name, {"source": "none"}, no_gates, {}, {})
        wells = _wells(listed, {}, {}, settings)
        nothing = alternative_table(listed, {}, (), (), {}, settings, Amounts())
        document = gates_document(name, (), {}, None, settings)
        return GatedExperiment(
            wells, record, document, spillover_table(None), excluded, nothing, no_plots(name)
        )
    refuse_constant(tubes, settings)
    progress(f"{name}: spillover ({settings.compensation.source})")
    own = settings.gates.get(name, {})
    asked = experiment_spillover(tubes, settings)
    progress(f"{name}: gates from the controls")
    used = compensated(tubes, asked, settings, own)
    opened, tubes, spillover, blocks = tubes, list(used.tubes), used.spillover, used.blocks
    others = _other_gates(used, settings)
    axes = axes_of(used.pooled, settings, blocks) if used.pooled else {}
    places = {tube.row: number for number, tube in enumerate(tubes, start=1)}

    def measured_in(tube: Tube) -> list[Measurement]:
        progress(f"{name}: file {places[tube.row]} of {len(tubes)}, {tube.fcs}")
        return measure(tube, spillover.matrix, settings, blocks, others, axes)

    measured = _of_each(tubes, measured_in, processes)
    day = usual_day(tube.header for tube in tubes)
    effects = _effects(tubes, used, settings, measured)
    refuse_unknown(name, spillover, effects)
    states = marker_states(measured, settings.outcomes)
    counted_per = _amounts(measured)
    experiment = Experiment(
        name,
        settings,
        blocks,
        spillover.matrix,
        day,
        measured,
        spillover,
        effects,
        states,
        _possible_effect(tubes, used, settings, measured),
        counted_per,
    )
    found = {
        (row, one.population.name): checks.flags(one, experiment)
        for row, of_file in measured.items()
        if not is_beads(of_file[0].tube)
        for one in of_file
    }
    flags = grouped(flag for of_one in found.values() for flag in of_one)
    return GatedExperiment(
        wells=_with_backgrounds(
            _wells(listed, measured, found, settings, counted_per),
            backgrounds(measured, blocks, settings),
            settings,
        ),
        gates=_record(name, spillover.record, blocks, reading_notes(tubes), measured),
        gating_ml=gates_document(
            name,
            [gated_file(of_file[0], blocks) for of_file in measured.values()],
            blocks,
            spillover.matrix,
            settings,
        ),
        spillover=spillover_table(spillover.matrix),
        flags=(*excluded, *flags),
        alternatives=alternative_table(
            listed,
            measured,
            others,
            _otherwise_gated(listed, opened, asked, used, settings, processes),
            found,
            settings,
            counted_per,
            [*files_put_back.others(listed, used, settings)],
        ),
        plots=plot_record(name, settings, axes, blocks, list(measured.values())),
    )


def _other_gates(used: Compensated, settings: FlowSettings) -> list[OtherGate]:
    """The gates of stains and markers that are as defensible as the ones that are used."""
    is_compensated = used.spillover.is_known and not used.remaining
    return [
        *moved_thresholds.others(used.blocks, settings),
        *threshold_sources.others(
            used.pooled, used.blocks, settings, is_compensated=is_compensated
        ),
    ]


def _of_each(
    tubes: Sequence[Tube], work: Callable[[Tube], list[Measurement]], processes: int
) -> dict[int, list[Measurement]]:
    """Row of a file -> what `work` measures in it, in the order of the tubes."""
    found = side_by_side.each(work, tubes, processes)
    # The tube itself: what comes from another process has a copy of it.
    return {
        tube.row: [replace(one, tube=tube) for one in of_tube]
        for tube, of_tube in zip(tubes, found, strict=True)
    }


def _otherwise_gated(
    files: Sequence[FlowFile],
    tubes: Sequence[Tube],
    asked: ExperimentSpillover,
    used: Compensated,
    settings: FlowSettings,
    processes: int,
) -> list[tuple[OtherWhole, dict[int, list[Measurement]]]]:
    """Each other matrix with the samples as they are counted with it, with its own gates.

    Where a person set gates, also the automatic ones; and those with each excluded control.
    """
    own = settings.gates.get(tubes[0].experiment, {})
    others: list[OtherWhole] = [*other_spillover.others(tubes, used.spillover, settings, own)]
    automatic = automatic_gates.of_experiment(tubes, asked, settings, own, used)
    others += [automatic] if automatic is not None else []
    others += controls_put_back.others(files, settings)
    found = []
    for other in others:
        counted = _counted_in_samples(other.used, settings, processes) if other.used else {}
        found.append((other, counted))
    return found


def _counted_in_samples(
    used: Compensated, settings: FlowSettings, processes: int
) -> dict[int, list[Measurement]]:
    def counted_in(tube: Tube) -> list[Measurement]:
        return count(tube, used.spillover.matrix, settings, used.blocks)

    return _of_each([one for one in used.tubes if one.role == "sample"], counted_in, processes)


def _record(
    name: str,
    spillover: Mapping[str, Any],
    blocks: Mapping[str, Blocks],
    notes: Mapping[str, Sequence[str]],
    measured: Mapping[int, Sequence[Measurement]],
) -> dict[str, Any]:
    """The content of gates.yaml; `notes` is a note on how files were read -> these files."""
    every = [of_file[0] for of_file in measured.values()]
    removed = {one.tube.fcs: [list(ends) for ends in one.unsteady] for one in every if one.unsteady}
    channel = next((one.tube.panel.time for one in every), None)
    unusual = {"files": [{"note": note, "fcs": list(fcs)} for note, fcs in notes.items()]}
    return {
        "experiment": name,
        **(unusual if notes else {}),
        "spillover": dict(spillover),
        "time": {
            "rule": TIME_RULE,
            **({"channels": [channel]} if channel is not None else {}),
            "removed": removed,
        },
        "populations": {
            population: {gate: dict(block) for gate, block in of_population.items()}
            for population, of_population in blocks.items()
        },
    }


# The table of wells ----------------------------------------------------------------------------


def _wells(
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


def _with_backgrounds(
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


def _amounts(measured: Mapping[int, Sequence[Measurement]]) -> Amounts:
    """What the cells of the samples are counted per."""
    samples = [of_file[0] for of_file in measured.values() if of_file[0].tube.role == "sample"]
    return amounts(
        [one.tube for one in samples],
        {one.tube.row: one.counts.beads or 0 for one in samples},
        {one.tube.row: one.seconds for one in samples},
    )


def _effects(
    tubes: Sequence[Tube],
    used: Compensated,
    settings: FlowSettings,
    measured: Mapping[int, Sequence[Measurement]],
) -> tuple[SpillEffect, ...]:
    """What the percents of the report population would be without the spill that is left."""
    if not used.remaining:
        return ()
    own = settings.gates.get(tubes[0].experiment, {})
    changes = _changes_without(
        used.remaining,
        tubes,
        used,
        settings,
        measured,
        lambda tubes, matrix: set_gates(tubes, matrix, settings, own, is_compensated=False),
    )
    return (SpillEffect(used.remaining, changes, used.spillover.matrix is None),)


def _possible_effect(
    tubes: Sequence[Tube],
    used: Compensated,
    settings: FlowSettings,
    measured: Mapping[int, Sequence[Measurement]],
) -> PossibleEffect | None:
    """What percent apoptotic would be without a spill that is not known."""
    if used.possible is None:
        return None
    spill = used.possible.as_remaining
    # At the same thresholds: live cells have no dye that could spill.
    changes = _changes_without(
        [spill], tubes, used, settings, measured, lambda _tubes, _matrix: used.blocks
    )
    return PossibleEffect(used.possible, next(iter(changes.values())))


def _changes_without(
    spills: Sequence[RemainingSpill],
    tubes: Sequence[Tube],
    used: Compensated,
    settings: FlowSettings,
    measured: Mapping[int, Sequence[Measurement]],
    gates_of: Callable[[Sequence[Tube], pd.DataFrame], Mapping[str, Blocks]],
) -> dict[str, float]:
    """The change of each percent, as in `SpillEffect`, if these spills are taken away, too.

    `gates_of` gives the gates for the tubes with another matrix.
    """
    matrix = corrected(used.spillover.matrix, spills)
    tubes = [
        tube
        if tube.own_spillover is None
        else replace(tube, own_spillover=corrected(tube.own_spillover, spills))
        for tube in tubes
    ]
    blocks = gates_of(tubes, matrix)
    samples = [tube for tube in tubes if tube.role == "sample"]
    place = [one.name for one in settings.populations].index(settings.report_population)
    arms = [(tube.cells, tube.arm or tube.culture or tube.fcs) for tube in samples]
    reported = [measured[tube.row][place].counts.quadrants for tube in samples]
    without = [measure(tube, matrix, settings, blocks)[place].counts.quadrants for tube in samples]
    return changes_of_arms(arms, reported, without, compared(settings.outcomes))
