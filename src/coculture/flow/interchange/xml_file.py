"""Reading XML of others without risk: no document type, so no entities that could be expanded."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.parsers import expat

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
        content = path.read_bytes()
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
