"""Prepare a figure's SVG for embedding in the page, with marks that react to the pointer.

All SVGs of one page share their ids. So ids that nothing refers to are removed, the others are
replaced by short ones with a prefix for each figure, and the mark of a culture gets the culture's
name as `data-culture`. What is written many times (styles, outlines, groups of one mark) is written
once or shorter: a figure then takes about half as many bytes and looks the same.
"""

import itertools
import json
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from coculture.exchange.culture_marks import culture_of
from coculture.report.svg_path import compact, draws_nothing

Inline = Callable[[str, str], "InlineSvg"]
"""Prepares an SVG as `inline` does."""
_POINTS_TO_PIXELS = 96 / 72
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_ALONG = re.compile(r"translate\((-?[\d.]+) 0(?:\.0*)?\)")
"""How matplotlib places a glyph in its text, in hundredths of the size of the font."""
_SHORT_TEXT = 2
"""Glyphs below which a text is not worth a reference."""
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

    def as_json(self) -> str:
        """All of it as text, from which `of_json` makes it again."""
        return json.dumps({**asdict(self), "cultures": sorted(self.cultures)})

    @classmethod
    def of_json(cls, text: str) -> "InlineSvg":
        """What `as_json` wrote."""
        written = json.loads(text)
        return cls(**{**written, "cultures": frozenset(written["cultures"])})


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
    _lighten(root)
    _write_texts_once(root, prefix)
    rules = _styles_as_classes(root, prefix)
    written = "".join(ElementTree.tostring(child, encoding="unicode") for child in root)
    content = written.replace(" />", "/>")  # in an attribute > would be &gt;
    return InlineSvg(
        f"<style>{rules}</style>{content}" if rules else content,
        view_box,
        width * _POINTS_TO_PIXELS,
        height * _POINTS_TO_PIXELS,
        frozenset(cultures),
    )


def _lighten(parent: ElementTree.Element) -> None:
    """Drop what draws nothing, draw text with its outline once, and join groups of one element."""
    for child in list(parent):
        _lighten(child)
        if child.tag == "path" and draws_nothing(child.get("d", "")):
            parent.remove(child)
    _join_outlines(parent)
    for place, child in enumerate(list(parent)):
        parent[place] = _joined(child)
    for child in [one for one in parent if one.tag in ("g", "defs") and _is_empty(one)]:
        parent.remove(child)
    _join_clips(parent)


def _is_empty(group: ElementTree.Element) -> bool:
    return len(group) == 0 and not {"id", "data-culture"} & set(group.attrib)


def _join_outlines(parent: ElementTree.Element) -> None:
    """Draw a path and its outline, which matplotlib writes as two equal paths, as one."""
    for outline, path in itertools.pairwise(list(parent)):
        is_outline = "stroke: #" in outline.get("style", "") and "fill: " not in outline.get(
            "style", ""
        )
        others = [
            {name: value for name, value in one.attrib.items() if name != "style"}
            for one in (outline, path)
        ]
        if outline.tag == path.tag == "path" and is_outline and others[0] == others[1]:
            own = path.get("style", "")
            if "stroke" not in own:
                style = f"{outline.get('style', '')}; {own}; paint-order: stroke"
                path.set("style", style.replace("; ;", ";"))
                parent.remove(outline)


def _joined(group: ElementTree.Element) -> ElementTree.Element:
    """`group` without a level that is not needed: its only element with the attributes of both.

    A clip stays around a mark that is placed by x and y, which would move the clip as well; the
    name of a culture then goes to the mark.
    """
    if group.tag != "g" or len(group) != 1:
        return group
    (only,) = group
    if only.tag == "g" and set(only.attrib) == {"clip-path"} and len(only) == 1:
        if set(group.attrib) == {"data-culture"} and only[0].tag == "use":
            only[0].attrib = {**group.attrib, **only[0].attrib}
            return only
        return group
    moves = only.tag == "use" and "clip-path" in group.attrib
    if only.tag == "defs" or moves or "transform" in only.attrib:
        return group
    if set(group.attrib) & set(only.attrib):
        return group
    only.attrib = {**group.attrib, **only.attrib}
    return only


def _join_clips(parent: ElementTree.Element) -> None:
    """Put elements that follow each other with the same clip into one group."""
    last: ElementTree.Element | None = None
    for child in list(parent):
        is_clip = child.tag == "g" and set(child.attrib) == {"clip-path"}
        if is_clip and last is not None and last.attrib == child.attrib:
            last.extend(list(child))
            parent.remove(child)
        else:
            last = child if is_clip else None


def _write_texts_once(root: ElementTree.Element, prefix: str) -> None:
    """Place glyphs by x, which is shorter, and refer to an equal text that was written before."""
    first: dict[tuple[Any, ...], tuple[str, ElementTree.Element]] = {}
    for parent in list(root.iter("g")):
        for place, text in enumerate(list(parent)):
            if text.tag != "g" or set(text.attrib) != {"transform"} or len(text) < _SHORT_TEXT:
                continue
            if any(glyph.tag != "use" for glyph in text):
                continue
            for glyph in text:
                _place_by_x(glyph)
            key = tuple(tuple(sorted(glyph.attrib.items())) for glyph in text)
            if key not in first:
                first[key] = (f"{prefix}t{len(first)}", text)
                continue
            group = _named(*first[key])
            parent[place] = ElementTree.Element("use", {"href": f"#{group}", **text.attrib})


def _named(name: str, text: ElementTree.Element) -> str:
    """`name`, as id of the glyphs of `text`, in a group of their own without its transform."""
    if text[0].tag != "g":
        group = ElementTree.Element("g", {"id": name})
        group.extend(list(text))
        for glyph in list(text):
            text.remove(glyph)
        text.append(group)
    return name


def _place_by_x(glyph: ElementTree.Element) -> None:
    shift = _ALONG.fullmatch(glyph.get("transform", ""))
    if shift is not None:
        del glyph.attrib["transform"]
        glyph.set("x", f"{float(shift[1]):.1f}".removesuffix(".0"))


def _styles_as_classes(root: ElementTree.Element, prefix: str) -> str:
    """Give elements of the same style and clip one class; returns the rules of the classes."""
    styled = [one for one in root.iter() if one is not root and _style(one)]
    uses = Counter(_style(one) for one in styled)
    names = {
        style: f"{prefix}s{i}"
        for i, style in enumerate(one for one, count in uses.items() if count > 1)
    }
    for element in styled:
        name = names.get(_style(element))
        if name is not None:
            element.attrib.pop("style", None)
            element.attrib.pop("clip-path", None)
            element.set("class", " ".join(filter(None, (element.get("class"), name))))
    return "".join(f".{name}{{{style}}}" for style, name in names.items())


def _style(element: ElementTree.Element) -> str:
    """The style of an element with its clip, which CSS can give as well."""
    clip = element.get("clip-path")
    style = re.sub(r"\s*([:;])\s*", r"\1", element.get("style", ""))
    return ";".join(filter(None, (style, f"clip-path:{clip}" if clip else "")))


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
        return compact(value) if local == "d" else " ".join(_NUMBER.sub(_rounded, value).split())
    if local == "href" and value.startswith("#"):
        return f"#{short[value[1:]]}"
    if local in ("x", "y", "width", "height"):
        return _NUMBER.sub(_rounded, value)
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
