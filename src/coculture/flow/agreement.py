"""What the files of one experiment should have in common: day, cytometer, settings, matrix,
channels. One line is said about each that differs, before the run."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import pandas as pd

from coculture.exchange.problems import Problem
from coculture.flow.channels import ChannelError, find_channel
from coculture.flow.compensation.embedded import matrices
from coculture.flow.compensation.spillover import SpilloverError
from coculture.flow.fcs.header import FcsHeader
from coculture.flow.fcs.text import FcsError
from coculture.flow.files import FlowFile, flow_files, open_file
from coculture.flow.gating.acquisition_date import day_of
from coculture.flow.gating.checks import percent_not_given
from coculture.flow.named_wells import is_whole_plate, other_wells, whole_plate
from coculture.flow.ranges import rounded_range
from coculture.flow.settings import FlowSettings
from coculture.flow.shared_controls import of_experiment, served

_MOST_NAMED = 3
"""Files that a line names."""
_FILE_SETTINGS = {
    "$CYT": "cytometer",
    "$CYTSN": "cytometer's serial number",
    "$DATATYPE": "number format",
}
_SCALES = {"R": "range", "E": "amplification"}
"""Of $PnR and $PnE: with another one, the same cells have other values."""
_NEGATIVE = "population_negative"
_FEW_EVENTS = 0.1
"""A sample with fewer than this share of the median events of its experiment's samples was perhaps
aborted."""
_FIRST_DAYS = 1
"""An experiment may be acquired past midnight."""


@dataclass(frozen=True)
class _Opened:
    file: FlowFile
    header: FcsHeader


def notices(files: pd.DataFrame, settings: FlowSettings) -> list[Problem]:
    """What differs between the files of each experiment, one line each. Nothing is refused.

    Parameters
    ----------
    files
        Rows of flow.csv. A file is opened at `path`, or at `fcs` without that column. Excluded
        files, and those that cannot be read, are left out.
    settings
        The flow section of the config.

    Returns
    -------
    Each with the first row concerned, in the order of the experiments.
    """
    opened = [one for file in flow_files(files) if not file.exclude for one in _open(file)]
    by_row = {one.file.row: one.header for one in opened}
    listed = [one.file for one in opened]
    shared = served(listed, by_row)
    found: list[Problem] = []
    if opened and (why := percent_not_given.reason(settings)):
        found.append(Problem("flow.csv", why, opened[0].file.row))
    negatives = [one for one in opened if one.file.role == _NEGATIVE and one.file.experiment]
    for experiment in dict.fromkeys(file.experiment for file in listed if file.experiment):
        own = of_experiment(listed, experiment, shared)
        of_one = [_Opened(file, by_row[file.row]) for file in own]
        if settings.marker_channels:
            found += _negatives_elsewhere(of_one, negatives)
        found += _of_experiment(of_one, settings)
    return found


def _negatives_elsewhere(
    opened: Sequence[_Opened], negatives: Sequence[_Opened]
) -> Iterator[Problem]:
    """A line about an experiment without cells that lack the marker, which others have."""
    if negatives and not any(one.file.role == _NEGATIVE for one in opened):
        day = day_of(opened[0].header)
        same_day = [one for one in negatives if day and day_of(one.header) == day]
        first = (same_day or negatives)[0].file
        of_day = f", acquired on the day of {opened[0].file.experiment}" if same_day else ""
        yield _line(
            opened[0],
            f"no file has the role {_NEGATIVE}, from which the gates of markers are set; "
            f"{first.experiment} has one ({first.fcs}, row {first.row}{of_day}). Is the experiment "
            "of that row right? A control for several experiments has a row for each, or leaves "
            "the experiment empty and then serves all of its day.",
        )


def _open(file: FlowFile) -> Iterator[_Opened]:
    try:
        yield _Opened(file, open_file(file))
    except FcsError:
        return


def _of_experiment(opened: Sequence[_Opened], settings: FlowSettings) -> Iterator[Problem]:
    yield from _wells(opened)
    yield from _days(opened)
    for keyword, what in _FILE_SETTINGS.items():
        values = [one.header.keywords.get(keyword, "") for one in opened]
        yield from _differing(opened, f"the {what} ({keyword})", values)
    for channel in settings.needed_channels:
        if channel == settings.channels.time:
            continue
        for letter, what in (("V", "voltage"), ("G", "gain")):
            values = [setting_of(one.header, channel, letter) for one in opened]
            yield from _differing(opened, f"the {what} ($Pn{letter}) of {channel}", values)
    for letter, what in _SCALES.items():
        values = [_of_channels(one.header, settings, letter) for one in opened]
        yield from _differing(opened, f"the {what} of the channels ($Pn{letter})", values)
    yield from _matrices(opened, settings)
    names = [", ".join(sorted(one.header.names)) for one in opened]
    yield from _differing(opened, "the list of channels", names)
    yield from _few_events(opened)


def setting_of(header: FcsHeader, channel: str, letter: str) -> str:
    """The value of $PnV or $PnG of a channel, as the config names it; empty if there is none."""
    try:
        number = 1 + header.names.index(find_channel(channel, header.names, header.labels))
    except ChannelError:
        return ""
    written = header.keywords.get(f"$P{number}{letter}", "")
    try:
        return f"{float(written):g}"
    except ValueError:
        return written


def _of_channels(header: FcsHeader, settings: FlowSettings, letter: str) -> str:
    """The values of a keyword in the channels that gating needs, time aside, each once."""
    wanted = [one for one in settings.needed_channels if one != settings.channels.time]
    values = [setting_of(header, channel, letter) for channel in wanted]
    if letter == "R":
        values = [rounded_range(value) for value in values]
    return " / ".join(dict.fromkeys(filter(None, values)))


def _differing(opened: Sequence[_Opened], what: str, found: Sequence[str]) -> Iterator[Problem]:
    """A line if a value, one for each file, differs between the files that have it."""
    values = [(one, value) for one, value in zip(opened, found, strict=True) if value]
    counted = Counter(value for _, value in values).most_common()
    if len(counted) < 2:
        return
    usual, count = counted[0]
    others = [
        f"{_short(value)} in {_named([one for one, own in values if own == value])}"
        for value, _ in counted[1:]
    ]
    first = next(one for one, value in values if value != usual)
    yield _line(first, f"{what} is {_short(usual)} in {count} files, but {'; '.join(others)}.")


def _days(opened: Sequence[_Opened]) -> Iterator[Problem]:
    days = {one.file.row: day for one in opened if (day := day_of(one.header))}
    if not days:
        return
    usual, count = Counter(days.values()).most_common(1)[0]
    apart = [
        one
        for one in opened
        if one.file.row in days and abs((days[one.file.row] - usual).days) > _FIRST_DAYS
    ]
    if apart:
        others = ", ".join(sorted({str(days[one.file.row]) for one in apart}))
        yield _line(
            apart[0],
            f"the acquisition day is {usual} in {count} files, but {others} in {_named(apart)}.",
        )


def _matrices(opened: Sequence[_Opened], settings: FlowSettings) -> Iterator[Problem]:
    try:
        first, *others = matrices([one.header for one in opened])
    except SpilloverError:
        return
    if others and settings.compensation.source != "each_file":
        named = [_named([opened[place] for place in places]) for _, places in others]
        yield _line(
            opened[others[0][1][0]],
            f"the spillover matrix in the files is the same in {len(first[1])} files, but another, "
            f"or none, in {'; in '.join(named)}.",
        )


def _few_events(opened: Sequence[_Opened]) -> Iterator[Problem]:
    samples = [one for one in opened if one.file.role == "sample"]
    if not samples:
        return
    usual = median(one.header.events for one in samples)
    few = [one for one in samples if one.header.events < _FEW_EVENTS * usual]
    if few:
        counts = ", ".join(f"{one.header.events:,}" for one in few[:_MOST_NAMED])
        yield _line(
            few[0],
            f"the samples have {usual:,.0f} events (median), but {_named(few)} only {counts}.",
        )


def _wells(opened: Sequence[_Opened]) -> Iterator[Problem]:
    found = other_wells([(one.file, one.header) for one in opened])
    if is_whole_plate(found, [one.file for one in opened]):
        file = found[0].file
        yield Problem("flow.csv", whole_plate(found), file.row, "well", file.well)
        return
    for one in found:
        other = f" (row {one.there.row} has {one.there.fcs})" if one.there else ""
        yield Problem("flow.csv", one.sentence + other, one.file.row, "well", one.file.well)


def _named(opened: Sequence[_Opened]) -> str:
    names = [one.file.fcs for one in opened[:_MOST_NAMED]]
    more = len(opened) - _MOST_NAMED
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def _short(value: str, most: int = 80) -> str:
    return value if len(value) <= most else f"{value[: most - 1]}…"


def _line(first: _Opened, message: str) -> Problem:
    return Problem("flow.csv", message, first.file.row, "experiment", first.file.experiment)
