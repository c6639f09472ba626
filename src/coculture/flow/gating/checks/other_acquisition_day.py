"""A file of another day than its experiment: its row may be in the wrong experiment."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.flow.gating.acquisition_date import day_of
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "other_acquisition_day"

_MAX_DAYS = 1
"""An experiment may be acquired past midnight."""


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for a file acquired more than a day before or after most of its experiment."""
    day, usual = day_of(one.tube.header), experiment.usual_day
    if day is None or usual is None:
        return
    days = abs((day - usual).days)
    if days > _MAX_DAYS:
        yield Flag(
            subjects.tube(one),
            CODE,
            "caution",
            f"The file was acquired on {day}, most files of its experiment on {usual}.",
            days,
            _MAX_DAYS,
            "days",
        )
