"""Which functions each test reaches, and how long it takes: a plugin of pytest."""

import ast
import builtins
import os
import sys
import time
from collections.abc import Generator, Hashable, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
    """Seconds of the fixtures and kept results that it shares with other tests."""
    functions: Set[Function]


@dataclass
class _Part:
    """A test, or what tests share: a fixture, or the result that a cached function keeps."""

    functions: set[Function] = field(default_factory=set)
    seconds: float = 0.0
    shared: set[str] = field(default_factory=set)
    """The names of what it uses of that."""


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

    What a fixture of a module or a session reaches, each test with this fixture reaches; likewise
    what a cached function reaches when it is first called, each test that calls it.
    """

    def __init__(self, root: Path) -> None:
        self.not_passed: list[str] = []
        self._root = f"{root}/"
        self._running: list[_Part] = []
        self._tests: list[tuple[pytest.Item, _Part]] = []
        self._shared: dict[str, _Part] = {}
        self._followed: dict[int, _Followed] = {}
        setattr(builtins, NOTE, self._note)

    def reached(self) -> Iterator[Reached]:
        """Each test that passed."""
        for item, own in self._tests:
            if item.nodeid in self.not_passed:
                continue
            fixtures = getattr(item, "_fixtureinfo").name2fixturedefs.values()  # noqa: B009
            keys = [_key(one) for ones in fixtures for one in ones]
            shared = self._all_shared(own.shared.union(keys))
            yield Reached(
                item.nodeid,
                item.location[0],
                round(own.seconds, 3),
                {key: round(one.seconds, 3) for key, one in shared.items() if one.seconds > 0.001},
                own.functions.union(*(part.functions for part in shared.values())),
            )

    def _all_shared(self, names: Set[str]) -> dict[str, _Part]:
        found: dict[str, _Part] = {}
        while names:
            found |= {name: self._shared[name] for name in names if name in self._shared}
            names = {one for part in found.values() for one in part.shared} - set(found)
        return found

    def pytest_collection_finish(self) -> None:
        """Follow the cached functions."""
        for module in [*sys.modules.values()]:
            if (getattr(module, "__file__", None) or "").startswith(self._root):
                for name, value in [*vars(module).items()]:
                    if callable(getattr(value, "cache_clear", None)):
                        # One function has the same name wherever it is imported.
                        one = self._followed.setdefault(id(value), _Followed(value, self))
                        setattr(module, name, one)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Follow a test."""
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
        with self.shared_part(_key(fixturedef)):
            return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tests that fail or skip on the unchanged code say nothing about a change."""
        if report.outcome != "passed":
            self.not_passed.append(report.nodeid)

    @contextmanager
    def shared_part(self, name: str) -> Iterator[None]:
        """Follow what tests share."""
        with self._part() as part:
            self._shared[name] = part
            yield

    def uses(self, name: str) -> None:
        """What is running uses what tests share."""
        if self._running:
            self._running[-1].shared.add(name)

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


class _Followed:
    """A cached function of which each call is noted."""

    def __init__(self, cached: Any, recorder: Recorder) -> None:
        self._cached, self._recorder = cached, recorder
        self._names: dict[Hashable, str] = {}

    def __call__(self, *given: Any, **named: Any) -> Any:
        arguments = (given, frozenset(named.items()))
        function = f"{self._cached.__module__}.{self._cached.__qualname__}"
        name = f"{function}, result {len(self._names) + 1}"
        name = self._names.get(arguments, name)
        self._recorder.uses(name)
        if arguments in self._names:
            return self._cached(*given, **named)
        with self._recorder.shared_part(name):
            result = self._cached(*given, **named)
        self._names[arguments] = name
        return result

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cached, name)


def _processor_seconds() -> float:
    used = os.times()
    return time.process_time() + used.children_user + used.children_system


def _key(fixture: pytest.FixtureDef[object]) -> str:
    return f"{fixture.baseid}::{fixture.argname}"
