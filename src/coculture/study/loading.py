"""Reading and checking a study: every problem is found before anything runs."""

import datetime
from dataclasses import replace
from pathlib import Path
from typing import Any

from coculture.exchange.problems import Problem, StudyError
from coculture.flow import shared_controls
from coculture.study import (
    archived,
    checking,
    concentration_columns,
    configuration,
    earlier_results,
    found_sound,
    gates_file,
    pinned,
    pinned_findings,
)
from coculture.study.checksums import Checksums
from coculture.study.problem_order import in_order
from coculture.study.read_tables import read_tables
from coculture.study.study import Study
from coculture.study.table_validation import config_rules


def load(
    config_path: str | Path, remembered: Path | None = None, *, with_events: bool = True
) -> Study:
    """Read and check the study whose config is at `config_path`.

    Parameters
    ----------
    config_path
        The study's config.
    remembered
        A file in which the checksums of unchanged raw files are kept from run to run.
    with_events
        Whether the events of the controls are read, too, which takes longer than all the rest;
        otherwise `require_sound_controls` does it before a run.

    Raises
    ------
    StudyError
        If the config, the tables or the raw files have any problem; the message lists them all with
        file, row, column, value and what to do.
    """
    study, problems = _read(Path(config_path), Checksums(remembered), with_events)
    written = study.config[pinned.KEY]
    if written and not problems:
        problems += pinned.problems(str(study.path), written, study.raw_paths(), study.checksums)
    if not problems:
        problems += study.archived.problems(study.raw_paths(), study.checksums)
    if problems:
        raise StudyError(in_order(problems, study))
    return study


def require_sound_controls(study: Study) -> None:
    """Stop a run before it begins if the events of the controls show a problem.

    Raises
    ------
    StudyError
        With all of these problems, as `load`.
    """
    problems = list(checking.raw_file_problems(study, with_events=True))
    if problems:
        raise StudyError(in_order(problems, study))


def pin(config_path: str | Path) -> Path:
    """Record the SHA-256 of every raw file of a study; returns the file written.

    It is the one that the config names, or a new one beside the config.

    Raises
    ------
    StudyError
        If the study has any problem other than changed checksums.
    """
    study, problems = _read(Path(config_path), Checksums())
    if problems:
        raise StudyError(in_order(problems, study))
    place = study.path.parent / (study.config[pinned.KEY] or f"{study.name}.sha256")
    pinned.write(place, study.raw_paths())
    return place


def pin_findings(
    config_path: str | Path, now: datetime.datetime | None = None
) -> tuple[Path, bool]:
    """Record the findings of a config with their limits and the time; no data are needed.

    Returns
    -------
    The file, which the config names or which is beside it; and whether anything was added: not if
    the last pin in it states the same.

    Raises
    ------
    StudyError
        If the config has a problem, states no finding, or names a file that holds no pins.
    """
    path = Path(config_path)
    config, problems = configuration.read(path)
    if not problems and not config["comparison"]["findings"]:
        problems = [Problem(str(path), "states no finding, so there is nothing to pin.")]
    if problems:
        raise StudyError(problems)
    return pinned_findings.pin(path, config, now or datetime.datetime.now(datetime.UTC))


def _read(
    path: Path, checksums: Checksums, with_events: bool = True
) -> tuple[Study, list[Problem]]:
    """The study as read from its files, and all of its problems except changed checksums."""
    config, problems = configuration.read(path)
    problems += _simulated(path, config) if not problems else []
    stated, faults = pinned_findings.read(path, config)
    problems += faults
    by_hand = gates_file.read(path, config)
    problems += by_hand.problems
    if by_hand.content is not None and by_hand.path is not None:
        config["flow"]["gates"] = by_hand.content.blocks()
        # Also of one that was found by itself, so that the page names it.
        config["flow"][gates_file.KEY] = config["flow"][gates_file.KEY] or by_hand.path.name
    earlier, faults = earlier_results.read(path, config)
    problems += faults
    moved, faults = archived.read(path)
    problems += faults
    read = read_tables(path, config, moved)
    problems += read.problems
    flow_table, faults = gates_file.with_exclusions(read.frames["flow"], by_hand)
    problems += faults
    study = Study(
        path=path,
        config=config,
        checksums=checksums,
        stated=stated,
        shared=shared_controls(flow_table.dropna(subset=["fcs"])),
        places=read.places,
        gates_file=by_hand.path,
        archived=moved,
        earlier_results=earlier,
        **{**read.frames, "flow": flow_table},
    )
    problems += config_rules.number_of_experiments(str(path), study.cultures, config["experiments"])
    # What is looked for in events is remembered elsewhere (`copies`).
    is_known = not problems and not with_events and found_sound.before(study)
    if read.has_rows and not is_known:
        unread = {(problem.file, problem.row, problem.column) for problem in problems}
        unread |= {
            (file, row, concentration_columns.PG_ML)
            for file, row, column in unread
            if column in concentration_columns.UNITS
        }
        problems += [
            problem
            for problem in checking.problems(study, with_events=with_events)
            if (problem.file, problem.row, problem.column) not in unread
        ]
        if not with_events:
            found_sound.remember(study, problems)
    undiluted = study.elisa.fillna({"dilution": 1.0})
    return replace(study, elisa=undiluted), problems


def _simulated(path: Path, config: dict[str, Any]) -> list[Problem]:
    """Write the study that the config asks for, if it asks for one, and say why it cannot be."""
    if config["simulate"] is None:
        return []
    # Other studies need no simulator, which takes as long to import as all the rest.
    from coculture import simulate

    config["simulated"] = True
    tables_of = (path.parent / config["tables"]["cultures"]).parent
    try:
        simulate.ensure(tables_of, simulate.Request.from_config(config["simulate"]))
    except (OSError, simulate.NotSimulatedError) as error:
        line = configuration.line_of(path, ("simulate",))
        return [Problem(str(path), f"{error}".rstrip(".") + ".", line, "simulate")]
    return []
