"""A file that names another well than flow.csv: its percent may be that of another culture."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement
from coculture.flow.named_wells import is_whole_plate, may_differ, other_wells, whole_plate

CODE = "other_well"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the file; for the experiment where two are swapped, or more than half differ.

    A caution of the experiment is on the first screen of the page.
    """
    if not may_differ(one.tube, one.tube.header):
        return
    tubes = [of_file[0].tube for of_file in experiment.measurements.values()]
    found = other_wells([(tube, tube.header) for tube in tubes])
    of_experiment = subjects.experiment(experiment)
    if is_whole_plate(found, tubes):
        words = f"{experiment.name}: {whole_plate(found)}"
        yield Flag(of_experiment, CODE, "caution", words, len(found), 0, "files")
        return
    by_row = {other.file.row: other for other in found}
    other = by_row.get(one.tube.row)
    if other is None:
        return
    if other.is_swap and other.there is not None:
        # One flag for the two of them, in the words of the first.
        first = by_row[min(other.file.row, other.there.row)]
        words = f"{experiment.name}: {first.sentence}"
        yield Flag(of_experiment, CODE, "caution", words, 2, 0, "files")
    else:
        yield Flag(subjects.tube(one), CODE, "caution", other.sentence)
