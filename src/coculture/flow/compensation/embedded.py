"""The spillover matrices in the files of one experiment, compared with one another."""

from collections.abc import Sequence

import pandas as pd

from coculture.flow.compensation.spillover import (
    embedded_spillover,
    embedded_text,
    is_same_matrix,
)
from coculture.flow.fcs.header import FcsHeader


def matrices(headers: Sequence[FcsHeader]) -> list[tuple[pd.DataFrame | None, list[int]]]:
    """The different matrices of some files, each with the places of its files in `headers`.

    The matrix that most files have comes first; None means files without one.

    Raises
    ------
    SpilloverError
        If a file has a matrix that cannot be read.
    """
    found: list[tuple[pd.DataFrame | None, list[int]]] = []
    by_text: dict[tuple[object, ...], list[int]] = {}
    for place, header in enumerate(headers):
        # Nearly always the texts are the same, and need not be read again.
        text = (*embedded_text(header), tuple(header.names))
        if text in by_text:
            by_text[text].append(place)
            continue
        matrix = embedded_spillover(header)
        same = [places for other, places in found if _is_same(matrix, other)]
        by_text[text] = same[0] if same else []
        by_text[text].append(place)
        if not same:
            found.append((matrix, by_text[text]))
    return sorted(found, key=lambda one: -len(one[1]))


def _is_same(one: pd.DataFrame | None, other: pd.DataFrame | None) -> bool:
    if one is None or other is None:
        return one is other
    return is_same_matrix(one, other)
