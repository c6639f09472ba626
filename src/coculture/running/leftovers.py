"""Results of what a study no longer contains are removed, and named.

Only files that a step made are removed: what somebody else put into the results stays.
"""

from collections.abc import Iterable
from pathlib import Path

from coculture.exchange.vocabulary import many
from coculture.running.records import Record, Records
from coculture.running.step import Step


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
