"""From the FCS files of an experiment to counts per gate, percents and flags.

Every gate is set first, then applied to every file. Order of the gates: scatter within range >
acquisition time > cells (not debris) > single cells > population > stains (Annexin V x viability
dye). There is no live gate before the stains, because it would remove the cells that are to be
counted. Events that are saturated in a stain are the brightest dying cells and are kept.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from coculture.exchange.flags import Flag
from coculture.flow.compensation.experiment_spillover import (
    ExperimentSpillover,
    experiment_spillover,
)
from coculture.flow.compensation.spillover import spillover_table
from coculture.flow.files import FlowFile, exclusion, flow_files
from coculture.flow.gate_plots.axes import axes_of
from coculture.flow.gate_plots.record import no_plots, plot_record
from coculture.flow.gating import checks, wells_table, without_spill
from coculture.flow.gating.acquisition_date import usual_day
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
from coculture.flow.gating.checks.unusual_file import reading_notes
from coculture.flow.gating.compensated import Compensated, compensated
from coculture.flow.gating.constant_channels import refuse_constant
from coculture.flow.gating.counting import count, is_beads, measure
from coculture.flow.gating.gate_setting import Blocks
from coculture.flow.gating.marker_losses import marker_states
from coculture.flow.gating.measurement import Experiment, Measurement
from coculture.flow.gating.refusal import refuse_unknown
from coculture.flow.gating.repeated_flags import grouped
from coculture.flow.interchange.gating_ml.of_experiment import gated_file, gates_document
from coculture.flow.settings import FlowSettings
from coculture.flow.tubes import Tube, open_tubes
from coculture.running import side_by_side

TIME_RULE = (
    "in each file, parts of the acquisition whose signal differs from the rest of the file, or "
    "whose rate is above 2.5 times the median rate, are removed"
)

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
        wells = wells_table.wells(listed, {}, {}, settings)
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
    effects = without_spill.effects(tubes, used, settings, measured)
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
        without_spill.possible_effect(tubes, used, settings, measured),
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
        wells=wells_table.with_backgrounds(
            wells_table.wells(listed, measured, found, settings, counted_per),
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


def _amounts(measured: Mapping[int, Sequence[Measurement]]) -> Amounts:
    """What the cells of the samples are counted per."""
    samples = [of_file[0] for of_file in measured.values() if of_file[0].tube.role == "sample"]
    return amounts(
        [one.tube for one in samples],
        {one.tube.row: one.counts.beads or 0 for one in samples},
        {one.tube.row: one.seconds for one in samples},
    )
