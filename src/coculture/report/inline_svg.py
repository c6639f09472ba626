"""Prepare a figure's SVG for embedding in the page, with marks that react to the pointer.

All SVGs of one page share their ids. So ids that nothing refers to are removed, the others are
replaced by short ones with a prefix for each figure, and the mark of a culture gets the culture's
name as `data-culture`.
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
        The content of the `<svg>` element.
    view_box
        The `viewBox` attribute.
    width
        Width in CSS pixels at which text has the size at which it was drawn.
    height
        Height in CSS pixels at that width.
    cultures
        The cultures that are marked in it.
    """

    content: str
    view_box: str
    width: float
    height: float
    cultures: frozenset[str]


def inline(svg: str, prefix: str) -> InlineSvg:
    """Prepare `svg` (the text of a file written by matplotlib), with ids that begin with `prefix`.

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
        raise ValueError(f"figure {prefix} is not an SVG with a viewBox: {error}") from error
    short = {name: f"{prefix}-{i}" for i, name in enumerate(_referred_to(root))}
    cultures = set()
    for element in root.iter():
        element.tag = _local(element.tag)
        for child in [child for child in element if _local(child.tag) in _DROPPED]:
            element.remove(child)
        element.attrib = {
            _local(name): _rewritten(name, value, short) for name, value in element.attrib.items()
        }
        _remove_white_space(element)
        name = element.attrib.pop("id", "")
        culture = culture_of(name)
        if culture is not None:
            element.set("data-culture", culture)
            _mark_background(element)
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


def _mark_background(panel: ElementTree.Element) -> None:
    """Give the background of a panel (axes) a class; it has the panel's true size.

    Marks inside the panel may extend beyond it, where they are clipped.
    """
    for child in panel[:1]:
        if child.get("id", "").startswith("patch_"):
            child.set("class", "background")


def _referred_to(root: ElementTree.Element) -> list[str]:
    """Every id that is referred to, once, in document order."""
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


def _remove_white_space(element: ElementTree.Element) -> None:
    if element.text and not element.text.strip():
        element.text = None
    if element.tail and not element.tail.strip():
        element.tail = None


def _local(name: str) -> str:
    """The name without its namespace."""
    return name.rpartition("}")[2]
