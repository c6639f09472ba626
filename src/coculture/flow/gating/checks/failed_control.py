"""A control that is not what its role says: contaminated, stained, or swapped with another."""

from collections.abc import Iterator

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating import gates, sources
from coculture.flow.gating.checks import marker_reversed, subjects
from coculture.flow.gating.measurement import Experiment, Measurement
from coculture.flow.gating.sources.threshold import FailedControl

CODE = "failed_control"

_CARRY_OVER = (
    "It looks like a tube into which stained cells were carried over. These events were not used"
)
_STAINED = "It looks like a stained tube. It was not used"
_SWAPPED = "It looks as if it was swapped with {partner}. It was not used"


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for each threshold that the tube of this measurement was not fit to set."""
    for name, block in experiment.blocks[one.population.name].items():
        if marker_reversed.is_reversed(experiment, one.population.name, name):
            continue
        for found in (FailedControl(**entry) for entry in block.get("failed_controls", ())):
            if found.fcs == one.tube.fcs:
                sets = "" if found.looks_like == "carry_over" else _sets(one, experiment, block)
                stain = experiment.settings.gate_name(name)
                yield _flag(one, stain, block, found, sets)


def _sets(one: Measurement, experiment: Experiment, block: gates.Block) -> str:
    """What the tube still sets as a single stain, in words; empty if it sets nothing."""
    used = None if experiment.compensation is None else experiment.compensation.set_by(one.tube.fcs)
    if used is None:
        return ""
    (channel,) = block["channels"]
    if channel in used.within_tube:
        return (
            f" It still sets the compensation of {used.channel}: the spill into {channel} was "
            f"taken from how {channel} rises with {used.channel} within the tube, which is less "
            "certain."
        )
    return f" It still sets the compensation of {used.channel}, which may be wrong by this."


def _flag(
    one: Measurement, stain: str, block: gates.Block, found: FailedControl, sets: str
) -> Flag:
    (channel,) = block["channels"]
    percent = 100 * found.bright / found.events
    looks = {
        "carry_over": _CARRY_OVER,
        "full_stain": _STAINED,
        "swapped": _SWAPPED.format(partner=found.partner) if found.partner else _STAINED,
    }[found.looks_like]
    source = sources.SOURCES.get(str(block["source"]))
    instead = f", which was set from {source.NAME}" if source else ""
    return Flag(
        subjects.population(one, str(channel)),
        CODE,
        "caution",
        f"{found.bright} of {found.events} cells ({number(percent)} %) in this control "
        f"({found.role}) are about as bright in {stain} as the positive cells; at most "
        f"{found.allowed} are expected. {looks} for the {stain} threshold{instead}."
        f"{sets} Check which tube this is; if it is another, correct its row in flow.csv or "
        "exclude it.",
        percent,
        100 * found.allowed / found.events,
        "percent",
    )
