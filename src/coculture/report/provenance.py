"""Which code computed the results, in plain words."""

from collections.abc import Mapping
from typing import Any

_NAMED = ("FlowCytometryTools", "numpy", "scipy", "pandas", "matplotlib", "snakemake")
"""The packages that compute, as their authors write them; the record has them in small letters."""


def computed_by(software: Mapping[str, Any]) -> str:
    """The workflow's version and git commit in a sentence; empty where they were not recorded.

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
        return f"Computed by {version}, outside a git checkout: the commit is not known."
    if workflow.get("uncommitted_changes"):
        return (
            f"Computed by {version}, git commit {commit}, with changes that were not committed: "
            "this commit alone does not give these results."
        )
    return f"Computed by {version}, git commit {commit}."


def versions(software: Mapping[str, Any]) -> dict[str, str]:
    """This workflow, Python and the packages that compute, with the versions that were recorded.

    `software` is the content of provenance/software.json; what it does not know is left out.
    """
    packages = software.get("packages") or {}
    found = {
        "coculture": (software.get("workflow") or {}).get("version"),
        "Python": software.get("python"),
        **{name: packages.get(name.lower()) for name in _NAMED},
    }
    return {name: version for name, version in found.items() if version}
