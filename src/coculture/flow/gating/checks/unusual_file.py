"""What was unusual about a file and how it was read: the reader decided, and says so."""

from collections.abc import Iterable, Iterator, Sequence

from coculture.exchange.flags import Flag
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement
from coculture.flow.tubes import Tube

CODE = "unusual_file"

_MOST_ONE_BY_ONE = 3
"""A note that more files of an experiment share is one of the experiment: software and instrument
write all of its files in the same way."""


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A note for each of the reader's notes on the file, or on many files of the experiment."""
    if not one.tube.header.notes:
        return
    shared = reading_notes(each[0].tube for each in experiment.measurements.values())
    for note in one.tube.header.notes:
        files = shared[note]
        if len(files) > _MOST_ONE_BY_ONE:
            yield Flag(
                subjects.experiment(experiment),
                CODE,
                "note",
                f"{experiment.name}: {len(files)} files, the first {files[0]}: {note}",
                len(files),
                unit="files",
            )
        else:
            yield Flag(subjects.tube(one), CODE, "note", note)


def reading_notes(tubes: Iterable[Tube]) -> dict[str, Sequence[str]]:
    """Each of the reader's notes -> the files that it is about, in their order."""
    files: dict[str, list[str]] = {}
    for tube in tubes:
        for note in tube.header.notes:
            files.setdefault(note, []).append(tube.fcs)
    return dict(files)
