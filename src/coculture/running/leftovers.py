"""What earlier runs left in the results: files that were edited since, or are made no longer.

Only files that a step made are removed: what somebody else put into the results stays.
"""

from collections.abc import Iterable
from pathlib import Path

from coculture.exchange.problems import CocultureError
from coculture.exchange.vocabulary import many
from coculture.running.records import Record, Records
from coculture.running.step import Step


class EditedResultError(CocultureError):
    """Somebody edited a result."""


def require_none_edited(records: Records) -> None:
    """Raise an error if a result is not as its step wrote it, before a step removes anything.

    Raises
    ------
    EditedResultError
        Naming every such file.
    """
    edited = records.edited()
    if edited:
        raise EditedResultError(
            f"{many(len(edited), 'result')} changed since the last run, so nothing was run. "
            "Results are not to be edited: delete these files, or move them elsewhere, and run "
            "again; they are then made again.\n  " + "\n  ".join(edited)
        )


def remove(records: Records, results: str | Path, steps: Iterable[Step]) -> list[str]:
    """Remove what steps made that the study no longer has; returns a sentence for each of them.

    Parameters
    ----------
    records
        Of the study's earlier runs.
    results
        The folder of its results.
    steps
        Every step that the study has now.
    """
    has = {step.name for step in steps}
    gone = [record for record in records.all() if record.step not in has]
    said = [words for record in gone if (words := _remove(record, Path(results)))]
    for record in gone:
        records.forget(record.step)
    return said


def of_step(records: Records, results: Path, step: Step, outputs: Iterable[str]) -> None:
    """Remove what `step` made in an earlier run and does not make now."""
    before = records.of(step.name)
    for path in map(Path, set(before.made if before else ()) - set(outputs)):
        if _below(path, results):
            _unlink(path)


def _remove(record: Record, results: Path) -> str | None:
    """Remove the files of a step; says which folders or files these were."""
    there = [path for path in map(Path, record.made) if path.is_file() and _below(path, results)]
    for path in there:
        _unlink(path)
    (results / "logs" / f"{record.step}.log").unlink(missing_ok=True)
    if not there:
        return None
    folders = sorted({path.parent.as_posix() for path in there})
    return (
        f"Removed {many(len(there), 'file')} of {', '.join(folders)}: the study no longer has what "
        "they were made from."
    )


def _below(path: Path, results: Path) -> bool:
    """Whether a file is in the results and not elsewhere, whatever a record says."""
    return path.resolve().is_relative_to(results.resolve())


def _unlink(path: Path) -> None:
    """Remove a file, and the folders that this leaves empty."""
    path.unlink(missing_ok=True)
    for folder in path.parents:
        if not folder.is_dir() or any(folder.iterdir()):
            return
        folder.rmdir()
