"""Signal or rate that changed during the acquisition: a clog, a bubble or a spike."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "unsteady_acquisition"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the file above limits.time_percent."""
    limit = experiment.settings.limits.time_percent
    if one.percent_departing > limit:
        yield Flag(
            subjects.tube(one),
            CODE,
            "caution",
            f"The signal or the rate was unsteady while {number(one.percent_departing)} % of the "
            f"events were acquired (limit {limit:g} %).",
            one.percent_departing,
            limit,
            "percent",
        )
