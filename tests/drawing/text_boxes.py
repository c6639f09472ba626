"""Where the texts of a saved figure are: which of them overlap, and which leave the canvas.

Read from the SVG that Matplotlib has written, so that what is checked is what people see, of any
figure of any study. Each line of text is a group of glyph outlines there, after a comment with its
words; its box is the box of the outlines, turned as the text is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

TOUCHING = 0.3
"""Points by which boxes may enter each other: outlines are wider than their letters by less."""
_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
_CALL = re.compile(r"(translate|scale|rotate)\(([^)]*)\)")
Corners = NDArray[np.float64]
"""The four corners of a box in turn, in points from the upper left of the canvas: (4, 2)."""


@dataclass(frozen=True)
class TextBox:
    """One line of text and its box."""

    text: str
    corners: Corners


@dataclass(frozen=True)
class Overlap:
    """Two lines of text that lie on each other, by `depth` points."""

    one: str
    other: str
    depth: float


@dataclass(frozen=True)
class Outside:
    """A line of text that is cut off at the edge of the canvas, by `depth` points."""

    text: str
    depth: float


@dataclass(frozen=True)
class DrawnTexts:
    """Every line of text of a figure; the canvas as left, top, right, bottom."""

    canvas: tuple[float, float, float, float]
    boxes: tuple[TextBox, ...]

    def overlaps(self) -> list[Overlap]:
        """Each pair of lines that lie on each other."""
        if not self.boxes:
            return []
        low, high = (
            np.array([of(box.corners, axis=0) for box in self.boxes]) for of in (np.min, np.max)
        )
        may_meet = ((low[:, None] < high) & (low < high[:, None])).all(axis=2)
        found = []
        for first, second in np.argwhere(np.triu(may_meet, k=1)):
            one, other = self.boxes[first], self.boxes[second]
            depth = _depth(one.corners, other.corners)
            if depth > TOUCHING:
                found.append(Overlap(one.text, other.text, round(depth, 1)))
        return found

    def outside(self) -> list[Outside]:
        """Each line that leaves the canvas."""
        left, top, right, bottom = self.canvas
        found = []
        for box in self.boxes:
            (x0, y0), (x1, y1) = box.corners.min(axis=0), box.corners.max(axis=0)
            depth = float(max(left - x0, top - y0, x1 - right, y1 - bottom))
            if depth > TOUCHING:
                found.append(Outside(box.text, round(depth, 1)))
        return found

    def faults(self) -> list[Overlap | Outside]:
        """Everything that cannot be read."""
        return [*self.overlaps(), *self.outside()]


def drawn_texts(path: Path) -> DrawnTexts:
    """The texts of an SVG file that Matplotlib wrote with text as outlines."""
    builder = ElementTree.TreeBuilder(insert_comments=True)
    root = ElementTree.parse(path, ElementTree.XMLParser(target=builder)).getroot()
    x, y, width, height = map(float, root.attrib["viewBox"].split())
    glyphs = {
        str(one.get("id")): _box(one)
        for one in root.iter(f"{_SVG}path")
        if one.get("id") is not None
    }
    return DrawnTexts((x, y, x + width, y + height), tuple(_lines(root, glyphs)))


def _lines(root: ElementTree.Element, glyphs: dict[str, Corners]) -> Iterator[TextBox]:
    for parent in root.iter(f"{_SVG}g"):
        children = list(parent)
        for before, group in pairwise(children):
            if before.tag is not ElementTree.Comment:  # type: ignore[comparison-overlap]
                continue
            of_line = [
                _moved(glyphs[one.attrib[_LINK][1:]], one.get("transform", ""))
                for one in group.iter(f"{_SVG}use")
            ]
            of_line = [one for one in of_line if len(one)]
            if of_line:
                every = np.concatenate(of_line)
                around = _around(every.min(axis=0), every.max(axis=0))
                placed = _moved(around, group.get("transform", ""))
                yield TextBox(str(before.text).strip(), placed)


def _box(glyph: ElementTree.Element) -> Corners:
    """The box of an outline; without rows if it is empty, as that of a space."""
    numbers = np.array([float(one) for one in _NUMBER.findall(glyph.get("d", ""))])
    if not len(numbers):
        return np.empty((0, 2))
    points = numbers.reshape(-1, 2)
    return _moved(_around(points.min(axis=0), points.max(axis=0)), glyph.get("transform", ""))


def _around(low: Corners, high: Corners) -> Corners:
    return np.array([low, (high[0], low[1]), high, (low[0], high[1])])


def _moved(points: Corners, transform: str) -> Corners:
    """Points after the transforms of SVG, of which the last is applied first."""
    for name, arguments in reversed(_CALL.findall(transform)):
        numbers = [float(one) for one in _NUMBER.findall(arguments)]
        if name == "translate":
            points = points + np.array([*numbers, 0.0][:2])
        elif name == "scale":
            points = points * np.array(numbers)
        else:
            angle = np.deg2rad(numbers[0])
            turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
            points = points @ turn
    return points


def _depth(one: Corners, other: Corners) -> float:
    """How far two rectangles enter each other: the shortest way that parts them; 0 if apart."""
    depths = []
    for sides in (one, other):
        for side in (sides[1] - sides[0], sides[3] - sides[0]):
            length = np.hypot(*side)
            if not length:
                continue
            first, second = one @ side / length, other @ side / length
            depths.append(min(first.max(), second.max()) - max(first.min(), second.min()))
    return float(max(0.0, min(depths)))
