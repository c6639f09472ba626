"""The versions of this product, of Python and of the packages."""

from collections.abc import Iterator
from typing import Any

from coculture.differences.difference import Difference, Kind
from coculture.differences.run_results import RunResults

NAME = "version"
PRODUCT = "coculture"


def find(before: RunResults, now: RunResults) -> Iterator[Difference]:
    """Versions that differ; a package that one run lacks has none."""
    ours, theirs = (_versions(run.software) for run in (before, now))
    for subject in dict.fromkeys((*theirs, *ours)):
        was, has = ours.get(subject, ""), theirs.get(subject, "")
        if was != has:
            what = "commit" if subject == f"{PRODUCT} commit" else "version"
            yield Difference(NAME, subject, what, was, has, is_cause=True)


def code_is_known(run: RunResults) -> bool:
    """Whether the commit alone says which code made the results."""
    workflow = run.software["workflow"]
    return bool(workflow.get("commit")) and not workflow.get("uncommitted_changes")


def _versions(software: dict[str, Any]) -> dict[str, str]:
    """The version of each by its name; the commit is one of them."""
    workflow = software["workflow"]
    changed = " with uncommitted changes" if workflow.get("uncommitted_changes") else ""
    return {
        PRODUCT: str(workflow.get("version") or ""),
        f"{PRODUCT} commit": f"{workflow.get('commit') or ''}{changed}",
        "Python": str(software.get("python") or ""),
        **{name: str(one) for name, one in (software.get("packages") or {}).items() if one},
    }


KIND = Kind(NAME, "version", "versions", find)
