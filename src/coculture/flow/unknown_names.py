"""The sentence about a name that does not exist, with the ones that do."""

from collections.abc import Sequence

from coculture.flow.channels import similar_names


def not_known(where: str, kind: str, name: str, known: Sequence[str]) -> str:
    """The sentence about a key of the config that names something that does not exist.

    >>> not_known("flow.gates.E1.Mono", "population", "Mono", ["mono", "stroma"])
    'flow.gates.E1.Mono: there is no population of this name, only mono, stroma. Nearest: mono.'
    """
    return f"{where}: {unknown_name(kind, name, known)}"


def unknown_name(kind: str, name: str, known: Sequence[str]) -> str:
    """The sentence about a name that does not exist."""
    near = similar_names(name, known)
    hint = f" Nearest: {near[0]}." if near else ""
    return f"there is no {kind} of this name, only {', '.join(known)}.{hint}"
