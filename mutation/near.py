"""The test files nearest to a module: they notice most changes, and soon."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path


def near_tests(copy: Path, file: str) -> list[str]:
    """The module's own examples and tests, then those that import it, the shortest first.

    Of a module that no test imports, those that import the modules of its package that do.
    """
    package = Path(file).relative_to("src/coculture").parts[0]
    modules = _texts(copy, f"src/coculture/{package}")
    tests = _texts(copy, f"tests/{package}")
    known, nearest = {file}, {file}
    while not (found := list(_tests_of(nearest, tests))) and nearest:
        users = (user for one in nearest for user in _users(one, modules))
        nearest = set(users) - known
        known |= nearest
    own = [one for one in (file, own_tests(file)) if ">>>" in modules.get(one, "") or one in tests]
    # A name such as test_elisa_cultures is the next best to test_cultures.
    found.sort(key=lambda one: Path(file).stem not in Path(one).stem)
    return [*own, *(one for one in found if one not in own)]


def own_tests(file: str) -> str:
    """The file of tests that mirrors a module."""
    module = Path(file).relative_to("src/coculture")
    return Path("tests", module.parent, f"test_{module.name}").as_posix()


def _texts(copy: Path, folder: str) -> dict[str, str]:
    files = sorted((copy / folder).rglob("*.py"), key=lambda one: (one.stat().st_size, one))
    return {one.relative_to(copy).as_posix(): one.read_text("utf-8") for one in files}


def _tests_of(modules: set[str], tests: Mapping[str, str]) -> Iterator[str]:
    using = {user for one in modules for user in _users(one, tests)}
    # What tests share is no test itself: the tests that use it are near.
    shared = [one for one in using if not _is_test(one)]
    using |= {user for one in shared for user in _users(one, tests)}
    return (one for one in tests if one in using and _is_test(one))


def _users(module: str, texts: Mapping[str, str]) -> Iterator[str]:
    parts = Path(module.removeprefix("src/")).with_suffix("").parts
    *parents, name = parts[:-1] if parts[-1] == "__init__" else parts
    parent = re.escape(".".join(parents))
    imported = re.compile(
        rf"^\s*(from {parent}\.{name} import |import {parent}\.{name}\b"
        rf"|from {parent} import (\([^)]*\b|.*\b){name}\b)",
        re.MULTILINE,
    )
    return (one for one, text in texts.items() if imported.search(text))


def _is_test(file: str) -> bool:
    return Path(file).name.startswith("test_")
