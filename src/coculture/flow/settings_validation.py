"""What contradicts itself in the flow section of the config."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import combinations
from typing import TYPE_CHECKING, Any

from coculture.exchange.outcomes import STANDARD, Stain, in_columns, outcomes_of
from coculture.flow.gate_names import SHARED_GATES
from coculture.flow.gate_validation import gate_faults
from coculture.flow.threshold_settings import scope_problems, threshold_problems
from coculture.flow.unknown_names import not_known

if TYPE_CHECKING:
    from coculture.flow.settings import Channels, FlowSettings, Marker, Population


def problems_of(
    settings: "FlowSettings", mapping: Mapping[str, Any], asked: Mapping[str, str]
) -> list[str]:
    """What contradicts itself in the settings, one sentence for each problem.

    Parameters
    ----------
    mapping
        The section that the settings were made from.
    asked
        Stain, by its gate -> the code of the threshold source that the section asks for.
    """
    problems = [
        *threshold_problems(asked, settings.outcomes),
        *_outcome_problems(mapping),
        *_channel_problems(settings.channels),
        *_stain_problems(settings),
        *_population_problems(settings),
        *_column_problems(settings),
        *_gate_problems(settings),
        *scope_problems(settings),
    ]
    names = [population.name for population in settings.populations]
    if settings.report_population not in names:
        problems.append(
            f"flow.report_population: {settings.report_population!r} is not one of the "
            f"populations ({', '.join(names)})."
        )
    if settings.compensation.source == "csv" and not settings.compensation.file:
        problems.append("flow.compensation.file: source csv needs the path of the table here.")
    return problems


def _channel_problems(channels: "Channels") -> Iterator[str]:
    """Channels with two roles that exclude each other."""
    stains = ("annexin", "viability_dye")
    scatters = (
        "forward_scatter_area",
        "forward_scatter_height",
        "forward_scatter_width",
        "side_scatter_area",
    )
    exclusive = {
        stains: "the quadrants need two channels",
        ("forward_scatter_area", "forward_scatter_height"): "doublets are found by "
        "their ratio; write null if there is no height channel",
        **{(stain, scatter): "scatter is not a stain" for stain in stains for scatter in scatters},
    }
    for (one, other), why in exclusive.items():
        first, second = getattr(channels, one), getattr(channels, other)
        if first is not None and second is not None and first.casefold() == second.casefold():
            yield f"flow.channels: {first!r} is both {one} and {other}; {why}."


def _population_problems(settings: "FlowSettings") -> Iterator[str]:
    names = [population.name for population in settings.populations]
    for doubled in sorted({name for name in names if names.count(name) > 1}):
        yield f"flow.populations: the name {doubled!r} is used twice."
    for population in settings.populations:
        for marker in population.markers:
            for stain in settings.stains:
                if stain.channel.casefold() == marker.channel.casefold():
                    yield _marker_is_stain(population, marker, stain)
        gates = [marker.gate for marker in population.markers]
        for name in dict.fromkeys(gates):
            others = [*SHARED_GATES, *settings.stain_gates]
            channels = {one.channel.casefold() for one in population.markers if one.gate == name}
            if len(channels) > 1 or name in others:
                yield (
                    f"flow.populations: the marker name {name!r} of {population.name!r} is also "
                    f"that of {'another marker' if name not in others else 'another gate'}."
                )
        signs: dict[str, set[bool]] = {}
        for marker in population.markers:
            signs.setdefault(marker.channel.casefold(), set()).add(marker.positive)
        for channel in dict.fromkeys(marker.channel for marker in population.markers):
            if len(signs[channel.casefold()]) == 2:
                yield (
                    f"flow.populations: {population.name!r} is both positive and negative in "
                    f"{channel!r}, so no cell could be counted."
                )
        if population.same_cells_as not in (None, *names):
            yield (
                f"flow.populations: {population.name!r} has same_cells_as "
                f"{population.same_cells_as!r}, which is not in the list."
            )


def _column_problems(settings: "FlowSettings") -> Iterator[str]:
    """Channels after which no column can be called, or that would share one."""
    channels = settings.stained_channels
    for channel in channels:
        if not in_columns(channel):
            yield (
                f"{settings.key_of(channel)}: {channel!r} has no Latin or Greek letter and no "
                "digit; columns of the results need one. Write the name of the channel in the FCS "
                "files ($PnN) in its place."
            )
    for one, other in combinations(channels, 2):
        if in_columns(one) == in_columns(other) != "":
            yield (
                f"{settings.key_of(other)}: {one!r} and {other!r} are the same in columns of the "
                f"results ({in_columns(one)}). If they are one channel, write it in the same way; "
                "if not, write the names of the channels in the FCS files ($PnN)."
            )


def _marker_is_stain(population: "Population", marker: "Marker", stain: Stain) -> str:
    """What is wrong with a marker in the channel of a stain, as a sentence."""
    standard = stain.gate in STANDARD
    key = f"flow.channels.{stain.gate}" if standard else f"the stain {stain.name!r} (flow.stains)"
    why = (
        f"cells that lose {stain.name} would leave the population. Define it by another marker, or "
        "by size alone"
        if stain.living_are_positive
        else "no gate could separate the two signals"
    )
    return (
        f"flow.populations: {marker.channel!r} is the marker of {population.name!r} and also "
        f"{key}; one channel cannot be both, because {why}."
    )


_RESERVED = (*STANDARD, *SHARED_GATES, "scope")
"""Keys of thresholds and gates.yaml that mean something else."""


def _stain_problems(settings: "FlowSettings") -> Iterator[str]:
    """Stains of flow.stains whose names or channels clash."""
    of_channels = asdict(settings.channels)
    own = [stain for stain in settings.stains if of_channels.get(stain.gate) is None]
    for stain in own:
        if stain.gate in _RESERVED:
            yield f"flow.stains: {stain.name!r} is the name of another gate; choose another name."
        if not stain.in_columns:
            yield f"flow.stains: {stain.name!r} has no letter or digit; columns need one."
        for role, taken in of_channels.items():
            if taken is not None and taken.casefold() == stain.channel.casefold():
                yield (
                    f"flow.stains: {stain.channel!r} of {stain.name!r} is also "
                    f"flow.channels.{role}; {'time' if role == 'time' else 'scatter'} is not a "
                    "stain."
                )
    for one, other in combinations(own, 2):
        if one.in_columns == other.in_columns:
            yield (
                f"flow.stains: the names {one.name!r} and {other.name!r} are the same in columns "
                f"({one.in_columns})."
            )
        if one.channel.casefold() == other.channel.casefold():
            yield (
                f"flow.stains: {one.channel!r} is the channel of {one.name!r} and of "
                f"{other.name!r}; two stains need two channels."
            )


def _outcome_problems(mapping: Mapping[str, Any]) -> Iterator[str]:
    """Outcomes of the config that do not fit its stains."""
    wanted, names = mapping["outcomes"], [one["name"] for one in mapping["stains"]]
    if wanted and not names:
        yield (
            "flow.outcomes: outcomes are read from the stains of flow.stains, but there are none. "
            "Remove this key, or name the stains there."
        )
        return
    for one in wanted:
        kinds = one["cells"] if isinstance(one["cells"], list) else [one["cells"]]
        for stain in dict.fromkeys(name for cells in kinds for name in cells):
            if stain not in names:
                yield not_known(f"flow.outcomes.{one['name']}.cells", "stain", stain, names)
    columns: dict[str, str] = {}
    for one in outcomes_of(mapping).outcomes:
        first = columns.setdefault(one.column, one.name)
        if wanted and (not in_columns(one.name) or columns[one.column] is not one.name):
            yield (
                f"flow.outcomes: {one.name!r} and {first!r} are the same in columns "
                f"({one.column}); choose another name."
            )


def _gate_problems(settings: "FlowSettings") -> Iterator[str]:
    for where, fault in gate_faults(settings, settings.gates):
        yield f"flow.gates.{'.'.join(where)}: {fault}"
