"""A figure's SVG made ready to stand inside the page, where its marks can answer to the reader.

Many SVGs in one page share one space of ids. Ids that nothing refers to are dropped, the others
get the figure's own prefix, and a mark that stands for a culture carries its name as
`data-culture`.
"""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

from coculture.drawing import CULTURE_MARK

_POINTS_TO_PIXELS = 96 / 72
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_DROPPED = ("metadata", "style", "title")


@dataclass(frozen=True)
class InlineSvg:
    """Markup for an HTML page.

    Attributes
    ----------
    content
        What stands inside the `<svg>` element.
    view_box
        Its coordinates.
    width
        Width at which its letters have the size they were drawn at, in CSS pixels.
    height
        Height at that width.
    cultures
        The cultures that its marks stand for.
    """

    content: str
    view_box: str
    width: float
    height: float
    cultures: frozenset[str]


def inline(svg: str, prefix: str) -> InlineSvg:
    """`svg` (the text of a file that matplotlib wrote) with ids that begin with `prefix`.

    Coordinates are rounded to a hundredth of a point.

    Raises
    ------
    ValueError
        If the text is not an SVG with a viewBox.
    """
    try:
        root = ElementTree.fromstring(svg)
        view_box = root.attrib["viewBox"]
        _, _, width, height = (float(number) for number in view_box.split())
    except (ElementTree.ParseError, KeyError, ValueError) as error:
        raise ValueError(f"the figure {prefix} is no SVG with a viewBox: {error}") from error
    wanted = _referred_to(root)
    cultures = set()
    for element in root.iter():
        element.tag = _local(element.tag)
        for child in [child for child in element if _local(child.tag) in _DROPPED]:
            element.remove(child)
        element.attrib = {
            _local(name): _rewritten(name, value, prefix) for name, value in element.attrib.items()
        }
        _tidy_white_space(element)
        name = element.attrib.pop("id", "")
        if name.startswith(CULTURE_MARK):
            culture = name.removeprefix(CULTURE_MARK)
            element.set("data-culture", culture)
            cultures.add(culture)
        elif name in wanted:
            element.set("id", f"{prefix}-{name}")
    content = "".join(ElementTree.tostring(child, encoding="unicode") for child in root)
    return InlineSvg(
        content,
        view_box,
        width * _POINTS_TO_PIXELS,
        height * _POINTS_TO_PIXELS,
        frozenset(cultures),
    )


def _referred_to(root: ElementTree.Element) -> set[str]:
    found = set()
    for element in root.iter():
        for name, value in element.attrib.items():
            if _local(name) == "href" and value.startswith("#"):
                found.add(value[1:])
            elif "url(#" in value:
                found.update(_REFERENCE.findall(value))
    return found


def _rewritten(name: str, value: str, prefix: str) -> str:
    local = _local(name)
    if local in ("d", "points"):
        return _NUMBER.sub(lambda found: f"{float(found[0]):.2f}", value).replace("\n", " ").strip()
    if local == "href" and value.startswith("#"):
        return f"#{prefix}-{value[1:]}"
    if "url(#" in value:
        return _REFERENCE.sub(rf"url(#{prefix}-\1)", value)
    return value


def _tidy_white_space(element: ElementTree.Element) -> None:
    if element.text and not element.text.strip():
        element.text = None
    if element.tail and not element.tail.strip():
        element.tail = None


def _local(name: str) -> str:
    """The name without its namespace."""
    return name.rpartition("}")[2]
