"""How a script runs as a step of the workflow: its words are logged, its failure is plain."""

import errno
import sys
from collections.abc import Callable
from typing import Any

from coculture import raw_files

_REASONS = {
    errno.ENOSPC: "the disk is full. Make room and start again: what is finished is kept.",
    errno.EDQUOT: "your share of the disk is used up. Make room and start again.",
    errno.EFBIG: "the file may not grow further here (a limit of this system). Ask for more room.",
    errno.EROFS: "the disk is read-only here.",
    errno.EACCES: "permission was refused. Ask who owns the folder, or run in one of your own.",
    errno.EIO: "the disk reports an error. Copy the data to another disk before anything else.",
}


def run(main: Callable[[Any, Any, Any], None], job: Any) -> None:
    """Run `main(inputs, outputs, parameters)` of a script for `job`.

    Parameters
    ----------
    main
        The script's function.
    job
        What the workflow hands to a script: has `input`, `output`, `params` and `log`, the last a
        sequence whose first item is the path of the step's log.
    """
    sys.stdout = sys.stderr = open(job.log[0], "w", buffering=1, encoding="utf-8")  # noqa: PTH123, SIM115
    try:
        main(job.input, job.output, job.params)
        raw_files.require_unchanged(_raw_files(job.params))
    except raw_files.ChangedFileError as error:
        sys.exit(str(error))
    except OSError as error:
        if error.errno not in _REASONS:
            raise
        sys.exit(f"{error.filename or job.output[0]}: {_REASONS[error.errno]}")
    except MemoryError:
        sys.exit("This step needs more memory than is free. Close other programs and start again.")


def _raw_files(parameters: Any) -> dict[str, str]:
    """SHA-256 by path of every raw file that a step's parameters name."""
    tables = [value for _, value in parameters.items() if isinstance(value, list)]
    return raw_files.named_in(row for rows in tables for row in rows if isinstance(row, dict))
