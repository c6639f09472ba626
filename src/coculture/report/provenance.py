"""Which code and which package versions computed the results."""

from collections.abc import Mapping
from typing import Any

_GATING = "FlowCytometryTools"
_NAMED = (_GATING, "numpy", "scipy", "pandas", "matplotlib", "snakemake")
"""Packages that compute, as their authors write the names; the record has them in lower case."""


def computed_by(software: Mapping[str, Any]) -> str:
    """The workflow's version and git commit in a sentence; empty if they were not recorded.

    Parameters
    ----------
    software
        The content of provenance/software.json: under `workflow` version, commit and
        uncommitted_changes.
    """
    workflow = software.get("workflow") or {}
    if not workflow:
        return ""
    version = f"coculture {workflow.get('version') or 'of an unknown version'}"
    commit = workflow.get("commit")
    if not commit:
        return f"Computed by {version}, not from a git checkout, so the commit is not known."
    if workflow.get("uncommitted_changes"):
        return (
            f"Computed by {version}, git commit {commit}, with uncommitted changes: this "
            "commit alone does not reproduce these results."
        )
    return f"Computed by {version}, git commit {commit}."


def versions(software: Mapping[str, Any], has_flow: bool = True) -> dict[str, str]:
    """The recorded versions of this workflow, Python and the packages that compute.

    `software` is the content of provenance/software.json; unknown versions are omitted, and the
    package that gates in a study without flow cytometry.
    """
    packages = software.get("packages") or {}
    found = {
        "coculture": (software.get("workflow") or {}).get("version"),
        "Python": software.get("python"),
        **{name: packages.get(name.lower()) for name in _NAMED if has_flow or name != _GATING},
    }
    return {name: version for name, version in found.items() if version}
