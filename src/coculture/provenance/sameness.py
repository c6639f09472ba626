"""Whether two runs of a study gave the same bytes."""

from pathlib import Path

from coculture.running.raw_files import sha256

PER_RUN = ("logs", "benchmarks", "provenance/run.json", "ro-crate-metadata.json")
"""Files and folders of a study's results that describe one run and differ between runs."""


def differences(first: str | Path, second: str | Path) -> list[str]:
    """A sentence for each file that differs between two results folders, sorted by name."""
    ours, theirs = _digests(Path(first)), _digests(Path(second))
    return [
        f"{name}: {_difference(name, ours, theirs)}"
        for name in sorted({*ours, *theirs})
        if ours.get(name) != theirs.get(name)
    ]


def _difference(name: str, ours: dict[str, str], theirs: dict[str, str]) -> str:
    if name not in theirs:
        return "in the first run only"
    return "differs" if name in ours else "in the second run only"


def _digests(results: Path) -> dict[str, str]:
    below = ((path.relative_to(results), path) for path in results.rglob("*") if path.is_file())
    return {
        name.as_posix(): sha256(path)
        for name, path in below
        if name.as_posix() not in PER_RUN and name.parts[0] not in PER_RUN
    }
