"""A spillover matrix from a CSV file: first column the channel of the stain, then the channels."""

import csv
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from coculture.exchange import input_file
from coculture.exchange.vocabulary import listed
from coculture.flow.channels import ChannelError, find_channel
from coculture.flow.compensation.spillover import SpilloverError, check_spillover

_SEPARATORS = (",", ";", "\t")
_DECIMAL_COMMA = re.compile(r"^[-+]?\d+,\d+$")
_FORM = (
    "Write the channels in the first row and, from its second column on, one row for each stain: "
    "its channel, then a number for each channel, 1 for its own."
)

Row = Sequence[str]


def spillover_from_csv(path: str | Path) -> pd.DataFrame:
    """The matrix with the channels as the file names them.

    Raises
    ------
    SpilloverError
        If the table cannot be read or a value is not a number; the message names row and column as
        a spreadsheet counts, so that the heading is row 1.
    """
    path = Path(path)
    heading, *rows = _cells(path)
    channels = [name.strip() for name in heading[1:]]
    fault = next(_faults(channels, rows), None)
    if fault:
        raise SpilloverError(f"{path.name}, {fault}")
    stains = [row[0].strip() for row in rows]
    if sorted(stains) != sorted(channels):
        lacking = [f"row for {name}" for name in channels if name not in stains]
        lacking += [f"column for {name}" for name in stains if name not in channels]
        raise SpilloverError(
            f"{path.name}: its rows and columns are not the same channels: it has no "
            f"{listed(lacking)}. {_FORM}"
        )
    values = [[float(value) for value in row[1:]] for row in rows]
    return pd.DataFrame(values, index=stains, columns=channels).loc[:, stains]


def fitted_to(
    matrix: pd.DataFrame, file: str, names: Sequence[str], labels: Mapping[str, str]
) -> pd.DataFrame:
    """The matrix with the channel names ($PnN) of FCS files; it may have labels ($PnS) instead.

    Raises
    ------
    SpilloverError
        If the files lack a channel, if two of its channels are the same, or if the matrix cannot be
        inverted.
    """
    found = []
    for number, written in enumerate(map(str, matrix.columns), start=2):
        try:
            found.append(find_channel(written, names, labels))
        except ChannelError as error:
            raise SpilloverError(
                f"{Path(file).name}, row {number}: an FCS file {error} Write the channel as the "
                "FCS files name it, or take its row and column out."
            ) from error
        if found[-1] in found[:-1]:
            first = matrix.columns[found.index(found[-1])]
            raise SpilloverError(
                f"{Path(file).name}, row {number}: {written} is the same channel of the FCS files "
                f"as {first} ({found[-1]}). Take one of them out."
            )
    fitted = matrix.set_axis(found, axis=0).set_axis(found, axis=1)
    check_spillover(fitted, Path(file).name)
    return fitted


def _cells(path: Path) -> list[Row]:
    """The rows that have something in them; at least a heading and one more."""
    try:
        text = input_file.read_bytes(path).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SpilloverError(
            f"{path.name} cannot be read as a spillover matrix: {error}. Save it as CSV (UTF-8)."
        ) from error
    lines = [line for line in text.splitlines() if line.strip(" ,;\t")]
    if len(lines) < 2:
        what = "has only one row" if lines else "is empty"
        raise SpilloverError(f"{path.name}: the spillover matrix {what}. {_FORM}")
    separator = max(_SEPARATORS, key=lines[0].count)
    return list(csv.reader(lines, delimiter=separator))


def _faults(channels: Sequence[str], rows: Sequence[Row]) -> Iterator[str]:
    """What is wrong in a row: its place and what to do."""
    first: dict[str, int] = {}
    for column, channel in enumerate(channels, start=2):
        if channel in first:
            yield f"column {column}: {channel} is there already (column {first[channel]}). {_ONCE}"
        first.setdefault(channel, column)
    first = {}
    for number, row in enumerate(rows, start=2):
        stain = row[0].strip()
        if stain in first:
            yield f"row {number}: {stain} is there already (row {first[stain]}). {_ONCE}"
        first.setdefault(stain, number)
        if len(row) - 1 != len(channels):
            yield (
                f"row {number} ({stain}): it has {len(row) - 1} values for {len(channels)} "
                f"channels. {_FORM}"
            )
        for channel, value in zip(channels, row[1:], strict=False):
            fault = _of_value(value.strip())
            if fault:
                yield f'row {number} ({stain}), column {channel}: "{value.strip()}" {fault}'


_ONCE = "Take one of them out."


def _of_value(text: str) -> str:
    """What is wrong with a value; empty if it is a number."""
    if _DECIMAL_COMMA.match(text):
        return f"has a decimal comma. Write a point: {text.replace(',', '.')}."
    try:
        if math.isfinite(float(text)):
            return ""
    except ValueError:
        pass
    if text.endswith("%"):
        return "is a percent. Write all values as shares: 0.1 for 10 %."
    return "is not a number. Write 0 where there is no spill."
