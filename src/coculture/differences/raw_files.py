"""The raw files, by their checksums."""

from collections.abc import Iterator

from coculture.differences.difference import Difference, Kind
from coculture.differences.run_results import RunResults

NAME = "raw file"


def find(before: RunResults, now: RunResults) -> Iterator[Difference]:
    """Raw files with another content, new ones, missing ones, and those with another name."""
    ours, theirs = _digests(before), _digests(now)
    gone = {digest: name for name, digest in ours.items() if name not in theirs}
    for name, digest in theirs.items():
        if name in ours:
            if ours[name] != digest:
                words = f"{name} has another content."
                told = (ours[name], digest)
                yield Difference(NAME, name, "SHA-256", *told, words, is_cause=True)
        elif digest in gone:
            was = gone.pop(digest)
            words = f"{was} is now called {name}; its content is the same."
            yield Difference(NAME, name, "name", was, name, words)
        else:
            yield Difference(NAME, name, "SHA-256", "", digest, f"{name} is new.", is_cause=True)
    for digest, name in gone.items():
        words = f"{name} is no longer used."
        yield Difference(NAME, name, "SHA-256", digest, "", words, is_cause=True)


def _digests(run: RunResults) -> dict[str, str]:
    """SHA-256 of each raw file by its name."""
    rows = run.table("study/files.csv").to_dict("records")
    return {str(row["file"]): str(row["sha256"]) for row in rows}


KIND = Kind(NAME, "raw file", "raw files", find)
