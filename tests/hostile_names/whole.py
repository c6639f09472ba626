"""Whether the results of a study have its names as they were written, and can all be read."""

import json
import unicodedata
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import yaml

from coculture.exchange import result_tables
from coculture.exchange.arm_names import stroma_in
from coculture.provenance.checksums import read_checksums
from coculture.running.raw_files import sha256
from tests.hostile_names.named_study import NamedStudy


def require_whole(results: Path, made: Iterable[str], study: NamedStudy) -> None:
    """The results are those that there should be (`made`), can be read, and have the names."""
    found = {path for path in results.rglob("*") if path.is_file()}
    assert found == set(map(Path, made))
    require_readable(results, study)


def require_readable(results: Path, study: NamedStudy) -> None:
    """Every result can be read, and has the names of the study."""
    for path in results.rglob("*"):
        _require_sound(path)
    for name, digest in read_checksums(results / "checksums.txt").items():
        assert sha256(results / name) == digest
    called = {name: _as_read(name, text) for name, text in study.called.items()}
    lost: list[tuple[str, str, str]] = []
    for place, named in study.IN_TABLES.items():
        # A text of spaces alone is no name.
        given = [name for name in named if called[name]]
        if not given:
            continue
        pattern, column = place.rsplit(" ", 1)
        tables = [result_tables.read(path) for path in results.glob(pattern)]
        # Only those of a table are stripped.
        texts = {str(text).strip() for table in tables for text in table[column]}
        lost += [(place, name, called[name]) for name in given if called[name] not in texts]
    shown = _Page.of(results / "report.html")
    on_page = [(name, _in_one_line(called[name])) for name in study.ON_PAGE]
    lost += [("report.html", name, text) for name, text in on_page if text not in shown]
    assert not lost, lost


def _as_read(name: str, text: str) -> str:
    """A text of a cell or a config as the study has it."""
    read = unicodedata.normalize("NFC", text).strip()
    return stroma_in(read) if name == "stroma" else read


def _require_sound(path: Path) -> None:
    """A result can be read by what reads files of its kind."""
    if path.suffix in (".svg", ".xml", ".pzfx"):
        ElementTree.parse(path)
    elif path.suffix == ".json":
        json.loads(path.read_text(encoding="utf-8"))
    elif path.suffix == ".yaml":
        yaml.safe_load(path.read_text(encoding="utf-8"))
    elif path.suffix == ".html":
        _Page.of(path)
    elif path.suffix == ".xlsx":
        openpyxl.load_workbook(path, read_only=True).close()


class _Page(HTMLParser):
    """The texts of a page; what a browser would run is only what the project wrote."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._in = ""
        self._scripts: list[str] = []

    @classmethod
    def of(cls, path: Path) -> str:
        """The texts of a page in one line."""
        page = cls()
        page.feed(path.read_text(encoding="utf-8"))
        page.close()
        assert page._scripts[-1] == "text/javascript"
        assert set(page._scripts[:-1]) <= {"application/json"}
        return _in_one_line(" ".join(page.texts))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in = tag
        given = dict(attrs)
        assert not any(name.startswith("on") for name in given), (tag, given)
        if tag == "script":
            self._scripts.append(given.get("type") or "text/javascript")
        self.texts += [text for text in given.values() if text]

    def handle_endtag(self, tag: str) -> None:
        del tag
        self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in != "script":
            self.texts.append(data)
        elif self._scripts[-1] == "application/json":
            self.texts += _strings(json.loads(data))


def _strings(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (str(key) for key in node)
        node = list(node.values())
    for one in node if isinstance(node, list) else ():
        yield from _strings(one)
    if isinstance(node, str):
        yield node


def _in_one_line(text: str) -> str:
    return " ".join(text.split())
