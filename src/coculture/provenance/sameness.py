"""Whether two runs of a study gave the same bytes."""

from pathlib import Path

from coculture.running.raw_files import sha256

PER_RUN = ("logs", "steps", "provenance/run.json", "ro-crate-metadata.json")
"""Files and folders of a study's results that describe one run and differ between runs."""
CHECKSUMS = "checksums.txt"


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


def repeated_files(results: str | Path) -> list[Path]:
    """Every file in a study's results that a rerun repeats byte for byte, sorted.

    Without the file of checksums itself.
    """
    return [
        path
        for name, path in _files(Path(results))
        if name.as_posix() != CHECKSUMS and not _is_per_run(name)
    ]


def _digests(results: Path) -> dict[str, str]:
    return {
        name.as_posix(): sha256(path) for name, path in _files(results) if not _is_per_run(name)
    }


def _files(results: Path) -> list[tuple[Path, Path]]:
    """Every file below `results`: its path below it, and its path."""
    found = sorted(path for path in results.rglob("*") if path.is_file())
    return [(path.relative_to(results), path) for path in found]


def _is_per_run(name: Path) -> bool:
    return name.as_posix() in PER_RUN or name.parts[0] in PER_RUN
