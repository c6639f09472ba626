"""The gates of a run, as its gates.yaml has them, as gates that a person sets.

They keep the same events, whatever the automatic rules would find.
"""

from collections.abc import Mapping
from typing import Any

from coculture.exchange.manual_gates import SOURCE
from coculture.flow.gating import gates

_SHAPE = ("channels", "threshold", "of_cells", "of_files", "vertices", "scales", "keep")


def as_manual(record: Mapping[str, Any]) -> dict[str, dict[str, gates.Block]]:
    """Population -> gate -> block, as the config has them under flow.gates.

    Parameters
    ----------
    record
        The content of a gates.yaml. The stretches of time that are not used become a gate on time.
    """
    return {
        population: {**_of_time(record["time"], blocks), **_shapes(blocks)}
        for population, blocks in record["populations"].items()
    }


def _shapes(blocks: Mapping[str, gates.Block]) -> dict[str, gates.Block]:
    return {
        name: {**{key: block[key] for key in _SHAPE if key in block}, "source": SOURCE}
        for name, block in blocks.items()
    }


def _of_time(time: Mapping[str, Any], blocks: Mapping[str, gates.Block]) -> dict[str, gates.Block]:
    """The gate on time: what is cut out of each file, and nothing of the others."""
    if gates.TIME in blocks or "channels" not in time:
        return {}
    shape = {"channels": time["channels"], "vertices": [], "keep": "outside"}
    of_files = {fcs: {**shape, "vertices": ends} for fcs, ends in time["removed"].items()}
    own = {"of_files": of_files} if of_files else {}
    return {gates.TIME: {**shape, **own, "source": SOURCE}}
