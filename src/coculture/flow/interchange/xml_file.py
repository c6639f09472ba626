"""Reading XML of others without risk: no document type, so no entities that could be expanded."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.parsers import expat

from coculture.exchange import input_file
from coculture.exchange.problems import CocultureError

Element = ET.Element
_IN_BRACES = re.compile(r"^\{[^}]*\}")


class InterchangeError(CocultureError):
    """A file of gates cannot be read or used. The message names the file or gate."""


def root_of(path: Path) -> Element:
    """The root element of an XML file.

    Raises
    ------
    InterchangeError
        If the file cannot be read, is not XML, or declares a document type.
    """
    try:
        content = input_file.read_bytes(path)
    except OSError as error:
        raise InterchangeError(f"{path}: cannot be read ({error.strerror}).") from error
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise InterchangeError(
            f"{path}: declares a document type (DOCTYPE), which files of gates do not need and "
            "which can be used to do harm. Remove it, if you trust the file."
        )

    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
        return ET.fromstring(content)
    except (expat.ExpatError, ET.ParseError) as error:
        raise InterchangeError(f"{path}: is not XML ({error}).") from error


GATING, DATA_TYPE, TRANSFORMS = (
    f"http://www.isac-net.org/std/Gating-ML/v2.0/{part}"
    for part in ("gating", "datatypes", "transformations")
)
"""The namespaces of Gating-ML 2.0."""


def gating(name: str) -> str:
    """A name in the namespace of gates."""
    return f"{{{GATING}}}{name}"


def data_type(name: str) -> str:
    """A name in the namespace of data types."""
    return f"{{{DATA_TYPE}}}{name}"


def transforms(name: str) -> str:
    """A name in the namespace of transformations."""
    return f"{{{TRANSFORMS}}}{name}"


def added(element: Element, name: str, attributes: Mapping[str, str] | None = None) -> Element:
    """A new element inside one, after the others."""
    return ET.SubElement(element, name, dict(attributes or {}))


def written(value: float) -> str:
    """A number with every digit that is needed to read it back.

    >>> written(0.1), written(5.0)
    ('0.1', '5.0')
    """
    return repr(float(value))


def text_of(root: Element) -> str:
    """A whole document as text, indented; the same for the same content."""
    for prefix, space in (
        ("gating", GATING),
        ("data-type", DATA_TYPE),
        ("transforms", TRANSFORMS),
    ):
        ET.register_namespace(prefix, space)
    ET.indent(root)
    body = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def tag(element: Element) -> str:
    """The name of an element without its namespace."""
    return _IN_BRACES.sub("", str(element.tag))


def attribute(element: Element, name: str) -> str | None:
    """An attribute, in whatever namespace; None if it is absent."""
    for key, value in element.attrib.items():
        if _IN_BRACES.sub("", key) == name:
            return value
    return None


def needed(element: Element, name: str) -> str:
    """An attribute that must be there.

    Raises
    ------
    InterchangeError
        If it is absent.
    """
    found = attribute(element, name)
    if found is None:
        raise InterchangeError(f"<{tag(element)}> has no attribute {name}.")
    return found


def number(element: Element, name: str) -> float:
    """An attribute that must be a number.

    Raises
    ------
    InterchangeError
        If it is absent or not a number.
    """
    return as_number(needed(element, name), f"{name} of <{tag(element)}>")


def as_number(text: str | None, what: str) -> float:
    """The number that a text is.

    Raises
    ------
    InterchangeError
        If it is none.
    """
    try:
        found = float(text or "")
    except ValueError:
        found = float("nan")
    if found != found:
        raise InterchangeError(f"{what} is {text!r}, not a number.")
    return found


def children(element: Element, name: str) -> Iterator[Element]:
    """The elements inside one, of a name, in order."""
    return (child for child in element if tag(child) == name)


def child(element: Element, name: str) -> Element:
    """The first element inside one, of a name.

    Raises
    ------
    InterchangeError
        If there is none.
    """
    found = next(children(element, name), None)
    if found is None:
        raise InterchangeError(f"<{tag(element)}> has no <{name}>.")
    return found
