"""An unstained control with many events above a threshold: the threshold may be too low.

Not for a control that failed its test, which has a flag of its own (`failed_control`), and not for
one with hardly a cell of the population: unstained stroma has a few doublets that look like it.
"""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating import gates
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement
from coculture.flow.gating.sources.threshold import FEWEST_EVENTS

CODE = "unstained_positive"

_POSITIVE = {
    gates.ANNEXIN: ("early", "late"),
    gates.VIABILITY_DYE: ("late", "necrotic"),
}
"""Stain -> the quadrants above its threshold."""


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for each stain above limits.unstained_positive_percent."""
    if one.tube.role != "unstained" or one.counts.cells < FEWEST_EVENTS:
        return
    limit = experiment.settings.limits.unstained_positive_percent
    for stain, quadrants in _POSITIVE.items():
        percent = one.counts.percent(*quadrants)
        block = experiment.blocks[one.population.name].get(stain, {})
        has_failed = one.tube.fcs in (each["fcs"] for each in block.get("failed_controls", ()))
        if percent > limit and not has_failed:
            (channel,) = block["channels"]
            yield Flag(
                subjects.population(one, str(channel)),
                CODE,
                "caution",
                f"{number(percent)} % of the {one.population.name} cells in this unstained control "
                f"are above the {gates.STAIN_NAMES[stain]} threshold (limit {limit:g} %).",
                percent,
                limit,
                "percent",
            )
