"""Whether a run can write where it has to: `python -m coculture.running.writable` before Snakemake.

Snakemake ends with a traceback where its cache, its own folder or the one for temporary files is
full or closed, before it reads a Snakefile. One sentence says so instead.
"""

import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from coculture.running import disk


def fault(folder: Path, environment: Mapping[str, str]) -> str:
    """The first place of a run in `folder` that cannot be written to; empty if there is none."""
    for place in (folder / "results", folder / ".snakemake"):
        if refused := disk.fault(place):
            return f"Nothing was run. {refused}"
    try:
        temporary = tempfile.gettempdir()
    except FileNotFoundError:
        return (
            "Nothing was run. No folder for temporary files can be written to; set TMPDIR to a "
            "folder of your own."
        )
    if refused := disk.fault(environment.get("TMPDIR") or temporary):
        return f"Nothing was run. {refused} Or set TMPDIR to another folder."
    if refused := _fault_of_cache(environment):
        return (
            f"Nothing was run. Snakemake keeps files in {refused} Or set XDG_CACHE_HOME to another "
            "folder."
        )
    return ""


def _fault_of_cache(environment: Mapping[str, str]) -> str | None:
    cache = environment.get("XDG_CACHE_HOME", "").strip()
    return disk.fault(Path(cache or Path(environment.get("HOME") or "~").expanduser() / ".cache"))


if __name__ == "__main__":
    sys.exit(fault(Path.cwd(), os.environ) or 0)
