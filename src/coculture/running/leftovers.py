"""What earlier runs left in the results: files that were edited since, or are made no longer.

Only files that a step made are removed: what somebody else put into the results stays.
"""

from pathlib import Path

from coculture.exchange.problems import CocultureError
from coculture.exchange.vocabulary import many
from coculture.running.records import Records
from coculture.running.step import Plan


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


def remove(records: Records, results: str | Path, plan: Plan) -> list[str]:
    """Remove what steps made and no step makes now; returns a sentence for each such step.

    Parameters
    ----------
    records
        Of the study's earlier runs.
    results
        The folder of its results.
    plan
        Every step that the study has now.
    """
    has = {step.name for step, _ in plan}
    makes = {path for _, files in plan for path in files}
    said = []
    for record in records.all():
        gone = [path for path in map(Path, record.made.keys() - makes) if _is_ours(path, results)]
        for path in gone:
            _unlink(path)
        if gone:
            said.append(_removed(gone))
        if record.step not in has:
            records.forget(record.step)
            Path(results, "logs", f"{record.step}.log").unlink(missing_ok=True)
    return said


def _removed(files: list[Path]) -> str:
    folders = sorted({path.parent.as_posix() for path in files})
    return (
        f"Removed {many(len(files), 'file')} of {', '.join(folders)}: the study no longer has what "
        "they were made from."
    )


def _is_ours(path: Path, results: str | Path) -> bool:
    """Whether a file exists in the results and not elsewhere, whatever a record says."""
    return path.is_file() and path.resolve().is_relative_to(Path(results).resolve())


def _unlink(path: Path) -> None:
    """Remove a file, and the folders that this leaves empty."""
    path.unlink(missing_ok=True)
    for folder in path.parents:
        if not folder.is_dir() or any(folder.iterdir()):
            return
        folder.rmdir()
