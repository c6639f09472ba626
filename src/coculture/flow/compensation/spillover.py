"""The spillover matrix: read, checked and inverted.

A spillover matrix S has one row per stain and one column per channel; its diagonal is 1. Then
observed = true @ S, so true = observed @ inv(S) (Roederer 2001; FCS 3.1, $SPILLOVER).
"""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.exchange.problems import CocultureError
from coculture.flow.channels import ChannelError, find_channel, is_fluorescence
from coculture.flow.fcs.header import FcsHeader
from coculture.linear_algebra import inverted, product

LARGEST_CONDITION = 1e4
"""Condition number above which a matrix counts as singular: an error of 0.01 % in it can then
change the result completely."""

_KEYWORDS = ("$SPILLOVER", "SPILLOVER", "$SPILL", "SPILL", "$COMP", "COMP")
_SEPARATOR = re.compile(r"[,\n\t]")
_SIZE = re.compile(r"[0-9]{1,4}")


class SpilloverError(CocultureError):
    """A spillover matrix is missing, does not fit the channels, or cannot be inverted.

    Attributes
    ----------
    fcs
        The file that is at fault, as flow.csv names it; empty where it is no single file.
    """

    def __init__(self, message: str, fcs: str = "") -> None:
        super().__init__(message)
        self.fcs = fcs


def embedded_spillover(header: FcsHeader) -> pd.DataFrame | None:
    """The spillover matrix in an FCS file; None if there is none.

    $SPILLOVER (FCS 3.1) or SPILL has the number of channels, their names or numbers, and the
    matrix row by row. $COMP (FCS 3.0) has the number of channels and the matrix, for the
    fluorescence channels in the order of the file.

    Raises
    ------
    SpilloverError
        If the matrix is not square, has values that are not numbers, or an unknown channel.
    """
    keyword, _ = embedded_text(header)
    if not keyword:
        return None
    parts = [part.strip() for part in _SEPARATOR.split(header.keywords[keyword])]
    parts = [part for part in parts if part]
    size = int(parts[0]) if parts and _SIZE.fullmatch(parts[0]) else 0
    if size < 1:
        raise SpilloverError(
            f"{header.path.name}: {keyword} does not begin with the number of channels."
        )
    split = max(1, len(parts) - size * size)
    written = _whole_names(parts[1:split], header)
    if not written and "COMP" in keyword:
        written = _fluorescence_channels(header, size)
    if len(parts) - split != size * size or len(written) != size:
        raise SpilloverError(
            f"{header.path.name}: {keyword} has {size} channels, so {size} names and {size * size} "
            f"values should follow, but there are {len(parts) - 1} entries."
        )
    try:
        values = np.array(parts[split:], dtype=np.float64)
    except ValueError:
        values = np.array([np.nan])
    if not np.isfinite(values).all():
        raise SpilloverError(f"{header.path.name}: {keyword} is not a matrix of numbers.")
    names = [_embedded_name(header, keyword, name) for name in written]
    if len(set(names)) < size:
        raise SpilloverError(
            f"{header.path.name}: {keyword} names a channel twice: {', '.join(written)}."
        )
    return pd.DataFrame(values.reshape(size, size), index=names, columns=names)


def _whole_names(pieces: Sequence[str], header: FcsHeader) -> list[str]:
    """The names, with those joined that were split at a comma, which the standard forbids."""
    known = {}
    for name in (*header.labels.values(), *header.names):
        parts = tuple(part for part in map(str.strip, _SEPARATOR.split(name)) if part)
        if len(parts) > 1:
            known[parts] = name
    longest_first = sorted(known, key=len, reverse=True)
    whole: list[str] = []
    place = 0
    while place < len(pieces):
        fitting = [one for one in longest_first if tuple(pieces[place : place + len(one)]) == one]
        whole.append(known[fitting[0]] if fitting else pieces[place])
        place += len(fitting[0]) if fitting else 1
    return whole


def embedded_text(header: FcsHeader) -> tuple[str, str]:
    """The keyword with the spillover matrix of a file, and its value; empty if there is none."""
    for keyword in _KEYWORDS:
        if header.keywords.get(keyword):
            return keyword, header.keywords[keyword]
    return "", ""


def _fluorescence_channels(header: FcsHeader, size: int) -> list[str]:
    fluorescence = [name for name in header.names if is_fluorescence(name)]
    return header.names if size == len(header.names) else fluorescence


def _embedded_name(header: FcsHeader, keyword: str, written: str) -> str:
    try:
        return find_channel(written, header.names, header.labels)
    except ChannelError:
        places = {str(number): name for number, name in enumerate(header.names, 1)}
        if written in places:
            return places[written]
        raise SpilloverError(
            f"{header.path.name}: {keyword} has the channel {written!r}, which is not in the file."
        ) from None


def is_same_matrix(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether two matrices have the same values for the same channels, in whatever order."""
    channels = list(one.columns)
    if sorted(channels) != sorted(other.columns):
        return False
    return bool(np.array_equal(one.loc[channels, channels], other.loc[channels, channels]))


def spillover_table(matrix: pd.DataFrame | None) -> pd.DataFrame:
    """The matrix as the result table flow/spillover.csv: column `stain`, then one per channel.

    Without compensation (None) the table has no rows.
    """
    if matrix is None:
        return pd.DataFrame({"stain": pd.Series(dtype=str)})
    return matrix.rename_axis(index="stain", columns=None).reset_index()


def spillover_matrix(table: pd.DataFrame) -> pd.DataFrame | None:
    """The matrix of a flow/spillover.csv that was read back; None if it has no rows."""
    if table.empty:
        return None
    return table.set_index(table["stain"].astype(str)).drop(columns="stain").rename_axis(None)


def check_spillover(spillover: pd.DataFrame, source: str) -> None:
    """Check that a matrix can be inverted. `source` names it in the message.

    Raises
    ------
    SpilloverError
        If a value is not finite, the diagonal is not 1, or the matrix is (nearly) singular.
    """
    matrix = spillover.to_numpy()
    if not np.isfinite(matrix).all():
        raise SpilloverError(f"The spillover matrix ({source}) has values that are not numbers.")
    own = np.diag(matrix)
    if not np.allclose(own, 1, atol=1e-6):
        to_do = (
            "They are percents: divide all values by 100, or choose another source."
            if np.allclose(own, 100, atol=1e-4)
            else "Write 1 for each stain in its own channel, or choose another source."
        )
        raise SpilloverError(
            f"The spillover matrix ({source}) has a diagonal that is not 1: "
            f"{', '.join(f'{value:.4g}' for value in own)}. {to_do}"
        )
    condition = np.linalg.cond(matrix)
    if condition > LARGEST_CONDITION:
        raise SpilloverError(
            f"The spillover matrix ({source}) cannot be inverted: {_alike(spillover)} cannot be "
            f"separated (condition number {condition:.3g}). Correct it, or choose another "
            "flow.compensation.source."
        )


def _alike(spillover: pd.DataFrame) -> str:
    """The two stains whose rows are most alike."""
    rows = spillover.to_numpy()
    length = np.sqrt((rows**2).sum(axis=1))
    lengths = np.maximum(np.outer(length, length), np.finfo(float).tiny)
    alike = np.abs(product(rows, rows.T)) / lengths
    np.fill_diagonal(alike, -1)
    first, second = sorted(divmod(int(np.argmax(alike)), len(alike)))
    return f"{spillover.index[first]} and {spillover.index[second]}"


def unmixing(
    spillover: pd.DataFrame, channels: Sequence[str]
) -> tuple[list[str], NDArray[np.float64]]:
    """Coefficients that compensate `channels`: true = observed[:, seen] @ coefficients.

    Returns
    -------
    The channels that are needed (those that contribute to one of `channels`), and coefficients
    of shape (seen, channels).
    """
    names = [str(name) for name in spillover.columns]
    needed = [names.index(name) for name in channels]
    inverse = inverted(spillover.to_numpy(float))[:, needed]
    has_part = (inverse != 0).any(axis=1)
    seen = [name for name, part in zip(names, has_part, strict=True) if part]
    return seen, inverse[has_part]
