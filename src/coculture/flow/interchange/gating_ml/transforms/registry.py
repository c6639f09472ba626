"""Every scale, and a scale from its name and parameters."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from coculture.exchange.problems import CocultureError
from coculture.flow.interchange.flowjo.biex import Biex
from coculture.flow.interchange.flowjo.log import FlowJoLog
from coculture.flow.interchange.gating_ml.transforms.fasinh import Fasinh
from coculture.flow.interchange.gating_ml.transforms.flin import Flin
from coculture.flow.interchange.gating_ml.transforms.flog import Flog
from coculture.flow.interchange.gating_ml.transforms.hyperlog import Hyperlog
from coculture.flow.interchange.gating_ml.transforms.identity import Identity
from coculture.flow.interchange.gating_ml.transforms.logicle import Logicle
from coculture.flow.interchange.gating_ml.transforms.scale import Scale

OF_STANDARD = (Flin, Flog, Fasinh, Logicle, Hyperlog)
"""Those that a Gating-ML document can have."""
SCALES: dict[str, type[Any]] = {one.NAME: one for one in (Identity, *OF_STANDARD, Biex, FlowJoLog)}
"""Name -> its class."""


class ScaleError(CocultureError):
    """A scale is not known, or its parameters are not possible."""


def scale_named(written: Mapping[str, Any]) -> Scale:
    """The scale with this `name` and these parameters.

    Raises
    ------
    ScaleError
        If there is no such scale, or a parameter is missing or impossible.

    >>> scale_named({"name": "logicle", "T": 1000, "W": 0.5, "M": 4, "A": 0})
    Logicle(T=1000.0, W=0.5, M=4.0, A=0.0)
    """
    name = str(written.get("name", ""))
    if name not in SCALES:
        raise ScaleError(f"there is no scale {name!r}, only {', '.join(SCALES)}.")
    kind = SCALES[name]
    wanted = [field.name for field in fields(kind)]
    try:
        found: Scale = kind(**{key: float(written[key]) for key in wanted})
    except KeyError as error:
        raise ScaleError(f"the scale {name} needs {', '.join(wanted)}.") from error
    except (TypeError, ValueError) as error:
        raise ScaleError(f"the scale {name} is not possible: {error}") from error
    return found


def as_mapping(scale: Scale) -> dict[str, Any]:
    """The scale as a gate has it under `scales`."""
    parameters: dict[str, Any] = asdict(scale)  # type: ignore[call-overload]
    return {"name": scale.NAME, **parameters}
