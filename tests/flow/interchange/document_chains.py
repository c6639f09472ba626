"""Which gates of a gates.xml are for which files, as the document says."""

from dataclasses import dataclass
from pathlib import Path

from coculture.flow.interchange.xml_file import attribute, children, root_of


@dataclass(frozen=True)
class DocumentChain:
    """The gates of some files: their ids begin with `name` and a dot."""

    name: str
    population: str
    files: tuple[str, ...]


def document_chains(path: Path) -> list[DocumentChain]:
    """Every chain of gates of a document."""
    found = []
    for element in list(root_of(path))[1:]:
        for info in children(element, "custom_info"):
            population, files = str(info.text).removeprefix("Population ").split("; files: ")
            name = str(attribute(element, "id")).rsplit(".", 1)[0]
            found.append(DocumentChain(name, population, tuple(files.split(", "))))
    return found
