"""The scale of each channel of a sample of a workspace."""

from coculture.flow.interchange.flowjo.log import FlowJoLog
from coculture.flow.interchange.gating_ml.transforms import Scale, ScaleError, scale_named
from coculture.flow.interchange.gating_ml.transforms.identity import Identity
from coculture.flow.interchange.xml_file import Element, InterchangeError, child, needed, tag

_NAMES = {"log": FlowJoLog.NAME}


def read_scales(sample: Element) -> dict[str, Scale]:
    """Channel, as the workspace names it -> the scale that it is shown on.

    Raises
    ------
    InterchangeError
        If a scale is not known; the message names it.
    """
    return {
        needed(child(element, "parameter"), "name"): _scale(element)
        for element in child(sample, "Transformations")
    }


def _scale(element: Element) -> Scale:
    name = tag(element)
    if name == "linear":
        # It only stretches the axis, and lines that are straight stay so.
        return Identity()
    parameters = {key.split("}")[-1]: value for key, value in element.attrib.items()}
    try:
        return scale_named({**parameters, "name": _NAMES.get(name, name)})
    except ScaleError as error:
        raise InterchangeError(f"The scale {name} of FlowJo: {error}") from error
