"""The workflow's own code in an archive: what a rerun needs, without tests and data."""

from pathlib import Path

from coculture.archive.archive_error import ArchiveError

_PLACES = (
    *("Snakefile", "workflow", "scripts", "src", "profiles"),
    *("Makefile", "pyproject.toml", "requirements.lock", "requirements-uv.lock"),
    *("LICENSE", "CITATION.cff", "config/README.md"),
)
README = "README.md"
"""That of the workflow, which an archive has under another name, beside its own."""
_BY_PYTHON = ("__pycache__", ".egg-info")


def code_files(checkout: Path) -> list[str]:
    """The files of the workflow's code, as paths below the folder `checkout`, sorted.

    Raises
    ------
    ArchiveError
        If the folder is no checkout of the workflow.
    """
    missing = [place for place in _PLACES if not (checkout / place).exists()]
    if missing:
        raise ArchiveError(
            f"{checkout.absolute()}: has no {missing[0]}, so it is not the folder of the workflow. "
            "Call make archive there."
        )
    found = [path for place in _PLACES for path in _files(checkout / place)]
    return sorted(path.relative_to(checkout).as_posix() for path in found)


def _files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    return [
        path
        for path in place.rglob("*")
        if path.is_file() and not any(part.endswith(_BY_PYTHON) for part in path.parts)
    ]
