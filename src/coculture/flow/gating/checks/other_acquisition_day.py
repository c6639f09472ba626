"""A file of another day than its experiment: its row may be in the wrong experiment."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.flow.gating.acquisition_date import MAX_DAYS, day_of, days_apart
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "other_acquisition_day"

_COMPENSATES = " It compensates this experiment, but sets no threshold."


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for a file acquired more than a day before or after most of its experiment.

    Of a single stain a note: the spill between two dyes changes little from day to day.
    """
    days = days_apart(one.tube.header, experiment.usual_day)
    if days > MAX_DAYS:
        is_stain = one.tube.role == "single_stain"
        yield Flag(
            subjects.tube(one),
            CODE,
            "note" if is_stain else "caution",
            f"The file was acquired on {day_of(one.tube.header)}, most files of its experiment on "
            f"{experiment.usual_day}.{_COMPENSATES if is_stain else ''}",
            days,
            MAX_DAYS,
            "days",
        )
