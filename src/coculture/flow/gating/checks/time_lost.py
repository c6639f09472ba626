"""Time without events during the acquisition: the tube may have run dry."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "acquisition_time_lost"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the file above limits.time_percent."""
    limit = experiment.settings.limits.time_percent
    if one.percent_time_lost > limit:
        yield Flag(
            subjects.tube(one),
            CODE,
            "caution",
            f"Almost no events were recorded in {number(one.percent_time_lost)} % of the "
            f"acquisition time (limit {limit:g} %).",
            one.percent_time_lost,
            limit,
            "percent",
        )
