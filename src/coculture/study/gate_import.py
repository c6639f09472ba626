"""Gates that were drawn in another program, as the gates file of a study."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

import pandas as pd

from coculture.exchange.manual_gates import Decision, GatesFile, ManualGate, OwnGate
from coculture.exchange.vocabulary import listed, many
from coculture.flow import FlowSettings
from coculture.flow.files import FlowFile, flow_files, open_file
from coculture.flow.gate_names import gate_names
from coculture.flow.interchange.flowjo import workspace
from coculture.flow.interchange.gating_ml import reading
from coculture.flow.interchange.gating_ml.applying import FileEvents
from coculture.flow.interchange.gating_ml.dimensions import OF_FILE, UNCOMPENSATED
from coculture.flow.interchange.gating_ml.reading import GatingDocument
from coculture.flow.interchange.steps import StepShape, as_step, most_common
from coculture.flow.interchange.xml_file import InterchangeError, root_of, tag
from coculture.study.study import Study


@dataclass(frozen=True)
class Wanted:
    """Which imported gate is which step.

    Attributes
    ----------
    name
        Of the imported gate, or its whole path where several have its name.
    """

    population: str
    step: str
    name: str


@dataclass(frozen=True, eq=False)
class Imported:
    """The gates file of what was imported, and what is to be said of it.

    Attributes
    ----------
    matrix
        The spillover that the gates were drawn with, where the study needs it as a table.
    lines
        Each gate of each tube: whether it was read, the counts that the file states, and ours.
    """

    content: GatesFile
    matrix: pd.DataFrame | None
    lines: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Tube:
    """A tube of the study with the gates that the file has for it."""

    file: FlowFile
    gates: tuple[workspace.WorkspaceGate, ...]
    document: GatingDocument


def wanted_of(text: str, study: Study) -> Wanted:
    """What `--as` says: step=gate, or population/step=gate.

    Raises
    ------
    InterchangeError
        If it is not of this form, or names a population or step that the study does not have.
    """
    settings = FlowSettings.from_config(study.flow_settings())
    where, equals, name = text.partition("=")
    population, slash, step = where.strip().rpartition("/")
    population = population if slash else settings.report_population
    known = {one.name: gate_names(one, settings.stain_gates) for one in settings.populations}
    if not equals or not name.strip():
        raise InterchangeError(f"--as {text}: write step=gate, for example annexin=Q1.")
    if population not in known:
        raise InterchangeError(f"--as {text}: the populations are {listed(known)}.")
    if step not in known[population]:
        raise InterchangeError(f"--as {text}: the steps are {listed(known[population])}.")
    return Wanted(population, step, name.strip().strip('"'))


def import_gates(
    study: Study, path: Path, wanted: Sequence[Wanted], decision: Decision, table: str
) -> Imported:
    """The gates of a Gating-ML 2.0 file, or of a FlowJo 10 workspace, as a gates file.

    Parameters
    ----------
    wanted
        Which gates become steps; the others are only reported.
    decision
        Who imports them, when and why.
    table
        What the table with their spillover would be called, relative to the config.

    Raises
    ------
    InterchangeError
        If the file cannot be read, a wanted gate is not in it, or cannot be that step.
    """
    files = [one for one in flow_files(study.flow) if not one.exclude and one.experiment]
    tubes = list(_tubes(path, files))
    if not tubes:
        raise InterchangeError(f"{path}: names no tube that flow.csv has.")
    settings = FlowSettings.from_config(study.flow_settings())
    gates: list[ManualGate] = []
    compensations: set[str] = set()
    for one in wanted:
        shapes = [(tube.file, _shape(tube, one, settings)) for tube in tubes if _has(tube, one)]
        if not shapes:
            raise InterchangeError(f"{path}: no tube has a gate {one.name!r}. {_names(tubes)}")
        compensations |= {name for _, found in shapes for name in found.compensations}
        gates += _by_experiment(one, shapes, decision)
    stated, matrix = _compensation(compensations, tubes, table)
    content = GatesFile(study.name, tuple(gates), compensation=stated)
    return Imported(content, matrix, tuple(_report(tubes, wanted)))


def _tubes(path: Path, files: Sequence[FlowFile]) -> Iterator[_Tube]:
    root = root_of(path)
    try:
        if tag(root) == "Workspace":
            of_name = {one.fcs.casefold(): one for one in workspace.tubes(root, path)}
            for file in files:
                found = of_name.get(PurePath(file.path).name.casefold())
                if found is not None:
                    yield _Tube(file, found.gates, found.document)
            return
        document = reading.on_detectors(reading.document(root))
    except InterchangeError as error:
        text = str(error)
        raise InterchangeError(text if text.startswith(str(path)) else f"{path}: {text}") from error
    every = tuple(workspace.WorkspaceGate(name, name, None) for name in document.gates)
    if not every:
        raise InterchangeError(f"{path}: has no gates.")
    for file in files:
        yield _Tube(file, every, document)


def _found(tube: _Tube, wanted: Wanted) -> list[workspace.WorkspaceGate]:
    by_path = [one for one in tube.gates if one.path == wanted.name]
    return by_path or [one for one in tube.gates if one.name == wanted.name]


def _has(tube: _Tube, wanted: Wanted) -> bool:
    return bool(_found(tube, wanted))


def _shape(tube: _Tube, wanted: Wanted, settings: FlowSettings) -> StepShape:
    found = _found(tube, wanted)
    what = f"{tube.file.fcs}: the gate {wanted.name!r}"
    if len(found) > 1:
        paths = listed([repr(one.path) for one in found])
        raise InterchangeError(f"{what} is there {len(found)} times. Name one of {paths}.")
    if found[0].refusal:
        raise InterchangeError(f"{what} cannot be imported: {found[0].refusal}.")
    try:
        gate = tube.document.gates[found[0].path]
        return as_step(gate, wanted.step, settings, open_file(tube.file))
    except InterchangeError as error:
        raise InterchangeError(f"{what} cannot be the step {wanted.step}: {error}.") from error


def _by_experiment(
    wanted: Wanted, shapes: Sequence[tuple[FlowFile, StepShape]], decision: Decision
) -> Iterator[ManualGate]:
    """One gate for each experiment; tubes in which it lies elsewhere have their own."""
    for experiment in dict.fromkeys(file.experiment for file, _ in shapes):
        own = [(file, found.shape) for file, found in shapes if file.experiment == experiment]
        shared = most_common([shape for _, shape in own])
        exceptions = tuple(
            OwnGate(file.fcs, _differing(shape, shared), decision)
            for file, shape in own
            if shape != shared
        )
        yield ManualGate(
            experiment, wanted.population, wanted.step, shared, decision, exceptions=exceptions
        )


def _differing(shape: Mapping[str, object], shared: Mapping[str, object]) -> dict[str, object]:
    """What a tube's own gate says beside that of the others: a threshold alone, if it can."""
    both = ("channels", "keep")
    if "threshold" in shape and all(shape.get(key) == shared.get(key) for key in both):
        return {"threshold": shape["threshold"]}
    return dict(shape)


def _compensation(
    compensations: set[str], tubes: Sequence[_Tube], table: str
) -> tuple[dict[str, str] | None, pd.DataFrame | None]:
    """The spillover that the config must have for these gates; none without gates of stains."""
    if not compensations:
        return None, None
    if len(compensations) > 1:
        raise InterchangeError(
            f"The gates of stains are drawn with different spillovers ({listed(compensations)}); "
            "a study has one. Import them separately."
        )
    (name,) = compensations
    if name in (UNCOMPENSATED, OF_FILE):
        return {"source": "none" if name == UNCOMPENSATED else "embedded"}, None
    matrices = [tube.document.matrices[name] for tube in tubes if name in tube.document.matrices]
    if any(not matrix.equals(matrices[0]) for matrix in matrices[1:]):
        raise InterchangeError("The tubes have different spillover matrices; a study has one.")
    return {"source": "csv", "file": table}, matrices[0]


def _report(tubes: Sequence[_Tube], wanted: Sequence[Wanted]) -> Iterator[str]:
    """For each tube every gate: what it becomes, the count that the file states, and ours."""
    for tube in tubes:
        events = FileEvents(open_file(tube.file), tube.document)
        yield f"{tube.file.fcs}:"
        for gate in tube.gates:
            steps = [one.step for one in wanted if gate in _found(tube, one)]
            becomes = f" -> {listed(steps)}" if steps else ""
            stated = "" if gate.count is None else f", {gate.count} as the file states"
            if gate.refusal:
                yield f"  {gate.path}: not read, because {gate.refusal}{stated}"
                continue
            try:
                counted = int(events.mask(gate.path).sum())
            except InterchangeError as error:
                yield f"  {gate.path}: not counted: {error}"
                continue
            differs = "" if gate.count in (None, counted) else " (they differ)"
            yield f"  {gate.path}{becomes}: {many(counted, 'event')} here{stated}{differs}"


def _names(tubes: Sequence[_Tube]) -> str:
    names = dict.fromkeys(gate.path for tube in tubes for gate in tube.gates)
    return f"It has {listed([repr(name) for name in names])}."
