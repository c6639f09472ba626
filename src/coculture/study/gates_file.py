"""The gates file of a study: which file it is, and what is wrong in it.

The config names it, or it lies beside the config under the config's name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from coculture.exchange.manual_gates import GatesFile
from coculture.exchange.problems import KeyPath, Problem, StudyError
from coculture.flow import FlowSettings, FlowSettingsError, gate_faults
from coculture.flow.channels import similar_names
from coculture.flow.files import flow_files
from coculture.study import configuration
from coculture.study.schema import faults, schema

KEY = "gates_file"
_SUFFIX = ".gates.yaml"
WITHOUT_KEYS = "remove it, or save the gates again; a gates file has at least study and gates."


def beside(config: Path) -> Path:
    """The gates file that is found by itself, whether or not it is there.

    >>> str(beside(Path("config/mine.yaml")))
    'config/mine.gates.yaml'
    """
    return config.with_name(f"{config.stem}{_SUFFIX}")


def place(config_path: Path, config: Mapping[str, Any]) -> Path | None:
    """The gates file of a study; None if it has none."""
    named = config["flow"][KEY]
    if named is not None:
        return config_path.parent / str(named)
    found = beside(config_path)
    return found if found.is_file() else None


def in_words(config_path: Path, used: Path | None) -> list[str]:
    """Which gates file a study uses, for people; nothing without one."""
    if used is None:
        return []
    other = beside(config_path)
    unused = [f"{other} is beside the config, but is not used: flow.gates_file names {used}."]
    is_other = other.is_file() and other.resolve() != used.resolve()
    return [f"Gates set by hand: {used}.", *(unused if is_other else [])]


@dataclass(frozen=True)
class ReadGatesFile:
    """A gates file as it was read; without content if it has problems."""

    path: Path | None = None
    content: GatesFile | None = None
    problems: tuple[Problem, ...] = ()


def read(config_path: Path, config: Mapping[str, Any]) -> ReadGatesFile:
    """The gates file of a study, with every problem in it that its config shows."""
    path = place(config_path, config)
    if path is None:
        return ReadGatesFile()
    if config["flow"]["gates"]:
        line = configuration.line_of(config_path, ("flow", "gates"))
        message = (
            f"this study also has a gates file, {path}, and one gate cannot come from both. Remove "
            "one of them."
        )
        return ReadGatesFile(path, None, (Problem(str(config_path), message, line, "flow.gates"),))
    try:
        written, lines = configuration.parse(path, WITHOUT_KEYS)
    except StudyError as error:
        return ReadGatesFile(path, None, error.problems)
    found = tuple(
        _problem(path, lines, where, message, value)
        for where, value, message in _faults(written, config)
    )
    return ReadGatesFile(path, None if found else GatesFile.of(written), found)


def problem_at(path: Path, where: tuple[str, ...], message: str) -> Problem:
    """A problem of the gates of a file that was read: `where` is experiment, population, gate."""
    return _problem(path, configuration.parse(path)[1], ("gates", *where), message)


def with_exclusions(
    flow_table: pd.DataFrame, read_file: ReadGatesFile
) -> tuple[pd.DataFrame, list[Problem]]:
    """flow.csv with the tubes that the gates file leaves out, and those that it does not know.

    A tube that flow.csv excludes keeps its own reason.
    """
    if read_file.content is None or read_file.path is None or "exclude" not in flow_table:
        return flow_table, []
    of_rows = {file.row: file.fcs for file in flow_files(flow_table.dropna(subset=["fcs"]))}
    fcs = pd.Series(of_rows, dtype=object).reindex(flow_table.index)
    table, problems = flow_table.copy(), []
    for position, one in enumerate(read_file.content.excluded):
        is_meant = fcs == one.fcs
        if not is_meant.any():
            lines = configuration.parse(read_file.path)[1]
            where = ("excluded", position, "fcs")
            near = similar_names(one.fcs, list(of_rows.values()))
            hint = f" Nearest: {near[0]}." if near else ""
            message = f"flow.csv has no such file.{hint}"
            problems.append(_problem(read_file.path, lines, where, message, one.fcs))
        is_new = is_meant & (table["exclude"].fillna("") == "")
        table["exclude"] = table["exclude"].mask(is_new, one.decision.in_words)
    return table, problems


def _problem(
    path: Path, lines: Mapping[KeyPath, int], where: KeyPath, message: str, value: Any = None
) -> Problem:
    shown = None if value is None or isinstance(value, dict | list) else str(value)
    line = configuration.nearest_line(where, lines)
    return Problem(str(path), message, line, ".".join(map(str, where)), shown)


def _faults(
    written: Mapping[str, Any], config: Mapping[str, Any]
) -> Iterator[tuple[KeyPath, Any, str]]:
    """Where in the file something is wrong, the value there, and what to do."""
    found = [*faults(written, schema("gates_file")), *configuration.not_finite(written)]
    yield from found
    if found:
        return
    if str(written["study"]) != config["study"]:
        yield (
            ("study",),
            written["study"],
            f"this file was saved for another study; this one is {config['study']}.",
        )
        return
    content = GatesFile.of(written)
    yield from _twice(content)
    yield from _without_shape(written)
    if content.compensation is not None:
        yield from _other_compensation(content.compensation, config["flow"]["compensation"])
    try:
        settings = FlowSettings.from_config({**config["flow"], "gates": {}})
    except FlowSettingsError:
        return  # `loading` reports it
    for where, message in gate_faults(settings, content.blocks()):
        yield ("gates", *where), None, message


def _twice(content: GatesFile) -> Iterator[tuple[KeyPath, Any, str]]:
    left_out = [one.fcs for one in content.excluded]
    for position, fcs in enumerate(left_out):
        if fcs in left_out[:position]:
            yield ("excluded", position, "fcs"), fcs, "this file is excluded twice; keep one."
    for gate in content.gates:
        names = [one.fcs for one in gate.exceptions]
        for fcs in sorted({name for name in names if names.count(name) > 1}):
            where = ("gates", gate.experiment, gate.population, gate.gate, "exceptions")
            yield where, fcs, "this file has two exceptions; keep one."


def _without_shape(written: Mapping[str, Any]) -> Iterator[tuple[KeyPath, Any, str]]:
    """Parts of a shape where the gate has none, so that they would be ignored."""
    for experiment, populations in written["gates"].items():
        for population, gates in (populations or {}).items():
            for gate, found in (gates or {}).items():
                if "threshold" in found or "vertices" in found:
                    continue
                for key in ("channels", "keep", "scales", "automatic"):
                    if key in found:
                        yield (
                            ("gates", experiment, population, gate, key),
                            found[key],
                            "has no effect without threshold or vertices. Give one of them, or "
                            "remove it.",
                        )


def _other_compensation(
    drawn: Mapping[str, Any], used: Mapping[str, Any]
) -> Iterator[tuple[KeyPath, Any, str]]:
    """A spillover of the gates that is not that of the study: they would count other events."""
    wanted = {"source": drawn["source"], "file": drawn.get("file")}
    if drawn["source"] != used["source"] or wanted["file"] != used["file"]:
        keys = ", ".join(f"{key}: {value}" for key, value in wanted.items() if value is not None)
        yield (
            ("compensation",),
            None,
            "these gates were drawn on another spillover than the study uses, and would keep other "
            f"events. Write into the config, under flow: compensation: {{{keys}}}.",
        )
