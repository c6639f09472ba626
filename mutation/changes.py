"""The changes that a mutation makes to one node of the syntax tree, by kind."""

import ast
import copy
from collections.abc import Iterator

Change = tuple[str, ast.expr]
"""Kind, and what stands in the node's place."""

_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.Gt: ast.Lt,
    ast.LtE: ast.GtE,
    ast.GtE: ast.LtE,
}
_BOUNDARY: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_OTHER_SIGN: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_OTHER_END = {
    "min": "max",
    "minimum": "maximum",
    "nanmin": "nanmax",
    "argmin": "argmax",
    "idxmin": "idxmax",
    "any": "all",
    "floor": "ceil",
    "sf": "cdf",
    "lower": "upper",
    "low": "high",
    "first": "last",
    "mean": "median",
    "startswith": "endswith",
}
_OTHER_END |= {other: name for name, other in _OTHER_END.items()}
ROUNDING = 1e-6
"""Smaller numbers guard against rounding: any other small number does the same."""


def changes(node: ast.expr) -> Iterator[Change]:
    """Every change of a node."""
    match node:
        case ast.Compare():
            yield from _comparison(node)
        case ast.BinOp():
            yield from _arithmetic(node)
        case ast.BoolOp():
            yield from _and_or(node)
        case ast.UnaryOp(op=ast.Not()):
            yield "not", node.operand
        case ast.UnaryOp(op=ast.USub()) if not isinstance(node.operand, ast.Constant):
            yield "sign", node.operand
        case ast.Constant():
            yield from _constant(node)
        case ast.IfExp():
            yield "swapped ends", ast.IfExp(test=node.test, body=node.orelse, orelse=node.body)
        case ast.Call(func=function, args=[first, second], keywords=[]) if not (
            _alike(first, second)
            or ast.unparse(function) in ("isinstance", "min", "max", "getattr")
        ):
            yield "swapped ends", ast.Call(func=function, args=[second, first], keywords=[])
        case ast.Tuple(elts=[first, second], ctx=ast.Load()) if not _alike(first, second):
            yield "swapped ends", ast.Tuple(elts=[second, first], ctx=ast.Load())
    if isinstance(node, ast.Call):
        yield from _function(node)


def conditions(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """The conditions of a statement or comprehension, each with what drops it."""
    if isinstance(node, ast.If):
        yield node.test, ast.Constant(True)
        yield node.test, ast.Constant(False)
    if isinstance(node, ast.comprehension):
        yield from ((condition, ast.Constant(True)) for condition in node.ifs)


def _comparison(node: ast.Compare) -> Iterator[Change]:
    kinds = (("sign", _TURNED), ("boundary", _BOUNDARY), ("opposite", _OPPOSITE))
    for place, operator in enumerate(node.ops):
        for kind, other in kinds:
            if type(operator) in other:
                changed = copy.copy(node)
                changed.ops = [*node.ops]
                changed.ops[place] = other[type(operator)]()
                yield kind, changed


def _arithmetic(node: ast.BinOp) -> Iterator[Change]:
    if any(isinstance(side, ast.JoinedStr) or _is_text(side) for side in (node.left, node.right)):
        return
    if type(node.op) in _OTHER_SIGN:
        other = _OTHER_SIGN[type(node.op)]()
        yield "arithmetic", ast.BinOp(left=node.left, op=other, right=node.right)
    if isinstance(node.op, ast.Sub) and _is_number(node.right):
        yield "degrees of freedom", node.left


def _and_or(node: ast.BoolOp) -> Iterator[Change]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield "and or", ast.BoolOp(op=other, values=node.values)
    for dropped in range(len(node.values)):
        kept = [value for place, value in enumerate(node.values) if place != dropped]
        changed = kept[0] if len(kept) == 1 else ast.BoolOp(op=node.op, values=kept)
        yield "condition dropped", changed


def _constant(node: ast.Constant) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield "truth", ast.Constant(not value)
    elif isinstance(value, int):
        yield "number", ast.Constant(value + 1)
    elif isinstance(value, float) and (value == 0 or abs(value) > ROUNDING):
        yield "number", ast.Constant(value * 1.5 if value else 1.0)


def _function(node: ast.Call) -> Iterator[Change]:
    match node.func:
        case ast.Name(id=name) if name in _OTHER_END:
            other: ast.expr = ast.Name(id=_OTHER_END[name], ctx=ast.Load())
        case ast.Attribute(value=value, attr=name) if name in _OTHER_END:
            # Text in lower or in upper case is text.
            if name in ("lower", "upper") and not node.args:
                return
            other = ast.Attribute(value=value, attr=_OTHER_END[name], ctx=ast.Load())
        case _:
            return
    yield "other end", ast.Call(func=other, args=node.args, keywords=node.keywords)


def _alike(first: ast.expr, second: ast.expr) -> bool:
    starred = isinstance(first, ast.Starred) or isinstance(second, ast.Starred)
    both_text = _is_text(first) and _is_text(second)
    return starred or both_text or ast.dump(first) == ast.dump(second)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int)
