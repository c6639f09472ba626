"""What is wrong with the gates that a person set, in the config or a gates file."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from coculture.flow.gate_names import gate_names
from coculture.flow.gate_shapes import shape_fault
from coculture.flow.unknown_names import unknown_name

if TYPE_CHECKING:
    from coculture.flow.settings import FlowSettings, Gates


def gate_faults(settings: "FlowSettings", gates: "Gates") -> Iterator[tuple[tuple[str, ...], str]]:
    """Gates of the user that do not exist, and would be ignored, or contradict themselves.

    Yields
    ------
    Experiment, population and gate, as far as they are known, and what is wrong.
    """
    of_population = {p.name: gate_names(p, settings.stain_gates) for p in settings.populations}
    for experiment, populations in gates.items():
        for population, blocks in populations.items():
            where = (experiment, population)
            if population not in of_population:
                yield where, unknown_name("population", population, list(of_population))
                continue
            known = of_population[population]
            for name, block in blocks.items():
                if name not in known:
                    yield (*where, name), unknown_name("gate", name, known)
                else:
                    for fault in _block_faults(settings, name, block):
                        yield (*where, name), fault


def _block_faults(settings: "FlowSettings", name: str, block: Mapping[str, Any]) -> Iterator[str]:
    """What contradicts itself in the gate of a population or in that of one of its files."""
    is_stain = name in settings.stain_gates
    own = block.get("of_files", {})
    if "threshold" in block or "vertices" in block or not own:
        fault = shape_fault(block, is_stain=is_stain)
        if fault:
            yield fault
    elif not _is_automatic(settings, name):
        yield (
            "only some files have a gate of their own, and there is no automatic one for the other "
            "files; give them one, too."
        )
    for fcs, value in own.items():
        if not isinstance(value, Mapping):
            continue
        # Without channels of its own it is on those of the others, which may be automatic.
        channels = {"channels": value.get("channels", block.get("channels", ["?"]))}
        fault = shape_fault({**channels, **value}, is_stain=is_stain)
        if fault:
            yield f"of {fcs}: {fault}"


def _is_automatic(settings: "FlowSettings", gate: str) -> bool:
    """Whether there is an automatic gate of this name, which files can have their own of."""
    channels = settings.channels
    absent = {
        "time": True,
        "side_scatter": channels.side_scatter_area is None,
        "singlets": channels.forward_scatter_height is None
        and channels.forward_scatter_width is None,
    }
    return not absent.get(gate, False)
