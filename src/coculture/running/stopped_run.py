"""Why a run stopped before its end, in words for the user."""

import sys
from collections.abc import Iterable
from pathlib import Path

from coculture.running import disk, raw_files
from coculture.running.workers import STOPPED


def say_why(
    results: Path,
    logs: Path,
    since: float,
    failures: Iterable[str],
    ended: Iterable[str],
    raw: Iterable[str],
) -> None:
    """Print why a run stopped before its end, and what to do.

    Parameters
    ----------
    results, logs
        Folders of the study's results and of their logs.
    since
        When the run began, in seconds since the epoch.
    failures
        Why steps of this process failed; those that failed elsewhere say it in their logs.
    ended
        Why a cluster refused or ended jobs, printed where no step says why it failed.
    raw
        The study's raw files, which may have vanished before the step that reads them.
    """
    all_reasons = [*reasons(logs, since), *failures]
    found = [line for reason in all_reasons for line in reason.splitlines()]
    found += raw_files.vanished(raw)
    lines = [
        "\nThe run stopped before the end. Finished steps are kept; run the same command again.",
        *filter(None, [disk.fault(results)]),
        *dict.fromkeys(found or ended),
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
        text[text.rindex(STOPPED) + len(STOPPED) :].strip() for text in texts if STOPPED in text
    ]
