"""Many doublets: the cells were too dense or clumped."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "doublets"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the file above limits.doublets_percent."""
    limit = experiment.settings.limits.doublets_percent
    cells, singlets = one.counts.after["cells"], one.counts.after["singlets"]
    percent = 100 * (cells - singlets) / cells if cells else 0.0
    if percent > limit:
        yield Flag(
            subjects.tube(one),
            CODE,
            "caution",
            f"{number(percent)} % of the cells are doublets (limit {limit:g} %).",
            percent,
            limit,
            "percent",
        )
