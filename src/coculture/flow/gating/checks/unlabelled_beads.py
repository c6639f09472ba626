"""Single stains on beads that the table does not call beads."""

from collections.abc import Iterator

from coculture.exchange.flags import Concerns, Flag
from coculture.flow.files import WELLS
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "unlabelled_beads"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A note for each such tube, if the file is a sample. Its negative beads were used."""
    if one.tube.role != "sample" or experiment.compensation is None:
        return
    for fcs in experiment.compensation.unlabelled_beads:
        yield Flag(
            Concerns(WELLS, "tube", experiment=experiment.name, fcs=fcs),
            CODE,
            "note",
            "The single stain looks like beads: its positives and negatives have the same scatter, "
            "which is not that of the unstained cells. Its own negative beads were used as its "
            "negative control. If they are beads, write beads under cells in flow.csv.",
        )
