"""Sentences about compensation that errors and flags share."""

import math
from collections.abc import Mapping, Sequence

from coculture.exchange.vocabulary import listed, many, number
from coculture.flow.compensation.usable import UnusedMatrix
from coculture.flow.gating.spill_effect import SpillEffect

TO_DO = (
    "Add single stains (of another day, if need be) and write single_stains as "
    "flow.compensation.source, or give a matrix of all stains as csv."
)
_WHERE = {
    "embedded": "in the files",
    "each_file": "in the files",
    "csv": "of flow.compensation.file",
}
_MOST_NAMED = 3
"""Files that a sentence names."""


def unused(matrix: UnusedMatrix) -> str:
    """Why a matrix was not used, and what was used instead."""
    where = f"of {_named(matrix.files)}" if matrix.files else _WHERE.get(matrix.source, "")
    if matrix.reason == "compensated_names":
        return (
            f"The values of {listed(matrix.stains)} are compensated already, as the names of the "
            "channels say. They were not compensated again."
        )
    if matrix.reason == "compensated_values":
        return (
            f"The spillover matrix {where} takes too much away, and without it no spill is left: "
            f"the values of {listed(matrix.stains)} seem to be compensated already. They were not "
            "compensated again."
        )
    return f"{_fault(matrix, where)} {_instead(matrix)}"


def _named(files: Sequence[str]) -> str:
    """The first of the files, and how many there are.

    >>> _named(["a.fcs"]), _named(["a.fcs", "b.fcs", "c.fcs", "d.fcs", "e.fcs"])
    ('a.fcs', 'a.fcs, b.fcs, c.fcs and 2 more files')
    """
    more = len(files) - _MOST_NAMED
    return (
        f"{', '.join(files[:_MOST_NAMED])} and {many(more, 'more file')}"
        if more > 0
        else listed(files)
    )


def _fault(matrix: UnusedMatrix, where: str) -> str:
    if matrix.reason == "identity":
        return (
            f"The spillover matrix {where} is the identity, which many cytometers write where "
            "nobody has compensated: it corrects nothing."
        )
    return (
        f"The spillover matrix {where} does not cover {listed(matrix.stains)} (it has "
        f"{', '.join(matrix.channels)}), so it was not used.{_same_detector(matrix)}"
    )


def _same_detector(matrix: UnusedMatrix) -> str:
    """A hint to gate on the pulse areas, if the matrix has those of the uncovered heights."""
    areas = {channel.removesuffix("-A") for channel in matrix.channels if channel.endswith("-A")}
    if all(stain.endswith("-H") and stain[:-2] in areas for stain in matrix.stains):
        return " It has the areas of the same detectors: name these (...-A) in the config instead."
    return ""


def _instead(matrix: UnusedMatrix) -> str:
    if matrix.single_stains_fault:
        return (
            "Nothing was compensated, because the experiment has no "
            f"{matrix.single_stains_fault} either."
        )
    if matrix.has_usual_matrix:
        return (
            f"{'These files were' if len(matrix.files) > 1 else 'It was'} compensated with the "
            "matrix that most of the other files have. If the voltages differ, exclude "
            f"{'them' if len(matrix.files) > 1 else 'it'}, or choose another "
            "flow.compensation.source."
        )
    return (
        "The matrix was estimated from the single stains instead. Write single_stains as "
        "flow.compensation.source, if that is right."
    )


def spills(effect: SpillEffect) -> str:
    """What is left, with the limits and where it was found.

    >>> from coculture.flow.compensation.remaining_spill import RemainingSpill
    >>> one = RemainingSpill("R660-A", "B675-A", 0.25, 0.02, 2310)
    >>> spills(SpillEffect((one,), {}, True))
    'Spill that is left: 0.25 of R660-A in B675-A (limit 0.02; from 2,310 cells of the samples).'
    """
    each = (
        f"{number(one.share, 2)} of {one.stain} in {one.channel} (limit {one.limit:g}; from "
        f"{one.found_in or f'{one.events:,} cells of the samples'})"
        for one in effect.spills
    )
    return f"Spill that is left: {listed(each)}."


def changes(of_percents: Mapping[str, float]) -> str:
    """What the percents would be without the spill that is left.

    >>> changes({"apoptotic": 0.34, "viable": -2.0, "late": float("nan")})
    'Without this spill percent apoptotic would change by +0.34 and viable by −2 percentage points.'
    """
    known = [
        f"{name} by {'+' if value > 0 else ''}{number(value, 2)}"
        for name, value in of_percents.items()
        if math.isfinite(value)
    ]
    if not known:
        return ""
    first, *others = known
    first = first.replace(" by ", " would change by ", 1)
    return f"Without this spill percent {listed([first, *others])} percentage points."
