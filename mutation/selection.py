"""The tests that can notice a mutant."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mutation.mutants import Mutant
from mutation.near import own_tests
from mutation.reach import Function, Reached


@dataclass
class Names:
    """The names that each function of a package uses, and those outside of functions."""

    of_functions: dict[Function, set[str]] = field(default_factory=dict)
    of_assignments: list[tuple[set[str], set[str]]] = field(default_factory=list)
    """Assigned outside of functions, and used for it."""

    @classmethod
    def read(cls, root: Path, folder: str) -> "Names":
        """Those of the modules in a folder."""
        names = cls()
        for file in (root / folder).rglob("*.py"):
            tree = ast.parse(file.read_text("utf-8"))
            names._add(tree, file.relative_to(root).as_posix(), "")
        return names

    def _add(self, node: ast.AST, file: str, outer: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef):
                name = f"{outer}.{child.name}".lstrip(".")
                self.of_functions[file, name] = set(_names(child))
            elif isinstance(child, ast.ClassDef):
                self._add(child, file, f"{outer}.{child.name}".lstrip("."))
            elif isinstance(child, ast.stmt):
                self.of_assignments.append((set(_targets(child)), set(_names(child))))

    def users(self, assigned: set[str]) -> set[Function]:
        """The functions that use what is assigned, also by way of another assignment."""
        known: set[str] = set()
        while assigned - known:
            known |= assigned
            assigned = known.union(*(to for to, used in self.of_assignments if used & known))
        return {function for function, used in self.of_functions.items() if used & known}


@dataclass(frozen=True)
class Selected:
    """The tests that a mutant is run against, and how many more reach it."""

    tests: list[Reached]
    left_out: int


def tests_of(
    mutant: Mutant, root: Path, names: Names, reached: Sequence[Reached], most_seconds: float
) -> Selected:
    """Those that reach its function, within the seconds; first those of the module's own file."""
    functions = {(mutant.file, mutant.function)}
    if (mutant.file, mutant.function) not in names.of_functions:
        tree = ast.parse((root / mutant.file).read_text("utf-8"))
        functions = names.users(set(_targets(_statement(tree, mutant.line))))
    reaching = [test for test in reached if test.functions & functions]
    within = _within(reaching, own_tests(mutant.file), most_seconds)
    return Selected(within, len(reaching) - len(within))


def seconds(tests: Iterable[Reached]) -> float:
    """How long the tests take together: what they share once."""
    tests = [*tests]
    shared = {fixture: took for test in tests for fixture, took in test.shared.items()}
    return sum(test.seconds for test in tests) + sum(shared.values())


def _within(tests: Sequence[Reached], own: str, most_seconds: float) -> list[Reached]:
    quickest: dict[str, float] = {}
    for test in tests:
        quickest[test.file] = min(seconds([test]), quickest.get(test.file, seconds([test])))
    within: list[Reached] = []
    together, shared = 0.0, dict[str, float]()
    for test in sorted(tests, key=lambda one: (one.file != own, seconds([one]))):
        new = {name: took for name, took in test.shared.items() if name not in shared}
        more = test.seconds + sum(new.values())
        if not within or together + more <= most_seconds:
            within.append(test)
            together += more
            shared |= new

    def order(test: Reached) -> tuple[bool, float, str, float]:
        return test.file != own, quickest[test.file], test.file, seconds([test])

    return sorted(within, key=order)


def _statement(node: ast.Module | ast.ClassDef, line: int) -> ast.stmt:
    for child in node.body:
        if child.lineno <= line <= (child.end_lineno or line):
            return _statement(child, line) if isinstance(child, ast.ClassDef) else child
    raise LookupError(f"no statement in line {line}")


def _targets(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.Assign(targets=targets):
            for target in targets:
                yield from _names(target)
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
            yield from _names(target)


def _names(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        match part:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                yield name
