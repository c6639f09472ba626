"""A figure's SVG made ready to stand inside the page, where its marks can answer to the reader.

Many SVGs in one page share one space of ids. Ids that nothing refers to are dropped, the others
become short ones that begin with the figure's own prefix, and a mark that stands for a culture
carries its name as `data-culture`.
"""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass

from coculture.exchange.culture_marks import culture_of

_POINTS_TO_PIXELS = 96 / 72
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_SHIFT = re.compile(r"translate\([^)]*\)")
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
    short = {name: f"{prefix}-{i}" for i, name in enumerate(_referred_to(root))}
    cultures = set()
    for element in root.iter():
        element.tag = _local(element.tag)
        for child in [child for child in element if _local(child.tag) in _DROPPED]:
            element.remove(child)
        element.attrib = {
            _local(name): _rewritten(name, value, short) for name, value in element.attrib.items()
        }
        _tidy_white_space(element)
        name = element.attrib.pop("id", "")
        culture = culture_of(name)
        if culture is not None:
            element.set("data-culture", culture)
            _name_the_face(element)
            cultures.add(culture)
        elif name in short:
            element.set("id", short[name])
    content = "".join(ElementTree.tostring(child, encoding="unicode") for child in root)
    return InlineSvg(
        content,
        view_box,
        width * _POINTS_TO_PIXELS,
        height * _POINTS_TO_PIXELS,
        frozenset(cultures),
    )


def _name_the_face(panel: ElementTree.Element) -> None:
    """Give the background of a whole panel (axes) a class: what lies beyond it is cut off."""
    for child in panel[:1]:
        if child.get("id", "").startswith("patch_"):
            child.set("class", "face")


def _referred_to(root: ElementTree.Element) -> list[str]:
    """Each id that is referred to, once, in the order of the figure."""
    found: list[str] = []
    for element in root.iter():
        for name, value in element.attrib.items():
            if _local(name) == "href" and value.startswith("#"):
                found.append(value[1:])
            elif "url(#" in value:
                found += _REFERENCE.findall(value)
    return list(dict.fromkeys(found))


def _rewritten(name: str, value: str, short: Mapping[str, str]) -> str:
    local = _local(name)
    if local in ("d", "points"):
        return " ".join(_NUMBER.sub(_rounded, value).split())
    if local == "href" and value.startswith("#"):
        return f"#{short[value[1:]]}"
    if local == "transform":
        return _SHIFT.sub(lambda found: _NUMBER.sub(_rounded, found[0]), value)
    if "url(#" in value:
        return _REFERENCE.sub(lambda found: f"url(#{short[found[1]]})", value)
    return value


def _rounded(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _tidy_white_space(element: ElementTree.Element) -> None:
    if element.text and not element.text.strip():
        element.text = None
    if element.tail and not element.tail.strip():
        element.tail = None


def _local(name: str) -> str:
    """The name without its namespace."""
    return name.rpartition("}")[2]
