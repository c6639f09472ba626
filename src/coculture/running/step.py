"""How a script runs as a step of the workflow: its output is logged, its errors are readable."""

import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from coculture.exchange.problems import CocultureError
from coculture.running import disk, raw_files

_STOPPED = "Stopped: "
"""What the last line of a failed step's log begins with."""


def run(main: Callable[[Any, Any, Any], None], job: Any) -> None:
    """Run `main(inputs, outputs, parameters)` of a script for `job`; exit with 1 where it fails.

    Parameters
    ----------
    main
        The script's function.
    job
        What the workflow hands to a script: has `input`, `output`, `params` and `log`, the last a
        sequence whose first item is the path of the step's log.
    """
    sys.stdout = sys.stderr = open(job.log[0], "w", buffering=1, encoding="utf-8")  # noqa: PTH123, SIM115
    expected = _raw_files(job.params)
    try:
        main(job.input, job.output, job.params)
        raw_files.require_unchanged(expected)
    except Exception as error:
        why = "\n".join(raw_files.changes(expected)) or _plain(error, job)
        sys.exit(_STOPPED + why)


def say_why_it_stopped(results: Path, logs: Path, since: float, raw: Iterable[str]) -> None:
    """Print why a run stopped before its end, and what to do.

    Parameters
    ----------
    results, logs
        Folders of the study's results and of their logs.
    since
        When the run began, in seconds since the epoch.
    raw
        The study's raw files, which may have vanished before the step that reads them.
    """
    found = [reason for step in reasons(logs, since) for reason in step.splitlines()]
    lines = [
        "\nThe run stopped before the end. Finished steps are kept; run the same command again.",
        *filter(None, [disk.fault(results)]),
        *dict.fromkeys([*found, *raw_files.vanished(raw)]),
        f"Full logs: {logs}\n",
    ]
    sys.stdout.write("\n".join(lines))


def reasons(logs: str | Path, since: float) -> list[str]:
    """Why the steps failed whose logs, below the folder `logs`, were written after `since`.

    Parameters
    ----------
    logs
        Folder of the logs.
    since
        Seconds since the epoch.
    """
    written = (path for path in sorted(Path(logs).rglob("*.log")) if path.stat().st_mtime >= since)
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in written)
    return [
        text[text.rindex(_STOPPED) + len(_STOPPED) :].strip() for text in texts if _STOPPED in text
    ]


def _plain(error: Exception, job: Any) -> str:
    """`error` as a sentence for the user; the traceback of an unexpected error goes to the log."""
    if isinstance(error, OSError) and (meaning := disk.explain(error)):
        return f"{error.filename or job.output[0]}: {meaning}"
    if isinstance(error, MemoryError):
        return "this step needs more memory than is free. Close other programs and run again."
    if isinstance(error, CocultureError):
        return str(error)
    traceback.print_exception(error)
    return (
        f"Unexpected error ({type(error).__name__}: {error}). Please report it with the log "
        f"{job.log[0]}."
    )


def _raw_files(parameters: Any) -> dict[str, str]:
    """SHA-256 by path of every raw file that a step's parameters name."""
    tables = [value for _, value in parameters.items() if isinstance(value, list)]
    return raw_files.named_in(row for rows in tables for row in rows if isinstance(row, dict))
