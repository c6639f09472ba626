"""Whether a run can begin: `python -m coculture.running.ready` before Snakemake.

Snakemake ends with a traceback where the study's config is not there, or where its cache, its own
folder or the one for temporary files is full or closed, before it reads a Snakefile. One sentence
says so instead.
"""

import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from coculture.running import disk


def fault(folder: Path, environment: Mapping[str, str]) -> str:
    """Why no run can begin in `folder`; empty if one can.

    The study is the variable STUDY, as make hands it on.
    """
    study = environment.get("STUDY", "")
    if study and not (folder / study).is_file():
        return f"{study}: there is no such file. Name the study's config: STUDY=config/mine.yaml"
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
