"""An FMO control that would raise a threshold, in an experiment whose spill is not corrected."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.exchange.outcomes import Stain
from coculture.exchange.vocabulary import number
from coculture.flow.files import MARKER_FMO
from coculture.flow.gating import gates
from coculture.flow.gating.checks import subjects
from coculture.flow.gating.measurement import Experiment, Measurement
from coculture.flow.gating.sources import fmo, live_peak, pooled, unstained

CODE = "fmo_not_used"

_AFTER_FMO = (pooled.CODE, unstained.CODE)
"""Sources of a marker's threshold that the FMO control would have replaced."""


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A note for the tube; a caution if the threshold is at the FMO control."""
    if experiment.is_compensated:
        return
    if one.tube.role == MARKER_FMO:
        yield from _of_marker(one, experiment)
    lacked = [
        stain
        for stain in one.tube.panel.of_stains
        if stain.channel == one.tube.lacked_channel and not stain.living_are_positive
    ]
    if not lacked or not one.counts.has_quadrants:
        return
    stain, outcomes = lacked[0], experiment.settings.outcomes
    block = experiment.blocks[one.population.name].get(stain.gate, {})
    percent = one.counts.percent(*outcomes.with_sign(stain.gate, positive=True))
    limit = 100 * live_peak.MAX_CONTROL_ABOVE
    spill = (
        "spill is not corrected"
        if experiment.spillover is None
        else "spill is left after compensation"
    )
    if block.get("source") == fmo.CODE:
        channel = str(block["channels"][0])
        yield Flag(
            subjects.population(one, channel),
            CODE,
            "caution",
            f"The {stain.name} threshold is at the end of this FMO control, but "
            f"{spill}, and that of its other stain may have raised the threshold: percent "
            f"{_too_low(experiment, stain)} may be too low. "
            f"{_to_do(experiment, stain.gate, channel)}",
        )
    elif block.get("source") == live_peak.CODE and percent > limit:
        yield Flag(
            subjects.population(one, str(block["channels"][0])),
            CODE,
            "note",
            f"{number(percent)} % of this FMO control are above the {stain.name} "
            f"threshold (limit {limit:g} %). The threshold was not raised, because {spill}, which "
            "makes cells of an FMO control bright.",
            percent,
            limit,
            "percent",
        )


def _too_low(experiment: Experiment, stain: Stain) -> str:
    """The percents that are too low if the threshold of a stain is too high."""
    if experiment.settings.is_standard and stain.gate == gates.VIABILITY_DYE:
        return "late and necrotic"
    return experiment.settings.outcomes.read_from(stain).name


def _of_marker(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A note for each marker of the population that the tube would have set."""
    for marker in one.population.markers:
        block = experiment.blocks[one.population.name].get(marker.gate, {})
        channel = one.tube.panel.markers[marker.channel]
        if not one.tube.is_fmo_of(channel) or block.get("source") not in _AFTER_FMO:
            continue
        yield Flag(
            subjects.population(one, channel),
            CODE,
            "note",
            f"This FMO control was not used for the {marker.gate} threshold, because the spill is "
            "not corrected: it makes cells of an FMO control bright. Compensate to use it.",
        )


def _to_do(experiment: Experiment, stain: str, channel: str) -> str:
    asked = experiment.settings.thresholds[stain]
    matrix = "Compensate" if experiment.spillover is None else "Correct the matrix"
    if asked == fmo.CODE:
        return f"{matrix}, or write auto under flow.thresholds."
    return (
        f"{matrix}. The FMO control was used because the samples have no peak of live cells in "
        f"{channel}: check that it is the channel of this stain, with linear values."
    )
