"""The mutants of a package, a sample of them, and the source text of one."""

import ast
import hashlib
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mutation.changes import changes, conditions

COSMETIC = {"alpha", "fontsize", "linewidth", "pad", "rotation", "size", "width", "zorder"}
WITHOUT_EFFECT = {"copy", "maxsize", "observed", "sort", "stacklevel", "strict"}
"""Arguments that guard, or that make faster, what comes out the same."""
SIZES_AND_PLACES = {"arithmetic", "degrees of freedom", "number", "swapped ends"}
"""Kinds that in the code of figures change sizes and positions; there they are left out."""


@dataclass(frozen=True)
class Mutant:
    """One change of one expression."""

    file: str
    function: str
    """With its class; empty where the change is outside of functions."""
    line: int
    column: int
    kind: str
    before: str
    after: str
    occurrence: int
    """Which of the equal changes in this function."""

    @property
    def key(self) -> tuple[str, str, str, str, str, int]:
        """The change, wherever in the file it stands."""
        return self.file, self.function, self.kind, self.before, self.after, self.occurrence

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}"
        return f"{where} {self.function}: {self.kind}: {self.before}  ->  {self.after}"


def mutants(root: Path, folder: str) -> list[Mutant]:
    """Every mutant of the modules in a folder."""
    files = sorted((root / folder).rglob("*.py"))
    return [
        mutant
        for file in files
        for mutant, _, _ in _changed(
            ast.parse(file.read_text("utf-8")), file.relative_to(root).as_posix()
        )
    ]


def sample(every: Sequence[Mutant], number: int, seed: int) -> list[Mutant]:
    """So many mutants, each kind in turn.

    A mutant's place in the order depends on the seed and on itself alone: an edit elsewhere leaves
    the others in the sample.
    """

    def order(mutant: Mutant) -> str:
        return hashlib.sha256(repr((seed, mutant.key)).encode()).hexdigest()

    by_kind: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in sorted(every, key=order):
        by_kind[mutant.kind].append(mutant)
    rounds = itertools.zip_longest(*(by_kind[kind] for kind in sorted(by_kind)))
    drawn = (mutant for turn in rounds for mutant in turn if mutant is not None)
    return list(itertools.islice(drawn, number))


def mutated(source: str, mutant: Mutant) -> str:
    """The source text with the mutant's change."""
    tree = ast.parse(source)
    for found, old, new in _changed(tree, mutant.file):
        if found.key == mutant.key:
            return ast.unparse(ast.fix_missing_locations(_Replacement(old, new).visit(tree)))
    raise LookupError(f"{mutant.file} has no such expression any more: {mutant}")


class _Replacement(ast.NodeTransformer):
    def __init__(self, old: ast.expr, new: ast.expr) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)


def _changed(tree: ast.Module, file: str) -> Iterator[tuple[Mutant, ast.expr, ast.expr]]:
    seen: Counter[tuple[str, ...]] = Counter()
    of_figures = "figures" in Path(file).parts
    for function, kind, old, new in _sites(tree, ""):
        if of_figures and kind in SIZES_AND_PLACES:
            continue
        before, after = ast.unparse(old), ast.unparse(new)
        seen[function, kind, before, after] += 1
        occurrence = seen[function, kind, before, after]
        place = (old.lineno, old.col_offset + 1)
        yield Mutant(file, function, *place, kind, before, after, occurrence), old, new


def _sites(
    node: ast.AST, function: str, in_function: bool = False
) -> Iterator[tuple[str, str, ast.expr, ast.expr]]:
    """Function, kind, expression and what stands in its place, for each change below a node."""
    for old, new in conditions(node):
        yield function, "condition dropped", old, new
    if isinstance(node, ast.expr):
        for kind, new in changes(node):
            yield function, kind, node, new
    for child in _children(node):
        # A function inside another counts as part of it.
        if isinstance(child, ast.ClassDef | ast.FunctionDef) and not in_function:
            name = f"{function}.{child.name}".lstrip(".")
            yield from _sites(child, name, isinstance(child, ast.FunctionDef))
        else:
            yield from _sites(child, function, in_function)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """The parts that are worth a mutation: no messages, annotations, decorators or assertions."""
    skipped = ast.JoinedStr | ast.Raise | ast.Assert | ast.Import | ast.ImportFrom
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, skipped):
                continue
            if isinstance(child, ast.keyword) and child.arg in COSMETIC | WITHOUT_EFFECT:
                continue
            if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
                continue
            yield child
