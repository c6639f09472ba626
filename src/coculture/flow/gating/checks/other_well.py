"""A file that names another well than flow.csv: its percent may be that of another culture."""

from collections.abc import Iterator

from coculture.exchange.flags import Concerns, Flag
from coculture.flow.files import WELLS
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement
from coculture.flow.named_wells import is_whole_plate, may_differ, other_wells, whole_plate

CODE = "other_well"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the file, or for the experiment where more than half of its files differ."""
    if not may_differ(one.tube, one.tube.header):
        return
    tubes = [of_file[0].tube for of_file in experiment.measurements.values()]
    found = other_wells([(tube, tube.header) for tube in tubes])
    if is_whole_plate(found, tubes):
        concerns = Concerns(WELLS, "experiment", experiment=experiment.name)
        words = f"{experiment.name}: {whole_plate(found)}"
        yield Flag(concerns, CODE, "caution", words, len(found), 0, "files")
        return
    for other in found:
        if other.file.row == one.tube.row:
            yield Flag(subjects.tube(one), CODE, "caution", other.sentence)
