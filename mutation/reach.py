"""Which functions each test reaches, and how long it takes: a plugin of pytest."""

import ast
import builtins
import os
import sys
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

Function = tuple[str, str]
"""Its file, and its name with that of its class."""


NOTE = "__reached__"
"""The function that each noted function calls first."""


@dataclass(frozen=True)
class Reached:
    """One test that passes."""

    test: str
    file: str
    seconds: float
    """Of the processor, its children's too: on a busy machine as many as on an idle one."""
    shared: Mapping[str, float]
    """Seconds of the fixtures that it shares with other tests."""
    functions: Set[Function]


@dataclass
class _Part:
    """A test, or a fixture that tests share, while it runs."""

    functions: set[Function] = field(default_factory=set)
    seconds: float = 0.0


def noted(source: str, file: str) -> str:
    """The source text of a module whose functions say that they are reached."""
    tree = ast.parse(source)
    _note(tree, file, "")
    return ast.unparse(ast.fix_missing_locations(tree))


def _note(node: ast.AST, file: str, function: str) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            _note(child, file, f"{function}.{child.name}".lstrip("."))
        elif isinstance(child, ast.FunctionDef):
            name = f"{function}.{child.name}".lstrip(".")
            call = ast.parse(f"{NOTE}({file!r}, {name!r})").body
            after = 1 if ast.get_docstring(child, clean=False) is not None else 0
            child.body[after:after] = call
        else:
            _note(child, file, function)


class Recorder:
    """Notes the functions that each test reaches.

    What a fixture of a module or a session reaches, each test with this fixture reaches. Caches are
    emptied before each test, which would else reach only what the one before left undone.
    """

    def __init__(self, root: Path) -> None:
        self.not_passed: list[str] = []
        self._root = f"{root}/"
        self._running: list[_Part] = []
        self._tests: list[tuple[pytest.Item, _Part]] = []
        self._shared: dict[str, _Part] = {}
        self._caches: list[Callable[[], None]] = []
        setattr(builtins, NOTE, self._note)

    def reached(self) -> Iterator[Reached]:
        """Each test that passed."""
        for item, own in self._tests:
            if item.nodeid in self.not_passed:
                continue
            fixtures = getattr(item, "_fixtureinfo").name2fixturedefs.values()  # noqa: B009
            keys = [_key(one) for ones in fixtures for one in ones]
            shared = {key: self._shared[key] for key in keys if key in self._shared}
            yield Reached(
                item.nodeid,
                item.location[0],
                round(own.seconds, 3),
                {key: round(part.seconds, 3) for key, part in shared.items()},
                own.functions.union(*(part.functions for part in shared.values())),
            )

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what is tested in a browser: that is the page's script."""
        items[:] = [one for one in items if "browser" not in getattr(one, "fixturenames", ())]

    def pytest_collection_finish(self) -> None:
        """Find the caches."""
        for module in [*sys.modules.values()]:
            if (getattr(module, "__file__", None) or "").startswith(self._root):
                for value in [*vars(module).values()]:
                    if callable(clear := getattr(value, "cache_clear", None)):
                        self._caches.append(clear)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Follow a test."""
        for clear in self._caches:
            clear()
        with self._part() as part:
            self._tests.append((item, part))
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[object]
    ) -> Generator[None, object, object]:
        """Follow a fixture that tests share."""
        if fixturedef.scope == "function":
            return (yield)
        with self._part() as part:
            self._shared[_key(fixturedef)] = part
            return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tests that fail or skip on the unchanged code say nothing about a change."""
        if report.outcome != "passed":
            self.not_passed.append(report.nodeid)

    @contextmanager
    def _part(self) -> Iterator[_Part]:
        part = _Part()
        self._running.append(part)
        start = _processor_seconds()
        try:
            yield part
        finally:
            took = _processor_seconds() - start
            part.seconds += took
            self._running.pop()
            if self._running:
                self._running[-1].seconds -= took

    def _note(self, file: str, function: str) -> None:
        if self._running:
            self._running[-1].functions.add((file, function))


def _processor_seconds() -> float:
    used = os.times()
    return time.process_time() + used.children_user + used.children_system


def _key(fixture: pytest.FixtureDef[object]) -> str:
    return f"{fixture.baseid}::{fixture.argname}"
